"""Each minute the balancers report on their targets, and on the traffic that a test lets flow."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.elbv2.models import ELBv2Backend, elbv2_backends

from tests.cloud.series import KEPT, Point, add
from tests.cloud.simulation import SIMULATION
from tests.cloud.strict import cloudwatch_metrics  # noqa: F401  (so that what is reported is answered)
from tests.cloud.strict.cloudwatch_metrics import store_of
from tests.cloud.strict.elbv2_health import HEALTHY, UNHEALTHY, target_state
from tests.cloud.timeline import REPORT
from tests.cloud.traffic import Answers, shared

NAMESPACE = "AWS/ApplicationELB"
MINUTE = timedelta(minutes=1)
PLAIN_PATH, PLAIN_METHOD = "/", "GET"  # of an ordinary request


class Report:
    """The metrics of one balancer over one minute."""

    def __init__(self, backend: ELBv2Backend, balancer: Any, minute: datetime) -> None:
        self._store: Any = store_of(cloudwatch_backends[backend.account_id][backend.region_name])
        self._balancer = {"LoadBalancer": balancer.arn.partition("loadbalancer/")[2]}
        self._minute = minute

    def of_balancer(self, name: str, value: float) -> None:
        self._add(name, self._balancer, value, 1)

    def of_targets(self, group: Any, name: str, value: float, count: float = 1) -> None:
        suffix = group.arn.rpartition(":")[2]
        self._add(name, {**self._balancer, "TargetGroup": suffix}, value, count)

    def _add(self, name: str, dimensions: dict[str, str], value: float, count: float) -> None:
        key = (NAMESPACE, name, frozenset(dimensions.items()))
        add(self._store, key, Point(self._minute, value * count, count, value, value))


@SIMULATION.timeline.every_minute(REPORT)
def report(until: datetime) -> None:
    """Of the minute that has just passed."""
    now = SIMULATION.clock.now()
    if now < until - KEPT:
        return
    for account in list(elbv2_backends.values()):
        for backend in list(account.values()):
            for balancer in list(backend.load_balancers.values()):
                made = Report(backend, balancer, now - MINUTE)
                _hosts(backend, balancer, made)
                requests = SIMULATION.traffic.flows.get(balancer.name, 0)
                if requests:
                    _traffic(backend, balancer, requests, made)


def _hosts(backend: ELBv2Backend, balancer: Any, made: Report) -> None:
    for group in _used_by(backend, balancer):
        states = [target_state(group, id) for id in group.targets]
        made.of_targets(group, "HealthyHostCount", states.count(HEALTHY))
        made.of_targets(group, "UnHealthyHostCount", states.count(UNHEALTHY))


def _used_by(backend: ELBv2Backend, balancer: Any) -> Iterator[Any]:
    for group in list(backend.target_groups.values()):
        if balancer.arn in getattr(group, "used_by", ()):
            yield group


def _traffic(backend: ELBv2Backend, balancer: Any, requests: int, made: Report) -> None:
    action = plain_action(balancer)
    made.of_balancer("RequestCount", requests)
    if action.get("Type") == "fixed-response":
        made.of_balancer("HTTP_Fixed_Response_Count", requests)
        return
    split = shared(requests, weights_of(action))
    lost = requests - sum(split.values())
    for arn, number in split.items():
        group = backend.target_groups.get(arn)
        states = [target_state(group, id) for id in group.targets] if group else []
        if group is None or not {HEALTHY, UNHEALTHY} & set(states):
            lost += number  # nobody to ask: the balancer answers 503
        elif number:
            # Without a healthy target a balancer asks all of them (it fails open).
            broken = Answers(unanswered=1) if HEALTHY not in states else None
            lost += _answered(group, number, broken or SIMULATION.traffic.of(group.name), made)
    if lost:
        made.of_balancer("HTTPCode_ELB_5XX_Count", lost)


def _answered(group: Any, number: int, answers: Answers, made: Report) -> int:
    """Report what a target group made of its requests; answers how many it left unanswered."""
    unanswered = round(number * answers.unanswered)
    failing = round(number * answers.failing)
    refused = round(number * answers.refused)
    redirected = round(number * answers.redirected)
    abandoned = round(number * answers.abandoned)
    well = max(number - unanswered - failing - refused - redirected - abandoned, 0)
    made.of_targets(group, "RequestCount", number)
    for kind, many in (("2XX", well), ("3XX", redirected), ("4XX", refused), ("5XX", failing)):
        if many:  # what did not happen is not reported
            made.of_targets(group, f"HTTPCode_Target_{kind}_Count", many)
    if unanswered:
        made.of_targets(group, "TargetConnectionErrorCount", unanswered)
    if abandoned:  # a target was chosen and never answered: 460, which names no target group
        made.of_balancer("HTTPCode_ELB_4XX_Count", abandoned)
    timed = number - unanswered - abandoned
    if timed > 0:
        made.of_targets(group, "TargetResponseTime", answers.latency, timed)
    return unanswered


def plain_action(balancer: Any) -> dict[str, Any]:
    """What the balancer does with an ordinary request; a listener with TLS goes first."""
    listeners = sorted(balancer.listeners.values(), key=lambda each: each.protocol != "HTTPS")
    for listener in listeners:
        rules = [each for each in listener.rules.values() if not each.is_default]
        for rule in sorted(rules, key=lambda each: int(each.priority)):
            if all(_plain(each) for each in rule.conditions):
                return dict(rule.actions[-1].data)
        return dict(listener.default_actions[-1].data)
    return {}


def _plain(condition: dict[str, Any]) -> bool:
    """Whether a request without anything particular to it satisfies a condition."""
    field = condition.get("Field")
    if field == "path-pattern":
        config = condition.get("PathPatternConfig") or {}
        values = config.get("Values") or condition.get("Values") or []
        return any(fnmatchcase(PLAIN_PATH, each) for each in values)
    if field == "http-request-method":
        return PLAIN_METHOD in (condition.get("HttpRequestMethodConfig") or {}).get("Values", [])
    return False


def weights_of(action: dict[str, Any]) -> dict[str, int]:
    """Target groups of a forward action with their weights."""
    groups = (action.get("ForwardConfig") or {}).get("TargetGroups") or []
    if not groups and action.get("TargetGroupArn"):
        return {action["TargetGroupArn"]: 1}
    return {each["TargetGroupArn"]: int(each.get("Weight", 1)) for each in groups}
