"""Quotas of Elastic Load Balancing; `cloud.quotas` changes them."""

from typing import Any

from moto.elbv2.models import ELBv2Backend

from tests.cloud.quotas import beyond
from tests.cloud.simulation import SIMULATION
from tests.cloud.strict.elbv2 import balancers_of
from tests.cloud.strict.patch import RefusedError, before

LIMITS = (
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"
)


@before(ELBv2Backend, "create_load_balancer", doc=LIMITS)
def balancers_are_few(backend: ELBv2Backend) -> None:
    if beyond(SIMULATION.quotas.load_balancers, len(backend.load_balancers) + 1):
        _refuse("TooManyLoadBalancers", "load balancers")


@before(ELBv2Backend, "create_target_group", doc=LIMITS)
def target_groups_are_few(backend: ELBv2Backend) -> None:
    if beyond(SIMULATION.quotas.target_groups, len(backend.target_groups) + 1):
        _refuse("TooManyTargetGroups", "target groups")


@before(ELBv2Backend, "create_listener", doc=LIMITS)
def listeners_are_few(backend: ELBv2Backend, load_balancer_arn: str) -> None:
    balancer = backend.load_balancers.get(load_balancer_arn)
    there = len(balancer.listeners) if balancer else 0
    if beyond(SIMULATION.quotas.listeners_per_balancer, there + 1):
        _refuse("TooManyListeners", "listeners")


@before(ELBv2Backend, "create_rule", doc=LIMITS)
def rules_of_a_balancer_are_few(backend: ELBv2Backend, listener_arn: str) -> None:
    for balancer in backend.load_balancers.values():
        if listener_arn in balancer.listeners:
            there = sum(len(each._non_default_rules) for each in balancer.listeners.values())
            if beyond(SIMULATION.quotas.rules_per_balancer, there + 1):
                _refuse("TooManyRules", "rules")


@before(ELBv2Backend, "register_targets", doc=LIMITS)
def targets_of_a_balancer_are_few(
    backend: ELBv2Backend, target_group_arn: str, instances: list[dict[str, Any]]
) -> None:
    for arn in balancers_of(backend, target_group_arn):
        groups = [
            each
            for each in backend.target_groups.values()
            if arn in set(balancers_of(backend, each.arn))
        ]
        there = {(group.arn, id) for group in groups for id in group.targets}
        there |= {(target_group_arn, each["Id"]) for each in instances}
        if beyond(SIMULATION.quotas.targets_per_balancer, len(there)):
            _refuse("TooManyTargets", "targets")


def _refuse(code: str, what: str) -> None:
    raise RefusedError(code, f"The maximum number of {what} has been reached")
