"""What the platform tells services, as JSON parameters: the account's, and one per tier.

docs/platform-contract.md explains the fields, docs/platform-contract.schema.json checks them. A
change that a reader of schema 1 would not survive is schema 2.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from botocore.exceptions import BotoCoreError, ClientError
from pulumi_aws import ssm

from platform_parts.errors import PlatformError
from platform_parts.place import Place

SCHEMA = 1
ACCOUNT_PARAMETER = "/platform/account"


def tier_parameter(tier: str) -> str:
    """Name the parameter that services of a tier read."""
    return f"/platform/{tier}"


@dataclass(frozen=True, kw_only=True)
class Network:
    """Where services of a tier stand."""

    vpc_id: pulumi.Input[str]
    balancer_subnet_ids: Sequence[pulumi.Input[str]]
    fleet_subnet_ids: Sequence[pulumi.Input[str]]
    fleet_public_ips: bool


@dataclass(frozen=True, kw_only=True)
class Domain:
    """The hosted zone that services of a tier have their names in."""

    name: str
    zone_id: str


@dataclass(frozen=True, kw_only=True)
class TierContract:
    """All that services of a tier know of the platform."""

    tier: str
    network: Network
    artifact_bucket: str
    log_bucket: pulumi.Input[str]
    alarm_topic_arn: pulumi.Input[str]
    domain: Domain | None
    certificate_arn: str | None


def tier_document(place: Place, contract: TierContract) -> dict[str, Any]:
    """Lay out a tier's contract as its readers expect it."""
    return {
        "schema": SCHEMA,
        "tier": contract.tier,
        "account": place.account,
        "region": place.region,
        **vars(contract),  # not asdict(), which would copy outputs
        "network": vars(contract.network),
        "domain": vars(contract.domain) if contract.domain else None,
    }


def account_document(place: Place, artifact_bucket: pulumi.Input[str]) -> dict[str, Any]:
    """Lay out what an account tells its tiers."""
    head = {"schema": SCHEMA, "account": place.account, "region": place.region}
    return head | {"artifact_bucket": artifact_bucket}


def publish(
    name: str,
    parameter: str,
    document: dict[str, Any],
    *,
    tags: dict[str, str],
    opts: pulumi.ResourceOptions | None = None,
) -> ssm.Parameter:
    """Keep a document as a parameter; one that stands already, by another hand, is refused."""
    return ssm.Parameter(
        name,
        name=parameter,
        type="String",
        tier="Standard",  # free, 4 KB; a contract takes about 1 KB
        description="Slipway's platform contract: see docs/platform-contract.md",
        # Not a secret, and worth reading in a preview, where `value` would show as [secret].
        insecure_value=pulumi.Output.json_dumps(document),
        tags=tags,
        opts=opts,
    )


def read_artifact_bucket(client: Any) -> str:  # noqa: ANN401  boto3 makes its clients at run time
    """Read the artifact bucket's name from the account's parameter."""
    cure = (
        "bring up infra/account in this account and region first, "
        "or set platform-tier:artifact_bucket"
    )
    try:
        text = client.get_parameter(Name=ACCOUNT_PARAMETER)["Parameter"]["Value"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterNotFound":
            raise PlatformError(f"parameter {ACCOUNT_PARAMETER} does not exist; {cure}") from error
        raise PlatformError(f"parameter {ACCOUNT_PARAMETER} cannot be read: {error}") from error
    except BotoCoreError as error:
        raise PlatformError(f"parameter {ACCOUNT_PARAMETER} cannot be read: {error}") from error
    try:
        document = json.loads(text)
        schema, bucket = document["schema"], document["artifact_bucket"]
    except (ValueError, KeyError, TypeError) as error:
        raise PlatformError(
            f"parameter {ACCOUNT_PARAMETER} is not a platform document; {cure}"
        ) from error
    if schema != SCHEMA or not isinstance(bucket, str):
        raise PlatformError(
            f"parameter {ACCOUNT_PARAMETER} has schema {schema!r}; this program reads {SCHEMA}"
        )
    return bucket
