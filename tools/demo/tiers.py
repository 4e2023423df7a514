"""What stands in a tier, asked of the cloud itself, not of the engine's state."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.table import Table

type Clients = Callable[[str], Any]  # gives a boto3 client by its service's name

# The blueprint's priority of the one rule that shares the traffic among releases.
TRAFFIC_RULE = "50000"


@dataclass(frozen=True)
class Fleet:
    """One release's machines in a tier, as the cloud shows them."""

    tier: str
    release: str
    weight: int  # percent of the tier's traffic
    smallest: int
    running: int
    largest: int
    healthy: int
    instance_types: tuple[str, ...]
    spot_percent: int  # of the instances above the On-Demand base


def fleets(client: Clients, service: str, tier: str) -> list[Fleet]:
    """The fleets of a tier, oldest release first."""
    balancing = client("elbv2")
    scaling = client("autoscaling")
    prefix = f"{service}-{tier}-"
    weights = _weights(client, f"{service}-{tier}")
    found = []
    pages = scaling.get_paginator("describe_auto_scaling_groups").paginate()
    for group in (group for page in pages for group in page["AutoScalingGroups"]):
        if not group["AutoScalingGroupName"].startswith(prefix):
            continue
        mixed = group["MixedInstancesPolicy"]
        spread = mixed["InstancesDistribution"]
        [target_group] = group["TargetGroupARNs"]
        health = balancing.describe_target_health(TargetGroupArn=target_group)
        states = [target["TargetHealth"]["State"] for target in health["TargetHealthDescriptions"]]
        found.append(
            Fleet(
                tier=tier,
                release=group["AutoScalingGroupName"].removeprefix(prefix),
                weight=weights.get(target_group, 0),
                smallest=group["MinSize"],
                running=len(group["Instances"]),
                largest=group["MaxSize"],
                healthy=states.count("healthy"),
                instance_types=tuple(
                    override["InstanceType"] for override in mixed["LaunchTemplate"]["Overrides"]
                ),
                spot_percent=100 - spread["OnDemandPercentageAboveBaseCapacity"],
            )
        )
    return sorted(found, key=lambda fleet: int(fleet.release.removeprefix("v")))


def table(found: Iterable[Fleet]) -> Table:
    """The fleets of all tiers, a row each; it fits 80 columns."""
    drawn = Table(title="What stands, as the simulated AWS shows it", box=box.SIMPLE_HEAD)
    for column in ("tier", "release"):
        drawn.add_column(column)
    for column in ("traffic", "min-now-max", "healthy"):
        drawn.add_column(column, justify="right")
    drawn.add_column("types", no_wrap=True)
    drawn.add_column("Spot", justify="right")
    tier = ""
    for fleet in found:
        first, *others = fleet.instance_types
        drawn.add_row(
            "" if fleet.tier == tier else fleet.tier,
            fleet.release,
            f"{fleet.weight} %",
            f"{fleet.smallest}-{fleet.running}-{fleet.largest}",
            str(fleet.healthy),
            f"{first} +{len(others)}" if others else first,
            f"{fleet.spot_percent} %",
        )
        tier = fleet.tier
    return drawn


def _weights(client: Clients, balancer: str) -> dict[str, int]:
    balancing = client("elbv2")
    [found] = balancing.describe_load_balancers(Names=[balancer])["LoadBalancers"]
    listeners = balancing.describe_listeners(LoadBalancerArn=found["LoadBalancerArn"])["Listeners"]
    rules = [
        rule
        for listener in listeners
        for rule in balancing.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
        if rule["Priority"] == TRAFFIC_RULE
    ]
    return {
        group["TargetGroupArn"]: group["Weight"]
        for rule in rules
        for group in rule["Actions"][0]["ForwardConfig"]["TargetGroups"]
    }
