"""EC2 Auto Scaling."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.cloud.rules.kinds import between, length, matches, one_of
from tests.cloud.rules.table import Page, block, given, known

API = "https://docs.aws.amazon.com/autoscaling/ec2/APIReference"

group = Page(f"{API}/API_CreateAutoScalingGroup.html", "aws:autoscaling/group:Group")
for size in ("minSize", "maxSize", "desiredCapacity"):
    group.row(size, between(0, 10000))
group.row(
    "healthCheckType",
    matches(
        r"(EC2|ELB|EBS|VPC_LATTICE)(,(EC2|ELB|EBS|VPC_LATTICE))*", "EC2, ELB, EBS or VPC_LATTICE"
    ),
)
group.row("healthCheckGracePeriod", between(0, 7200))
group.row("defaultInstanceWarmup", between(0, 3600, -1))
group.row("maxInstanceLifetime", between(86400, 31536000, 0))

maintenance = Page(f"{API}/API_InstanceMaintenancePolicy.html", "aws:autoscaling/group:Group")
maintenance.row("instanceMaintenancePolicy.minHealthyPercentage", between(0, 100, -1))
maintenance.row("instanceMaintenancePolicy.maxHealthyPercentage", between(100, 200, -1))

mixed = Page(f"{API}/API_InstancesDistribution.html", "aws:autoscaling/group:Group")
distribution = "mixedInstancesPolicy.instancesDistribution"
mixed.row(f"{distribution}.onDemandAllocationStrategy", one_of("prioritized", "lowest-price"))
mixed.row(f"{distribution}.onDemandBaseCapacity", between(0, 10000))
mixed.row(f"{distribution}.onDemandPercentageAboveBaseCapacity", between(0, 100))
mixed.row(
    f"{distribution}.spotAllocationStrategy",
    one_of(
        "lowest-price",
        "capacity-optimized",
        "capacity-optimized-prioritized",
        "price-capacity-optimized",
    ),
)

overrides = Page(f"{API}/API_LaunchTemplateOverrides.html", "aws:autoscaling/group:Group")
overrides.row(
    "mixedInstancesPolicy.launchTemplate.overrides.instanceType",
    matches(r"[a-z][a-z0-9-]*\.[a-z0-9-]+", "an instance type as t4g.small"),
)

policy = Page(f"{API}/API_PutScalingPolicy.html", "aws:autoscaling/policy:Policy")
policy.row(
    "policyType",
    one_of("SimpleScaling", "StepScaling", "TargetTrackingScaling", "PredictiveScaling"),
)
policy.row("adjustmentType", one_of("ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"))

tracking = Page(f"{API}/API_TargetTrackingConfiguration.html", "aws:autoscaling/policy:Policy")
tracking.row("targetTrackingConfiguration.targetValue", between(8.515920e-109, 1.174271e108))

metric = Page(f"{API}/API_PredefinedMetricSpecification.html", "aws:autoscaling/policy:Policy")
predefined = "targetTrackingConfiguration.predefinedMetricSpecification"
metric.row(
    f"{predefined}.predefinedMetricType",
    one_of(
        "ASGAverageCPUUtilization",
        "ASGAverageNetworkIn",
        "ASGAverageNetworkOut",
        "ALBRequestCountPerTarget",
    ),
)
metric.row(f"{predefined}.resourceLabel", length(1, 1023))

schedule = Page(
    f"{API}/API_PutScheduledUpdateGroupAction.html", "aws:autoscaling/schedule:Schedule"
)
schedule.row(
    "recurrence",
    matches(r"\S+( \S+){4}", "a cron expression of five fields, as 30 20 * * 1-5"),
)
for size in ("minSize", "maxSize", "desiredCapacity"):
    schedule.row(size, between(0, 10000, -1))
for time in ("startTime", "endTime"):
    schedule.row(
        time,
        matches(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "a time in UTC as 2026-11-21T03:34:00Z"),
    )


@group.across
def group_launches_one_way(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    ways = ("launchTemplate", "mixedInstancesPolicy", "launchConfiguration")
    if len(given(new, *ways)) != 1:
        yield "launchTemplate", f"exactly one of {', '.join(ways)} must be given"


@group.across
def group_has_a_place(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not given(new, "vpcZoneIdentifiers", "availabilityZones"):
        yield "vpcZoneIdentifiers", 'one of "vpcZoneIdentifiers" and "availabilityZones" is needed'


@group.across
def sizes_are_in_order(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    least: Any = new.get("minSize")
    most: Any = new.get("maxSize")
    wanted: Any = new.get("desiredCapacity")
    if known(least) and known(most) and least > most:
        yield "minSize", f"minSize is {least}; it must not be above maxSize, {most}"
    elif known(wanted) and known(least) and known(most) and not least <= wanted <= most:
        yield "desiredCapacity", f"desiredCapacity is {wanted}; it must be {least} to {most}"


@policy.across
def policy_is_complete(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    detail = {
        "TargetTrackingScaling": "targetTrackingConfiguration",
        "StepScaling": "stepAdjustments",
        "SimpleScaling": "scalingAdjustment",
        "PredictiveScaling": "predictiveScalingConfiguration",
    }.get(new.get("policyType", ""))
    if detail and not given(new, detail):
        yield detail, f'a policy of type {new["policyType"]} needs "{detail}"'


@metric.across
def request_count_has_a_label(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    tracking = block(new, "targetTrackingConfiguration")
    named = block(tracking, "predefinedMetricSpecification")
    counts = named.get("predefinedMetricType") == "ALBRequestCountPerTarget"
    if counts != bool(given(named, "resourceLabel")) and known(named.get("predefinedMetricType")):
        yield (
            f"{predefined}.resourceLabel",
            "ALBRequestCountPerTarget, and only it, needs a resourceLabel",
        )


@schedule.across
def schedule_has_a_time(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not given(new, "recurrence", "startTime"):
        yield "recurrence", 'one of "recurrence" and "startTime" is needed'
