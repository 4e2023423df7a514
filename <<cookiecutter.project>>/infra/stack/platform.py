"""The platform contract: what a tier's network, buckets and alarms are called.

The platform's tier stack publishes it as one parameter, /platform/<tier>; a team with a network of
its own writes that parameter by hand. Keys beyond these are for later versions and ignored.
"""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .account import Account
from .fields import entries, text
from .names import Names
from .refusal import Refused, problems_of

SCHEMA = 1
REGION_IN_ARN = 3  # parts before it, between colons

Vpc = Annotated[str, text(r"vpc-[0-9a-f]{8,17}", "the id of a VPC like vpc-0123456789abcdef0")]
Subnet = Annotated[
    str, text(r"subnet-[0-9a-f]{8,17}", "the id of a subnet like subnet-0123456789abcdef0")
]
Bucket = Annotated[
    str, text(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "the name of a bucket, 3 to 63 characters")
]
Topic = Annotated[
    str, text(r"arn:aws(-[a-z]+)*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+", "the ARN of a topic")
]
Certificate = Annotated[
    str,
    text(
        r"arn:aws(-[a-z]+)*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+",
        "the ARN of a certificate",
    ),
]
AccountId = Annotated[str, text(r"[0-9]{12}", "an account id of 12 digits")]
Zone = Annotated[str, text(r"[A-Z0-9]{1,32}", "the id of a hosted zone, without /hostedzone/")]
Host = Annotated[
    str,
    text(
        r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}",
        "a domain name in lower case, without a final dot",
    ),
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class Network(_Part):
    """Where things run."""

    vpc_id: Vpc
    # AWS wants a balancer in at least two zones.
    balancer_subnet_ids: Annotated[tuple[Subnet, ...], entries(2, 10), Field(strict=False)]
    fleet_subnet_ids: Annotated[tuple[Subnet, ...], entries(1, 10), Field(strict=False)]
    # Whether instances need a public address to reach out, having no NAT gateway.
    fleet_public_ips: bool


class Domain(_Part):
    """Zone in which the tier's services get their names."""

    name: Host
    zone_id: Zone


class Contract(_Part):
    """All a service knows of its platform.

    Each key must be there, if with null, so that a mistyped one is not taken for absent.
    """

    schema_version: Literal[1] = Field(alias="schema")
    tier: str
    account: AccountId
    region: str
    network: Network
    artifact_bucket: Bucket
    log_bucket: Bucket
    alarm_topic_arn: Topic
    domain: Domain | None
    certificate_arn: Certificate | None


def read_contract(names: Names, account: Account) -> Contract:
    """Read the tier's contract, or say how to make it."""
    source = account.parameter(names.contract)
    if source is None:
        raise Refused(
            [f"Parameter {names.contract} does not exist in {account.described()}."],
            f"The platform's tier stack makes it: `pulumi up --stack {names.tier}` in infra/tier "
            "of the platform's repository. With a network of your own, write it by hand, as "
            "docs/platform-contract.md there says.",
        )
    return parse_contract(names, source, account.region)


def parse_contract(names: Names, source: str, region: str) -> Contract:
    """Check a contract's text; every problem is in the error."""
    where = f"Parameter {names.contract}"
    try:
        contract = Contract.model_validate_json(source)
    except ValidationError as error:
        raise Refused(problems_of(error, where), _advice(names)) from error
    problems = []
    if contract.tier != names.tier:
        problems.append(f"{where}: tier is {contract.tier!r}; it must be {names.tier!r}.")
    if contract.region != region:
        problems.append(
            f"{where}: region is {contract.region!r}, "
            f"but aws:region in {names.settings_file} is {region!r}."
        )
    problems += [f"{where}: {each}" for each in _from_elsewhere(contract)]
    if problems:
        raise Refused(problems, _advice(names))
    return contract


def _from_elsewhere(contract: Contract) -> Iterator[str]:
    """Name what a balancer or an alarm cannot use, since it is in another place.

    "HTTPS listeners for your Application Load Balancer" and PutMetricAlarm's AlarmActions say so.
    """
    used = {
        "certificate_arn": (contract.certificate_arn, "a balancer takes certificates"),
        "alarm_topic_arn": (contract.alarm_topic_arn, "an alarm takes topics"),
    }
    for key, (arn, taken) in used.items():
        there = arn.split(":")[REGION_IN_ARN] if arn else contract.region
        if there != contract.region:
            yield f"{key} is of {there}; {taken} of its own region only, {contract.region}."


def _advice(names: Names) -> str:
    return (
        f"Run the platform's tier stack again, `pulumi up --stack {names.tier}` in infra/tier, "
        "or correct what you wrote by hand: docs/platform-contract.md there."
    )
