"""Types of single values, each with its rule in words."""

import ipaddress
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import to_json

# Bytes, written as JSON. In base64 (a third more) and with the script they fit 16 KiB of user-data.
ENVIRONMENT_LIMIT = 6144
SECRETS_LIMIT = 3072


def text(pattern: str, rule: str) -> AfterValidator:
    """Make a check that a whole text matches; the rule is for people, the pattern is not."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(f"must be {rule}")
        return value

    return AfterValidator(check)


def _number(value: Any) -> Any:  # noqa: ANN401 the model judges it
    """Read a number that Pulumi hands on as text; a choice among numbers does not do it itself."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _network(value: str) -> str:
    try:
        ipaddress.IPv4Network(value)
    except ValueError:
        raise ValueError(
            "must be an IPv4 range like 203.0.113.0/24, no bits set after the prefix"
        ) from None
    return value


def _rising(values: tuple[int, ...]) -> tuple[int, ...]:
    if list(values) != sorted(values):
        raise ValueError("must rise from step to step")
    return values


def entries(least: int, most: int) -> AfterValidator:
    """Make a check that a list has so many entries, none of them twice."""

    def check(values: tuple[Any, ...]) -> tuple[Any, ...]:
        if not least <= len(values) <= most:
            raise ValueError(f"must have {least} to {most} entries")
        if len(set(values)) < len(values):
            raise ValueError("must not have an entry twice")
        return values

    return AfterValidator(check)


def fitting(limit: int) -> AfterValidator:
    """Make a check that a table is not too large."""

    def check(values: dict[str, Any]) -> dict[str, Any]:
        size = len(to_json(values))
        if size > limit:
            raise ValueError(f"must be at most {limit} bytes long, written as JSON; it has {size}")
        return values

    return AfterValidator(check)


Label = Annotated[str, text(r"[0-9a-f]{32}", "32 lower-case hex characters")]
Sha256 = Annotated[str, text(r"[0-9a-f]{64}", "64 lower-case hex characters")]
Commit = Annotated[str, text(r"[0-9a-f]{40}", "a full commit id of 40 lower-case hex characters")]
Image = Annotated[
    str, text(r"ami-([0-9a-f]{8}|[0-9a-f]{17})", "an image id like ami-0123456789abcdef0")
]
InstanceType = Annotated[
    str, text(r"[a-z][a-z0-9-]*\.(nano|micro|small|medium|large|[0-9]*xlarge|metal[a-z0-9-]*)",
              "an instance type like m7g.large")
]  # fmt: skip
TypeList = Annotated[tuple[InstanceType, ...], entries(1, 20)]
Network = Annotated[str, AfterValidator(_network)]
NetworkList = Annotated[tuple[Network, ...], entries(1, 20)]

# No quotes: its words are what stands between the spaces. A word of a command line begins so, too.
AdminCommand = Annotated[
    str,
    text(
        r"([A-Za-z0-9_][A-Za-z0-9_-]*( [A-Za-z0-9_./:=@%+,-]+){0,20}){0,1}",
        "a command of the service and its words, without quotes, like migrate --to 5",
    ),
    Field(max_length=200),
]
VariableName = Annotated[
    str, text(r"[A-Z][A-Z0-9_]{0,127}", "upper-case letters, digits and _, starting with a letter")
]
VariableValue = Annotated[
    str, text(r"[^\x00-\x1f\x7f]{0,4096}", "one line of at most 4096 characters")
]
Environment = Annotated[dict[VariableName, VariableValue], fitting(ENVIRONMENT_LIMIT)]

SecretArn = Annotated[
    str,
    text(
        r"arn:aws(-[a-z]+)*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+",
        "the ARN of a Secrets Manager secret",
    ),
]
# More steps make a rollout longer, and hardly safer. (A rollout takes 20 movements.)
Percents = Annotated[
    tuple[Annotated[int, Field(ge=1, le=99)], ...], entries(1, 10), AfterValidator(_rising)
]
# CloudWatch knows only these numbers.
LogDays = Annotated[
    Literal[
        1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 3653
    ],
    BeforeValidator(_number),
]
ImageSource = Annotated[
    str, text(r"|ami-([0-9a-f]{8}|[0-9a-f]{17})|/[A-Za-z0-9_./-]+",
              "an image id like ami-0123456789abcdef0, or a parameter with one, like /images/base")
]  # fmt: skip
Repository = Annotated[
    str, text(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+", "owner/name, as in its address")
]
SecretArns = Annotated[dict[VariableName, SecretArn], fitting(SECRETS_LIMIT // 2)]
Reason = Annotated[str, text(r".{20,300}", "a reason in a sentence, 20 to 300 characters")]
ExceptionName = Annotated[str, text(r"[a-z-]+/.+", "<guardrail>/<resource>")]
Exceptions = dict[ExceptionName, Reason]
Address = Annotated[
    str,
    text(
        r"(https://[A-Za-z0-9.-]+(/[A-Za-z0-9._~+-]+)*)?",
        "an address like https://example.com/docs, without a final slash",
    ),
]
TagValue = Annotated[
    str,
    text(r"[A-Za-z0-9 _.:/=+@-]{1,256}", "letters, digits, spaces and _.:/=+@-, as in an AWS tag"),
]

# Graviton families have a g after their number: m7g, c6gd, t4g.
_GRAVITON = re.compile(r"[a-z]+[0-9]+g[a-z0-9-]*\.|a1\.")


def architecture_of(instance_type: str) -> str:
    """Tell the architecture an instance type runs."""
    return "arm64" if _GRAVITON.match(instance_type) else "x86_64"
