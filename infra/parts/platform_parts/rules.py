"""Rules that values of settings keep: each returns the typed value or raises ValueError."""

import ipaddress
import re
from collections.abc import Callable, Collection
from typing import Any

# The most room left for a prefix in the longest bucket name,
# <prefix>-artifacts-<account>-<region>, of 63 characters: "-artifacts-" is 11, an account 12, "-"
# 1, the longest region's name (ap-southeast-1) 14.
LONGEST_PREFIX = 20
_WORDS = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_BUCKET = re.compile(r"(?!xn--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_DOMAIN = re.compile(r"(?=.{3,200}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_EMAIL = re.compile(r"[^\s@,]+@[^\s@,]+\.[^\s@,.]+")
_TAG_KEY = re.compile(
    r"(?!(?i:aws:))[\w .:/=+@-]{1,128}"
)  # the characters that every service takes
_TAG_VALUE = re.compile(r"[\w .:/=+@-]{0,256}")


def whole(low: int, high: int) -> Callable[[Any], int]:
    """Require a whole number within bounds."""

    def rule(value: Any) -> int:  # noqa: ANN401
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return value

    return rule


def one_of(*choices: str) -> Callable[[Any], str]:
    """Require one of a few words."""

    def rule(value: Any) -> str:  # noqa: ANN401
        if value not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return value

    return rule


def yes_or_no(value: Any) -> bool:  # noqa: ANN401
    """Require true or false."""
    if not isinstance(value, bool):
        raise ValueError("true or false")  # noqa: TRY004  the loader collects ValueErrors
    return value


def prefix(value: Any) -> str:  # noqa: ANN401
    """Require the first word of the names that are unique in an account or in the world."""
    if not _matches(_WORDS, value) or len(value) > LONGEST_PREFIX:
        raise ValueError(
            "lower-case letters, digits and single hyphens, a letter first, "
            f"at most {LONGEST_PREFIX} characters"
        )
    return value


def network(value: Any) -> str:  # noqa: ANN401
    """Require a private IPv4 range that leaves room for 16 subnets a balancer can stand in."""
    try:
        parsed = ipaddress.IPv4Network(value)
    except ValueError:
        raise ValueError("an IPv4 range such as 10.35.0.0/16, without host bits") from None
    private = any(parsed.subnet_of(ipaddress.IPv4Network(known)) for known in _PRIVATE)
    if not private or not 16 <= parsed.prefixlen <= 22:  # noqa: PLR2004  said in the message
        raise ValueError(
            f"a range within {', '.join(_PRIVATE)}, from /16 (the largest AWS takes) to /22"
            " (so that its sixteenths hold a balancer)"
        )
    return str(parsed)


_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")


def bucket(value: Any) -> str:  # noqa: ANN401
    """Require the name of a bucket."""
    if not _matches(_BUCKET, value):
        raise ValueError("a bucket's name: 3 to 63 lower-case letters, digits and hyphens")
    return value


def domain(value: Any) -> str:  # noqa: ANN401
    """Require a domain name that a service's name can be put before."""
    if not _matches(_DOMAIN, value):
        raise ValueError("a domain name such as prod.example.com, lower case, no dot at the end")
    return value


def hosted_zone(value: Any) -> str:  # noqa: ANN401
    """Require the id of a Route 53 hosted zone."""
    if not _matches(re.compile(r"Z[A-Z0-9]{1,31}"), value):
        raise ValueError("a hosted zone's id such as Z0123456789ABCDEFGHIJ")
    return value


def certificate(value: Any) -> str:  # noqa: ANN401
    """Require the ARN of a certificate of AWS Certificate Manager."""
    pattern = re.compile(r"arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[A-Za-z0-9-]+")
    if not _matches(pattern, value):
        raise ValueError("a certificate's ARN, arn:aws:acm:<region>:<account>:certificate/<id>")
    return value


def accounts(value: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Require a list of account numbers, which YAML may have read as numbers."""
    # An account number may begin with 0, and only a quoted one keeps it: a shorter number is
    # refused, not padded.
    return _each(
        value,
        lambda entry: _matches(re.compile(r"\d{12}"), str(entry)),
        "account numbers of 12 digits, quoted",
    )


def emails(value: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Require a list of e-mail addresses."""
    return _each(value, lambda entry: _matches(_EMAIL, entry), "e-mail addresses")


def zone_names(value: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Require a list of two to four availability zones."""
    names = _each(
        value,
        lambda entry: _matches(re.compile(r"[a-z]{2}(-[a-z]+)+-\d[a-z]"), entry),
        "availability zones such as eu-west-1a",
    )
    if names and not 2 <= len(names) <= 4:  # noqa: PLR2004  said in the message
        raise ValueError(
            "two to four availability zones (a balancer needs two), or [] to let AWS's order decide"
        )
    return names


def tags(reserved: Collection[str]) -> Callable[[Any], dict[str, str]]:
    """Require tags that every service takes, none of them one that the program sets itself."""

    def rule(value: Any) -> dict[str, str]:  # noqa: ANN401
        if not isinstance(value, dict):
            raise ValueError("a map of texts")  # noqa: TRY004
        for key, text in value.items():
            if not _matches(_TAG_KEY, key):
                raise ValueError(
                    f"a map without {key!r}: a tag has 1 to 128 letters, digits, spaces or "
                    ".:/=+@_- and does not begin with aws:"
                )
            if key in reserved:
                raise ValueError(f"a map without {key!r}, a tag that the program sets itself")
            if not _matches(_TAG_VALUE, text):
                raise ValueError(
                    f"a map of texts, and {key!r} is none: at most 256 letters, digits, spaces or "
                    ".:/=+@_-, a number in quotes"
                )
        return dict(value)

    return rule


def _each(value: Any, holds: Callable[[Any], bool], what: str) -> tuple[str, ...]:  # noqa: ANN401
    if not isinstance(value, list) or not all(holds(entry) for entry in value):
        raise ValueError(f"a list of {what}")
    if len(set(map(str, value))) != len(value):
        raise ValueError(f"a list of {what}, each once")
    return tuple(map(str, value))


def _matches(pattern: re.Pattern[str], value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, str) and pattern.fullmatch(value) is not None
