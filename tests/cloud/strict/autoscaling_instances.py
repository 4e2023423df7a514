"""Instances of a group: launched, put in service, drained and replaced as time passes."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from moto.autoscaling.models import (
    AutoScalingBackend,
    FakeAutoScalingGroup,
    InstanceState,
    autoscaling_backends,
)
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult
from moto.ec2.models.instances import Instance
from moto.moto_api._internal import mock_random

from tests.cloud.simulation import SIMULATION
from tests.cloud.strict import ec2, ec2_quotas  # noqa: F401  (theirs are asked of ours)
from tests.cloud.strict.elbv2_health import UNHEALTHY, drain_seconds, names_of, target_state
from tests.cloud.strict.patch import RefusedError, instead
from tests.cloud.timeline import ACT, Event

API = "https://docs.aws.amazon.com/autoscaling/ec2/APIReference"
GUIDE = "https://docs.aws.amazon.com/autoscaling/ec2/userguide"
STANDING = ("Pending", "InService")
KEPT = 100  # scaling activities of a group: AWS keeps six weeks of them


@instead(
    FakeAutoScalingGroup, "set_desired_capacity", doc=f"{GUIDE}/ec2-auto-scaling-lifecycle.html"
)
def group_grows_and_shrinks(
    original: Any, group: FakeAutoScalingGroup, new_capacity: int | None
) -> None:
    """moto launches all in one subnet, ends instances without a drain, and rounds Spot down."""
    group.desired_capacity = group.min_size if new_capacity is None else int(new_capacity)
    if not getattr(group, "held", False):
        settle(group)


@instead(
    FakeAutoScalingGroup,
    "replace_autoscaling_group_instances",
    doc=f"{GUIDE}/ec2-auto-scaling-health-checks.html",
)
def lost_instances_are_launched_anew(
    original: Any, group: FakeAutoScalingGroup, count_needed: int, propagated_tags: Any
) -> None:
    """Of an instance that was terminated by hand."""
    launch(group, count_needed)
    register(group)


@instead(
    AutoScalingBackend,
    "update_attached_target_groups",
    doc=f"{GUIDE}/attach-load-balancer-asg.html",
)
def instances_in_service_are_registered(
    original: Any, backend: AutoScalingBackend, group_name: str
) -> None:
    """moto registers the instances that start and end, too, and all of them again each time."""
    register(backend.autoscaling_groups[group_name])


@instead(
    AutoScalingBackend, "delete_auto_scaling_group", doc=f"{API}/API_DeleteAutoScalingGroup.html"
)
def group_is_gone_when_its_instances_are(
    original: Any, backend: AutoScalingBackend, group_name: str
) -> None:
    group = backend.autoscaling_groups.get(group_name)
    if group is None:
        raise RefusedError("ValidationError", "AutoScalingGroup name not found - null")
    group.status = "Delete in progress"  # ty: ignore[missing-attribute]
    group.min_size = group.max_size = group.desired_capacity = 0
    settle(group)
    _forget_if_empty(group)


@instead(
    AutoScalingResponse,
    "describe_scaling_activities",
    doc=f"{API}/API_DescribeScalingActivities.html",
)
def activities_are_remembered(original: Any, response: AutoScalingResponse) -> ActionResult:
    """moto answers none."""
    name = response._get_param("AutoScalingGroupName")
    groups = response.autoscaling_backend.autoscaling_groups.values()
    found = [each for group in groups if name in (None, group.name) for each in _activities(group)]
    return ActionResult({"Activities": sorted(found, key=_start, reverse=True)})


def _start(activity: dict[str, Any]) -> datetime:
    return activity["StartTime"]


def settle(group: FakeAutoScalingGroup) -> None:
    """Launch what is missing and let go what is too much."""
    standing = [each for each in group.instance_states if each.lifecycle_state in STANDING]
    missing = int(group.desired_capacity or 0) - len(standing)
    if missing > 0:
        launch(group, missing)
    elif missing < 0 and not suspended(group, "Terminate"):
        for state in _superfluous(group, standing, -missing):
            let_go(group, state)
    if group.name in group.autoscaling_backend.autoscaling_groups:
        group.autoscaling_backend.update_attached_elbs(group.name)
        register(group)


def launch(group: FakeAutoScalingGroup, count: int) -> None:
    """Start instances in the zones that have fewest, Spot and On-Demand as the policy says."""
    if suspended(group, "Launch") or count <= 0:
        return
    for subnet, spot, number in _orders(group, count):
        problem = ec2_quotas.launch_problem(group, instance_type(group), number, spot=spot)
        if problem:
            _note(group, "Launching a new EC2 instance.", "Failed", problem)
            continue
        for instance in _run(group, subnet, number, spot=spot):
            _enter(group, instance)


def _orders(group: FakeAutoScalingGroup, count: int) -> Iterator[tuple[str | None, bool, int]]:
    """What to start where: subnet, whether Spot, how many."""
    standing = [each for each in group.instance_states if each.lifecycle_state in STANDING]
    places: list[Any] = (group.vpc_zone_identifier or "").split(",")
    taken = Counter(each.instance.subnet_id or "" for each in standing)
    spots = sum(each.instance.lifecycle == "spot" for each in standing)
    orders: Counter[tuple[Any, bool]] = Counter()
    for index in range(count):
        place = min(places, key=lambda each: (taken[each], places.index(each)))
        taken[place] += 1
        spot = spots < _spots(group, len(standing) + index + 1)
        spots += spot
        orders[place or None, spot] += 1
    for (place, spot), number in orders.items():
        yield place, spot, number


def _spots(group: FakeAutoScalingGroup, size: int) -> int:
    """How many of so many instances are Spot.

    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html
    """
    policy = group.mixed_instances_policy or {}
    distribution = policy.get("InstancesDistribution") or {}
    base = int(distribution.get("OnDemandBaseCapacity") or 0)
    percent = distribution.get("OnDemandPercentageAboveBaseCapacity")
    above = max(size - base, 0)
    return above - -(-above * int(100 if percent is None else percent) // 100)


def _run(
    group: FakeAutoScalingGroup, subnet: str | None, count: int, *, spot: bool
) -> list[Instance]:
    tags = group.get_propagated_tags() | {"aws:autoscaling:groupName": group.name}
    template = group.ec2_launch_template
    reservation = group.ec2_backend.run_instances(
        group.image_id,
        count,
        group.user_data,
        group.security_groups,
        instance_type=instance_type(group),
        tags={"instance": tags | group.instance_tags},
        placement=group.availability_zones[0],
        launch_config=group.launch_config,
        launch_template={"LaunchTemplateId": template.id} if template else None,
        is_instance_type_default=False,
        associate_public_ip=(
            group.launch_config.associate_public_ip_address if group.launch_config else None
        ),
        subnet_id=subnet,
        region_name=group.region,
        **({"instance_market_options": {"MarketType": "spot"}} if spot else {}),
    )
    return list(reservation.instances)


def instance_type(group: FakeAutoScalingGroup) -> str:
    """The first of the policy's types, else the template's."""
    policy = group.mixed_instances_policy or {}
    for override in (policy.get("LaunchTemplate") or {}).get("Overrides") or []:
        if override.get("InstanceType"):
            return str(override["InstanceType"])
    return group.instance_type


def _enter(group: FakeAutoScalingGroup, instance: Instance) -> None:
    instance.autoscaling_group = group  # ty: ignore[missing-attribute]
    wait = SIMULATION.instances.behaviour("launched", names_of(instance)).seconds or 0
    state: Any = InstanceState(
        instance,
        lifecycle_state="Pending" if wait else "InService",
        protected_from_scale_in=group.new_instances_protected_from_scale_in,
    )
    now = SIMULATION.clock.now()
    state.until = now + timedelta(seconds=wait) if wait else None  # of the state it is in
    state.in_service_since = now
    if wait:
        instance._state.name, instance._state.code = "pending", 0
    group.instance_states.append(state)
    _note(group, f"Launching a new EC2 instance: {instance.id}", "Successful")


def _put_in_service(group: FakeAutoScalingGroup, state: Any) -> None:
    state.lifecycle_state, state.until = "InService", None
    state.in_service_since = SIMULATION.clock.now()
    state.instance._state.name, state.instance._state.code = "running", 16
    register(group)


def register(group: FakeAutoScalingGroup) -> None:
    """Put the instances in service behind the target groups, each once.

    Who deregisters one by hand finds it deregistered.
    """
    if suspended(group, "AddToLoadBalancer"):
        return
    running: list[Any] = [
        each
        for each in group.instance_states
        if each.lifecycle_state == "InService" and each.instance.state == "running"
    ]
    for target_group in _target_groups(group):
        for state in running:
            known = vars(state).setdefault("registered_with", set())
            if target_group.arn not in known:
                known.add(target_group.arn)
                target_group.register([{"Id": state.instance.id, "Port": target_group.port}])


@instead(
    AutoScalingBackend,
    "detach_load_balancer_target_groups",
    doc=f"{API}/API_DetachLoadBalancerTargetGroups.html",
)
def detached_targets_can_come_back(
    original: Any, backend: AutoScalingBackend, group_name: str, target_group_arns: list[str]
) -> None:
    original(backend, group_name, target_group_arns)
    for state in backend.autoscaling_groups[group_name].instance_states:
        vars(state).setdefault("registered_with", set()).difference_update(target_group_arns)


def let_go(group: FakeAutoScalingGroup, state: Any) -> None:
    """Deregister an instance; once it is drained it ends."""
    instance = state.instance
    wait = 0.0
    for target_group in _target_groups(group):
        if instance.id in target_group.targets:
            target_group.deregister([{"Id": instance.id}])
            wait = max(wait, drain_seconds(target_group, instance.id))
    state.lifecycle_state = "Terminating"
    state.until = SIMULATION.clock.now() + timedelta(seconds=wait)
    if not wait:
        _end(group, state)


def _end(group: FakeAutoScalingGroup, state: Any) -> None:
    if state.instance.state != "terminated":
        group.ec2_backend.terminate_instances([state.instance.id])
    group.instance_states = [each for each in group.instance_states if each is not state]
    _note(group, f"Terminating EC2 instance: {state.instance.id}", "Successful")
    _forget_if_empty(group)


def _forget_if_empty(group: FakeAutoScalingGroup) -> None:
    """A group that goes takes its policies and schedules along; moto keeps them."""
    if not getattr(group, "status", None) or group.instance_states:
        return
    backend = group.autoscaling_backend
    backend.autoscaling_groups.pop(group.name, None)
    for found in (backend.policies, backend.scheduled_actions):
        for key in [key for key in found if key.startswith(f"{group.name}/")]:
            del found[key]


def _superfluous(
    group: FakeAutoScalingGroup, standing: list[InstanceState], count: int
) -> list[InstanceState]:
    """The oldest of the zone that has most; a group that goes asks nobody for protection.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html
    """
    going = bool(getattr(group, "status", None))
    left = [each for each in standing if going or not each.protected_from_scale_in]
    gone: list[InstanceState] = []
    while left and len(gone) < count:
        zones = Counter(each.availability_zone for each in left)
        zone = max(zones, key=lambda each: zones[each])
        one = next(each for each in left if each.availability_zone == zone)
        left.remove(one)
        gone.append(one)
    return gone


def suspended(group: FakeAutoScalingGroup, process: str) -> bool:
    return process in {each["ProcessName"] for each in group.suspended_processes}


def _target_groups(group: FakeAutoScalingGroup) -> list[Any]:
    known = group.autoscaling_backend.elbv2_backend.target_groups
    return [known[arn] for arn in group.target_group_arns or [] if arn in known]


def _activities(group: Any) -> list[dict[str, Any]]:
    if not hasattr(group, "activities"):
        group.activities = []
    return group.activities


def _note(group: FakeAutoScalingGroup, what: str, status: str, why: str = "") -> None:
    now = SIMULATION.clock.now()
    activities = _activities(group)
    activities.append(
        {
            "ActivityId": str(mock_random.uuid4()),
            "AutoScalingGroupName": group.name,
            "Description": what,
            "Cause": f"At {now:%Y-%m-%dT%H:%M:%SZ} the group's capacity is "
            f"{group.desired_capacity}.",
            "StartTime": now,
            "EndTime": now,
            "StatusCode": status,
            "StatusMessage": why or None,
            "Progress": 100,
        }
    )
    del activities[:-KEPT]


# What happens with time.


def all_groups() -> Iterator[FakeAutoScalingGroup]:
    """The groups of all accounts and regions."""
    for account in list(autoscaling_backends.values()):
        for backend in list(account.values()):
            yield from list(backend.autoscaling_groups.values())


@SIMULATION.timeline.source
def instances_start_and_end(after: datetime, until: datetime) -> Event | None:
    """The next instance that has started, or has drained."""
    first: Event | None = None
    for group in all_groups():
        for state in group.instance_states:
            moment = getattr(state, "until", None)
            if moment is None or moment > until or (first and first.moment <= moment):
                continue
            change = _put_in_service if state.lifecycle_state == "Pending" else _end
            first = Event(moment, partial(change, group, state))
    return first


@SIMULATION.timeline.every_minute(ACT)
def replace_unhealthy(until: datetime) -> None:
    """End what fails the balancer's health checks after its grace period, and start another.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html
    """
    now = SIMULATION.clock.now()
    for group in all_groups():
        if "ELB" not in str(group.health_check_type) or suspended(group, "HealthCheck"):
            continue
        grace = timedelta(seconds=float(group.health_check_grace_period or 0))
        for state in list(group.instance_states):
            since: datetime | None = getattr(state, "in_service_since", None)
            if state.lifecycle_state != "InService" or since is None or now < since + grace:
                continue
            if any(
                target_state(each, state.instance.id) == UNHEALTHY for each in _target_groups(group)
            ):
                state.health_status = "Unhealthy"
        if suspended(group, "ReplaceUnhealthy"):
            continue
        for state in [each for each in group.instance_states if each.health_status == "Unhealthy"]:
            if state.lifecycle_state == "InService":
                let_go(group, state)
        settle(group)
