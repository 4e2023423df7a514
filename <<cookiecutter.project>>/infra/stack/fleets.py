"""The fleets of a tier, and what follows each: scaling, alarms, actions by the clock."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pulumi

from .alarms import Alarms, AlarmsArgs
from .calendar import moment
from .document import Release
from .fleet import Fleet, FleetArgs
from .ground import Ground
from .scaling import Scaling, ScalingArgs
from .schedules import Schedules, SchedulesArgs
from .userdata import SERVICE_PORT, userdata

if TYPE_CHECKING:
    from .tier import Tier


def make_fleets(tier: "Tier", ground: Ground) -> dict[str, Fleet]:
    """Make a fleet for each release of the document."""
    return {name: _fleet(tier, name, release, ground) for name, release in tier.document.ordered}


def make_followers(
    tier: "Tier", fleets: Mapping[str, Fleet], ground: Ground
) -> Iterator[pulumi.Resource]:
    """Make what follows the settings while the fleets themselves stay as they are."""
    for name, fleet in fleets.items():
        yield _scaling(tier, name, fleet, ground)
        yield _alarms(tier, name, fleet, ground)
        yield from _schedules(tier, name, fleet)


def _fleet(tier: "Tier", name: str, release: Release, ground: Ground) -> Fleet:
    floor, ceiling = _sizes(tier, name)
    return Fleet(
        name,
        FleetArgs(
            fleet_name=tier.names.fleet(name),
            release_name=name,
            release=release,
            user_data=userdata(
                tier.names, name, release, tier.contract.region, tier.contract.artifact_bucket
            ),
            floor=floor,
            ceiling=ceiling,
            listener_arn=ground.balancer.listener.arn,
            vpc_id=tier.contract.network.vpc_id,
            subnet_ids=tier.contract.network.fleet_subnet_ids,
            public_ips=tier.contract.network.fleet_public_ips,
            security_group_id=ground.firewall.fleet.id,
            profile_arn=ground.role.profile.arn,
            service_port=SERVICE_PORT,
            needs=[ground.role, ground.firewall, ground.logs],
            tags={**tier.tags, "release": name, "version": release.build.version},
        ),
        tier.opts,
    )


def _sizes(tier: "Tier", name: str) -> tuple[int, int]:
    """Give a fleet's least and most instances in ordinary hours."""
    floor = tier.document.floors.get(name, tier.settings.min_size)
    return floor, max(floor, tier.settings.max_size)


def _scaling(tier: "Tier", name: str, fleet: Fleet, ground: Ground) -> Scaling:
    return Scaling(
        f"{name}-scaling",
        ScalingArgs(
            release_name=name,
            fleet_name=tier.names.fleet(name),
            fleet=fleet,
            balancer=ground.balancer,
            cpu_percent=tier.settings.cpu_percent,
            requests_per_minute=tier.settings.requests_per_minute,
        ),
        tier.opts,
    )


def _alarms(tier: "Tier", name: str, fleet: Fleet, ground: Ground) -> Alarms:
    return Alarms(
        f"{name}-alarms",
        AlarmsArgs(
            release_name=name,
            fleet_name=tier.names.fleet(name),
            balancer_suffix=ground.balancer.balancer.arn_suffix,
            target_group_suffix=fleet.targets.arn_suffix,
            failed_percent=tier.settings.failed_percent,
            latency_ms=tier.settings.latency_ms,
            topic_arn=tier.contract.alarm_topic_arn,
            runbooks=tier.settings.runbooks or "docs/runbooks",
            tags={**tier.tags, "release": name},
        ),
        tier.opts,
    )


def _schedules(tier: "Tier", name: str, fleet: Fleet) -> list[Schedules]:
    """Make a fleet's actions by the clock, if there are any."""
    coming = {
        event: times
        for event, times in tier.settings.events.items()
        if moment(times.end, tier.settings.time_zone) > tier.now
    }
    events = coming if tier.document.weights.get(name) else {}
    if not (tier.settings.night or events):
        return []
    floor, ceiling = _sizes(tier, name)
    return [
        Schedules(
            f"{name}-schedules",
            SchedulesArgs(
                release_name=name,
                fleet_name=tier.names.fleet(name),
                group_name=fleet.group.name,
                min_size=floor,
                max_size=ceiling,
                time_zone=tier.settings.time_zone,
                night=tier.settings.night,
                events=events,
                now=tier.now,
            ),
            tier.passing,
        )
    ]
