"""EC2 Auto Scaling."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.cloud.rules.kinds import (
    arn,
    between,
    cron,
    duration,
    instance_type,
    length,
    matches,
    members,
    one_of,
    resource_id,
    time_zone,
)
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
group.row("name", matches(r"[^:]{1,255}", "1 to 255 characters without a colon"))
group.row("defaultCooldown", between(0, 2147483647))
for count in ("minElbCapacity", "waitForElbCapacity"):
    group.row(count, between(0, 10000))
group.row("warmPool.minSize", between(0, 10000))
group.row("warmPool.maxGroupPreparedCapacity", between(0, 10000, -1))
group.row("desiredCapacityType", one_of("units", "vcpu", "memory-mib"))
group.row("vpcZoneIdentifiers", resource_id("subnet"))
group.row("targetGroupArns", arn("elasticloadbalancing"))
group.row("serviceLinkedRoleArn", arn("iam"))
group.row("waitForCapacityTimeout", duration)
group.row(
    "terminationPolicies",
    matches(
        r"Default|AllocationStrategy|ClosestToNextInstanceHour|(Newest|Oldest)Instance"
        r"|OldestLaunch(Configuration|Template)|arn:aws:lambda:.+",
        "a termination policy as OldestInstance",
    ),
)
launch = Page(f"{API}/API_LaunchTemplateSpecification.html", "aws:autoscaling/group:Group")
for place in ("launchTemplate", "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification"):
    launch.row(
        f"{place}.version", matches(r"[1-9]\d*|\$Latest|\$Default", "a number, $Latest or $Default")
    )

processes = Page(f"{API}/API_SuspendProcesses.html", "aws:autoscaling/group:Group")
processes.row(
    "suspendedProcesses",
    one_of(
        "Launch",
        "Terminate",
        "AddToLoadBalancer",
        "AlarmNotification",
        "AZRebalance",
        "HealthCheck",
        "InstanceRefresh",
        "ReplaceUnhealthy",
        "ScheduledActions",
    ),
)
collection = Page(f"{API}/API_EnableMetricsCollection.html", "aws:autoscaling/group:Group")
collection.row("metricsGranularity", one_of("1Minute"))
_STATES = ("InService", "Pending", "Standby", "Terminating", "Total")
collection.row(
    "enabledMetrics",
    one_of(
        "GroupMinSize",
        "GroupMaxSize",
        "GroupDesiredCapacity",
        *(f"Group{state}{what}" for state in _STATES for what in ("Instances", "Capacity")),
        *(f"WarmPool{each}Capacity" for each in ("Desired", "Warmed", "Pending", "Terminating")),
        "WarmPoolTotalCapacity",
        "GroupAndWarmPoolDesiredCapacity",
        "GroupAndWarmPoolTotalCapacity",
    ),
)
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
OVERRIDES = "mixedInstancesPolicy.launchTemplate.overrides"
overrides.row(f"{OVERRIDES}.*", members(1, 40))
overrides.row(f"{OVERRIDES}.instanceType", instance_type)
overrides.row(f"{OVERRIDES}.weightedCapacity", matches(r"[1-9]\d{0,2}", "1 to 999"))

mixed.row(f"{distribution}.spotInstancePools", between(1, 20))
mixed.row(f"{distribution}.spotMaxPrice", matches(r"|\d+(\.\d+)?", "a price as 0.05"))

policy = Page(f"{API}/API_PutScalingPolicy.html", "aws:autoscaling/policy:Policy")
policy.row("cooldown", between(0, 2147483647))
policy.row("estimatedInstanceWarmup", between(0, 2147483647))
policy.row("metricAggregationType", one_of("Minimum", "Maximum", "Average"))
policy.row("minAdjustmentMagnitude", between(1, 2147483647))
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
schedule.row("recurrence", cron)
schedule.row("timeZone", time_zone)
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


@maintenance.across
def maintenance_has_both_ends(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    found = block(new, "instanceMaintenancePolicy")
    if not found:
        return
    path = "instanceMaintenancePolicy.maxHealthyPercentage"
    least: Any = found.get("minHealthyPercentage")
    most: Any = found.get("maxHealthyPercentage")
    if (least is None) != (most is None) or (least == -1) != (most == -1):
        yield path, f"{path} and minHealthyPercentage must both be given, or both be -1"
    elif known(least) and known(most) and most - least > 100:
        yield path, f"{path} is {most}, more than 100 above minHealthyPercentage, {least}"


@overrides.across
def overrides_are_each_another(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    found = block(block(new, "mixedInstancesPolicy"), "launchTemplate").get("overrides") or []
    types = [each.get("instanceType") for each in found if isinstance(each, Mapping)]
    named = [each for each in types if each]
    if len(set(named)) < len(named):
        yield OVERRIDES, f"{OVERRIDES} has an instanceType twice"
    weights = [bool(each.get("weightedCapacity")) for each in found if isinstance(each, Mapping)]
    if any(weights) and not all(weights):
        yield OVERRIDES, f"{OVERRIDES} has a weightedCapacity for some types; all need one"


@mixed.across
def pools_go_with_lowest_price(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    found = block(block(new, "mixedInstancesPolicy"), "instancesDistribution")
    strategy = found.get("spotAllocationStrategy", "lowest-price")
    if given(found, "spotInstancePools") and strategy != "lowest-price":
        path = f"{distribution}.spotInstancePools"
        yield path, f"{path} goes with the strategy lowest-price only, not {strategy}"


# Inputs that belong to one type of policy.
OF_TYPE = {
    "TargetTrackingScaling": ("targetTrackingConfiguration",),
    "StepScaling": ("stepAdjustments", "metricAggregationType"),
    "SimpleScaling": ("scalingAdjustment", "cooldown"),
    "PredictiveScaling": ("predictiveScalingConfiguration",),
}


@policy.across
def policy_has_only_its_own(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    kind = new.get("policyType", "SimpleScaling")
    for other, keys in OF_TYPE.items():
        if other != kind and kind in OF_TYPE:
            for key in given(new, *keys):
                yield key, f"a policy of type {kind} has no {key}"
    adjusts = kind in ("StepScaling", "SimpleScaling")
    if adjusts != bool(given(new, "adjustmentType")) and kind in OF_TYPE:
        yield (
            "adjustmentType",
            f"a policy of type {kind} {'needs an' if adjusts else 'has no'} " + ("adjustmentType"),
        )
    if kind == "SimpleScaling" and given(new, "estimatedInstanceWarmup"):
        yield "estimatedInstanceWarmup", f"a policy of type {kind} has no estimatedInstanceWarmup"


@tracking.across
def tracking_follows_one_metric(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    found = block(new, "targetTrackingConfiguration")
    ways = ("predefinedMetricSpecification", "customizedMetricSpecification")
    if found and len(given(found, *ways)) != 1:
        path = f"targetTrackingConfiguration.{ways[0]}"
        yield path, f"exactly one of {' and '.join(ways)} must be given"


@schedule.across
def schedule_ends_after_its_start(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    start, end = new.get("startTime"), new.get("endTime")
    if known(start) and known(end) and str(end) <= str(start):
        yield "endTime", f"endTime is {end}; it must be after startTime, {start}"


@schedule.across
def scheduled_sizes_are_in_order(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    sizes: list[Any] = [new.get(each) for each in ("minSize", "desiredCapacity", "maxSize")]
    if all(each == -1 for each in sizes):
        yield "minSize", "one of minSize, maxSize and desiredCapacity must be set"
    # -1 leaves a size as it is, and one that is not known yet cannot be compared.
    least, wanted, most = (each if known(each) and each != -1 else None for each in sizes)
    if least is not None and most is not None and most < least:
        yield "minSize", f"minSize is {least}; it must not be above maxSize, {most}"
    if wanted is not None and not (least or 0) <= wanted <= (wanted if most is None else most):
        path, bounds = "desiredCapacity", f"{least or 0} to {'maxSize' if most is None else most}"
        yield (
            path,
            f"desiredCapacity is {wanted}; with this minSize and maxSize it must be {bounds}",
        )
