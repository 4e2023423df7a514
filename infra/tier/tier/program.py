"""A tier's program: load the settings, look around, then declare what exists."""

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws
from platform_parts.contract import (
    Domain,
    TierContract,
    publish,
    read_artifact_bucket,
    tier_document,
    tier_parameter,
)
from platform_parts.contract import Network as NetworkContract
from platform_parts.errors import PlatformError
from platform_parts.place import Place, find_place
from platform_parts.sessions import parameters_beside_provider
from platform_parts.settings import given_settings, load_settings
from platform_parts.tagging import platform_tags

from tier.alarms import Alarms, AlarmsArgs
from tier.logs import Logs, LogsArgs, log_bucket_name
from tier.network import Network, NetworkArgs
from tier.settings import Settings, conflicts
from tier.tiers import TIERS, tier_defaults


def main(parameters: Any = None) -> None:  # noqa: ANN401  boto3 makes its clients at run time
    """Run as the program of a tier's stack.

    `parameters`, an SSM client, is for programs that run inline beside others: the environment
    belongs to them all.
    """
    tier = pulumi.get_stack()
    if tier not in TIERS:
        raise PlatformError(
            f"stack {tier} is not a tier; a tier's stack is one of {', '.join(TIERS)}"
        )
    given = given_settings()
    settings = load_settings(Settings, tier_defaults(tier), given, conflicts)
    place = find_place()
    bucket = settings.artifact_bucket or read_artifact_bucket(
        parameters or parameters_beside_provider(place.region, given)
    )
    declare(tier, settings, place, pick_zones(settings), bucket)


def declare(
    tier: str, settings: Settings, place: Place, zones: Sequence[str], artifact_bucket: str
) -> None:
    """Declare everything that the tier has, from plain data alone."""
    name = f"{settings.prefix}-{tier}"
    tags = platform_tags(settings.prefix, tier, settings.tags)
    protected = pulumi.ResourceOptions(protect=settings.protect)
    network = Network(
        name,
        NetworkArgs(
            region=place.region, cidr=settings.vpc_cidr, zones=zones, nat=settings.nat, tags=tags
        ),
        protected,
    )
    logs = Logs(
        f"{name}-logs",
        LogsArgs(
            place=place,
            bucket=log_bucket_name(settings.prefix, tier, place),
            days=settings.log_days,
            flow_logs=settings.flow_logs,
            vpc_id=network.vpc.id,
            force_destroy=not settings.protect,
            tags=tags,
        ),
        protected,
    )
    alarms = Alarms(
        f"{name}-alarms",
        AlarmsArgs(place=place, topic=f"{name}-alarms", emails=settings.alarm_emails, tags=tags),
        protected,
    )
    domain = None
    if settings.domain_name and settings.hosted_zone_id:
        domain = Domain(name=settings.domain_name, zone_id=settings.hosted_zone_id)
    contract = TierContract(
        tier=tier,
        network=NetworkContract(
            vpc_id=network.vpc.id,
            balancer_subnet_ids=[subnet.id for subnet in network.public],
            fleet_subnet_ids=[subnet.id for subnet in network.fleet],
            fleet_public_ips=network.fleet_public_ips,
        ),
        artifact_bucket=artifact_bucket,
        log_bucket=logs.bucket,
        alarm_topic_arn=alarms.topic_arn,
        domain=domain,
        certificate_arn=settings.certificate_arn,
    )
    document = tier_document(place, contract)
    publish(f"{name}-contract", tier_parameter(tier), document, tags=tags, opts=protected)
    pulumi.export("contract", document)


def pick_zones(settings: Settings) -> list[str]:
    """Choose the zones: those that the settings name, else the region's first ones."""
    # Without the filter, Local Zones come along where an account has opted in to some.
    regular = aws.GetAvailabilityZonesFilterArgs(
        name="opt-in-status", values=["opt-in-not-required"]
    )
    offered = sorted(aws.get_availability_zones(state="available", filters=[regular]).names)
    chosen = list(settings.zone_names) or offered[: settings.zones]
    if len(chosen) < settings.zones or not set(chosen) <= set(offered):
        wanted = ", ".join(settings.zone_names) or f"{settings.zones} zones"
        raise PlatformError(
            f"Pulumi.{pulumi.get_stack()}.yaml: the tier is to span {wanted}, but AWS offers this "
            f"account {', '.join(offered)}; change {pulumi.get_project()}:zones or zone_names"
        )
    return chosen
