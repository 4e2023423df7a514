"""Health of targets: registered, checked, drained, as time passes."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from moto.elbv2.models import ELBv2Backend, FakeHealthStatus, FakeTargetGroup, elbv2_backends

from tests.cloud.simulation import SIMULATION
from tests.cloud.strict.elbv2 import balancers_of
from tests.cloud.strict.patch import instead

API = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference"
GUIDE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application"
HEALTH = f"{API}/API_TargetHealth.html"
HEALTHY, UNHEALTHY, INITIAL = "healthy", "unhealthy", "initial"
# Reasons and descriptions of AWS.
NOT_REGISTERED = ("Target.NotRegistered", "Target is not registered to the target group")
NOT_IN_USE = (
    "Target.NotInUse",
    "Target group is not configured to receive traffic from the load balancer",
)
ZONE_NOT_IN_USE = (
    "Target.NotInUse",
    "Target is in an Availability Zone that is not enabled for the load balancer",
)
INVALID_STATE = ("Target.InvalidState", "Target is in the {state} state")
DRAINING = ("Target.DeregistrationInProgress", "Target deregistration is in progress")
REGISTERING = ("Elb.RegistrationInProgress", "Target registration is in progress")
CHECKING = ("Elb.InitialHealthChecking", "Initial health checks in progress")
FAILED = ("Target.FailedHealthChecks", "Health checks failed")


@instead(FakeTargetGroup, "register", doc=f"{API}/API_RegisterTargets.html")
def registration_has_a_time(
    original: Any, group: FakeTargetGroup, targets: list[dict[str, Any]]
) -> None:
    before = dict(group.targets)
    original(group, targets)
    for target in targets:
        known = before.get(target["Id"], {})
        group.targets[target["Id"]]["Since"] = known.get("Since") or SIMULATION.clock.now()


@instead(FakeTargetGroup, "deregister", doc=f"{API}/API_DeregisterTargets.html")
def deregistration_has_a_time(
    original: Any, group: FakeTargetGroup, targets: list[dict[str, Any]]
) -> None:
    """A target that is not registered is no error; moto makes it one."""
    known = [target for target in targets if target["Id"] in group.targets]
    original(group, known)
    for target in known:
        group.deregistered_targets[target["Id"]]["Until"] = _drained_at(group, target["Id"])


@instead(
    FakeTargetGroup,
    "deregister_terminated_instances",
    doc=f"{GUIDE}/load-balancer-target-groups.html#registered-targets",
)
def terminated_instances_are_deregistered(
    original: Any, group: FakeTargetGroup, instance_ids: list[str]
) -> None:
    """moto lets them drain for ever."""
    group.deregister([{"Id": id} for id in instance_ids])


@instead(ELBv2Backend, "describe_target_health", doc=f"{API}/API_DescribeTargetHealth.html")
def draining_targets_are_listed(
    original: Any,
    backend: ELBv2Backend,
    target_group_arn: str,
    targets: list[dict[str, Any]],
) -> list[FakeHealthStatus]:
    """All of the group, those that drain included, when none are named."""
    group = backend.target_groups.get(target_group_arn)
    if group is not None and not targets:
        targets = [*group.targets.values(), *_draining(group)]
        if not targets:
            return []
    return list(original(backend, target_group_arn, targets))


@instead(FakeTargetGroup, "health_for", doc=HEALTH)
def health_follows_time(
    original: Any, group: FakeTargetGroup, target: dict[str, Any], ec2_backend: Any
) -> FakeHealthStatus:
    """moto knows only healthy targets."""
    port = target.get("Port") or group.port
    state, reason = _health(group, target["Id"])
    said: Any = FakeHealthStatus(target["Id"], port, str(port), state, *(reason or ()))
    return said


def target_state(group: FakeTargetGroup, id: str) -> str:
    """The state as DescribeTargetHealth names it."""
    return _health(group, id)[0]


def _health(group: FakeTargetGroup, id: str) -> tuple[str, tuple[str, str] | None]:
    entry: dict[str, Any] | None = group.targets.get(id)
    if entry is None:
        draining = any(each["Id"] == id for each in _draining(group))
        return ("draining", DRAINING) if draining else ("unused", NOT_REGISTERED)
    instance: Any = group.ec2_backend.get_instance_by_id(id) if id.startswith("i-") else None
    if instance is not None and instance.state != "running":
        return "unused", (INVALID_STATE[0], INVALID_STATE[1].format(state=instance.state))
    used: datetime | None = getattr(group, "used_since", None)
    if used is None:
        return "unused", NOT_IN_USE
    if instance is not None and not _zone_is_enabled(group, instance):
        return "unused", ZONE_NOT_IN_USE
    return _checked(group, id, max(used, entry.get("Since") or used), instance)


def _checked(
    group: FakeTargetGroup, id: str, begun: datetime, instance: Any
) -> tuple[str, tuple[str, str] | None]:
    """What the health checks since a moment have come to."""
    now = SIMULATION.clock.now()
    names = {id, group.name, *names_of(instance)}
    behaviour = SIMULATION.instances.behaviour("healthy", names)
    interval = float(group.health_check_interval_seconds)
    to_fail = timedelta(seconds=interval * int(group.unhealthy_threshold_count))
    if behaviour.seconds is None:  # from some moment on it answers no more
        was_well = behaviour.since > begun
        if now < max(begun, behaviour.since) + to_fail:
            return (HEALTHY, None) if was_well else (INITIAL, CHECKING)
        return UNHEALTHY, FAILED
    if now >= begun + timedelta(seconds=behaviour.seconds):
        return HEALTHY, None
    if now < begun + min(to_fail, timedelta(seconds=interval)):
        return INITIAL, REGISTERING
    return (INITIAL, CHECKING) if now < begun + to_fail else (UNHEALTHY, FAILED)


def names_of(instance: Any) -> set[str]:
    """What a test may call an instance by: its own id, its fleet, the fleet's template."""
    if instance is None:
        return set()
    group = getattr(instance, "autoscaling_group", None)
    template = getattr(group, "ec2_launch_template", None)
    found = {instance.id, getattr(group, "name", ""), getattr(template, "name", "")}
    return {each for each in found if each}


def drain_seconds(group: FakeTargetGroup, id: str) -> float:
    """How long the target drains."""
    instance = group.ec2_backend.get_instance_by_id(id) if id.startswith("i-") else None
    said = SIMULATION.instances.behaviour("drained", {id, group.name, *names_of(instance)}).seconds
    own = float(group.attributes.get("deregistration_delay.timeout_seconds") or 0)
    return own if said is None else said


def _drained_at(group: FakeTargetGroup, id: str) -> datetime:
    return SIMULATION.clock.now() + timedelta(seconds=drain_seconds(group, id))


def _draining(group: FakeTargetGroup) -> list[dict[str, Any]]:
    now = SIMULATION.clock.now()
    found: list[dict[str, Any]] = list(group.deregistered_targets.values())
    return [each for each in found if each.get("Until", now) > now]


def _zone_is_enabled(group: FakeTargetGroup, instance: Any) -> bool:
    backend = elbv2_backends[group.account_id][group.region_name]
    arns = getattr(group, "used_by", ())
    balancers = [backend.load_balancers[arn] for arn in arns if arn in backend.load_balancers]
    zones = {subnet.availability_zone for each in balancers for subnet in each.subnets}
    return instance.availability_zone in zones


# When a target group came into use: only then do health checks begin.


def note_use(backend: ELBv2Backend) -> None:
    """Remember since when each target group has had a rule or listener that forwards to it."""
    for group in _groups(backend):
        used_by = tuple(sorted(set(balancers_of(backend, group.arn))))
        group.used_by = used_by
        if not used_by:
            group.used_since = None
        elif getattr(group, "used_since", None) is None:
            group.used_since = SIMULATION.clock.now()


def _groups(backend: ELBv2Backend) -> Iterator[Any]:
    yield from list(backend.target_groups.values())


CHANGE_USE: Iterable[str] = (
    "create_rule",
    "modify_rule",
    "delete_rule",
    "create_listener",
    "modify_listener",
    "delete_listener",
    "delete_load_balancer",
)


def _watch(method: str) -> None:
    @instead(ELBv2Backend, method, doc=f"{GUIDE}/target-group-health-checks.html")
    def use_begins_or_ends(original: Any, backend: ELBv2Backend, *args: Any, **kwargs: Any) -> Any:
        answer = original(backend, *args, **kwargs)
        note_use(backend)
        return answer


for _method in CHANGE_USE:
    _watch(_method)
