"""Elastic Load Balancing v2."""

from collections.abc import Iterator, Mapping
from typing import Any

from moto.elbv2.models import ELBv2Backend

from tests.cloud.strict.access_logs import log_bucket_problem
from tests.cloud.strict.patch import RefusedError, before, instead

API = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference"
GUIDE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application"
MOST_TARGET_GROUPS = 5
LONGEST_STICKINESS = 604800  # seven days


@before(
    ELBv2Backend,
    "delete_load_balancer",
    doc=f"{GUIDE}/application-load-balancers.html#deletion-protection",
)
def protected_balancer_stays(backend: ELBv2Backend, arn: str) -> None:
    balancer = backend.load_balancers.get(arn)
    if balancer is not None and balancer.attrs.get("deletion_protection.enabled") == "true":
        raise RefusedError(
            "OperationNotPermitted",
            f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
        )


@before(ELBv2Backend, "create_load_balancer", doc=f"{API}/API_CreateLoadBalancer.html")
def balancer_name_is_free(backend: ELBv2Backend, name: str) -> None:
    if any(each.name == name for each in backend.load_balancers.values()):
        raise RefusedError(
            "DuplicateLoadBalancerName", f"A load balancer with the name '{name}' already exists"
        )


@before(ELBv2Backend, "create_load_balancer", doc=f"{API}/API_CreateLoadBalancer.html")
def balancer_spans_two_zones(
    backend: ELBv2Backend,
    subnet_ids: list[str],
    subnet_mappings: Any,
    loadbalancer_type: str | None,
) -> None:
    if loadbalancer_type not in (None, "application"):
        return
    ids = [*(subnet_ids or []), *(each["SubnetId"] for each in subnet_mappings or [])]
    zones = [backend.ec2_backend.get_subnet(id).availability_zone for id in ids]
    if len(set(zones)) < 2:
        raise RefusedError(
            "ValidationError",
            "At least two subnets in two different Availability Zones must be specified",
        )
    if len(set(zones)) < len(zones):
        raise RefusedError(
            "InvalidConfigurationRequest",
            "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
        )


@before(ELBv2Backend, "create_load_balancer", doc=f"{API}/API_CreateLoadBalancer.html")
def balancer_security_groups_exist(backend: ELBv2Backend, security_groups: list[str]) -> None:
    for group in security_groups or []:
        if backend.ec2_backend.get_security_group_from_id(group) is None:
            raise RefusedError(
                "InvalidSecurityGroup", f"The security group ID '{group}' is not valid"
            )


@before(ELBv2Backend, "create_load_balancer", doc=f"{API}/API_CreateLoadBalancer.html")
def public_balancer_needs_internet_gateway(
    backend: ELBv2Backend, subnet_ids: list[str], subnet_mappings: Any, scheme: str
) -> None:
    ids = [*(subnet_ids or []), *(each["SubnetId"] for each in subnet_mappings or [])]
    network = backend.ec2_backend.get_subnet(ids[0]).vpc_id if ids else None
    gateways = backend.ec2_backend.internet_gateways.values()
    if scheme != "internal" and not any(each.vpc and each.vpc.id == network for each in gateways):
        raise RefusedError("InvalidSubnet", f"VPC {network} has no internet gateway")


@before(ELBv2Backend, "modify_load_balancer_attributes", doc=f"{GUIDE}/enable-access-logging.html")
def log_bucket_admits_the_balancer(
    backend: ELBv2Backend, arn: str, attrs: Mapping[str, str]
) -> None:
    for kind in ("access_logs", "connection_logs"):
        if attrs.get(f"{kind}.s3.enabled") == "true":
            bucket, prefix = attrs.get(f"{kind}.s3.bucket", ""), attrs.get(f"{kind}.s3.prefix", "")
            problem = log_bucket_problem(backend.account_id, backend.region_name, bucket, prefix)
            if problem:
                raise RefusedError("InvalidConfigurationRequest", problem)


@before(
    ELBv2Backend,
    "create_rule",
    "modify_rule",
    "create_listener",
    "modify_listener",
    doc=f"{API}/API_ForwardActionConfig.html",
)
def forward_is_within_limits(
    backend: ELBv2Backend, actions: Any = None, default_actions: Any = None
) -> None:
    for action in [*(actions or []), *(default_actions or [])]:
        groups = (_data(action).get("ForwardConfig") or {}).get("TargetGroups") or []
        if len(groups) > MOST_TARGET_GROUPS:
            raise RefusedError(
                "ValidationError",
                f"A forward action has {len(groups)} target groups; "
                f"the maximum is {MOST_TARGET_GROUPS}",
            )
        for group in groups:
            if not 0 <= int(group.get("Weight", 1)) <= 999:
                raise RefusedError(
                    "ValidationError",
                    f"The weight of a target group must be 0 to 999, not {group['Weight']}",
                )


@before(
    ELBv2Backend,
    "create_rule",
    "modify_rule",
    "create_listener",
    "modify_listener",
    doc=f"{API}/API_TargetGroupStickinessConfig.html",
)
def stickiness_has_a_time(
    backend: ELBv2Backend, actions: Any = None, default_actions: Any = None
) -> None:
    for action in [*(actions or []), *(default_actions or [])]:
        config = (_data(action).get("ForwardConfig") or {}).get("TargetGroupStickinessConfig") or {}
        seconds = config.get("DurationSeconds")
        if str(config.get("Enabled")).lower() == "true" and seconds is None:
            raise RefusedError("ValidationError", "Stickiness duration must be specified")
        if seconds is not None and not 1 <= int(seconds) <= LONGEST_STICKINESS:
            raise RefusedError(
                "ValidationError",
                f"Stickiness duration must be 1 to {LONGEST_STICKINESS} seconds, not {seconds}",
            )


@before(ELBv2Backend, "create_rule", "set_rule_priorities", doc=f"{API}/API_CreateRule.html")
def priority_is_in_range(
    backend: ELBv2Backend, priority: Any = None, rule_priorities: Any = None
) -> None:
    for each in [priority, *(rule["Priority"] for rule in rule_priorities or [])]:
        if each is not None and not 1 <= int(each) <= 50000:
            raise RefusedError(
                "ValidationError", f"Rule priority {each} must be between 1 and 50000"
            )


@before(
    ELBv2Backend, "create_rule", "create_listener", doc=f"{GUIDE}/load-balancer-target-groups.html"
)
def target_group_serves_one_balancer(
    backend: ELBv2Backend,
    listener_arn: str | None = None,
    load_balancer_arn: str | None = None,
    actions: Any = None,
    default_actions: Any = None,
) -> None:
    """A target group can be used by one balancer only, and must be in its VPC."""
    mine = load_balancer_arn or _balancer_of(backend, listener_arn or "")
    balancer = backend.load_balancers.get(mine or "")
    for arn in _targets([*(actions or []), *(default_actions or [])]):
        group = backend.target_groups.get(arn)
        if group is None or balancer is None:
            continue  # moto says so itself
        if group.vpc_id and group.vpc_id != balancer.vpc_id:
            raise RefusedError(
                "InvalidConfigurationRequest",
                f"The target group '{arn}' is not in the VPC of the load balancer "
                f"({balancer.vpc_id})",
            )
        if any(other != mine for other in balancers_of(backend, arn)):
            raise RefusedError(
                "TargetGroupAssociationLimit",
                "The following target groups cannot be associated with more than one load "
                f"balancer: {arn}",
            )


@before(ELBv2Backend, "delete_target_group", doc=f"{API}/API_DeleteTargetGroup.html")
def target_group_in_use_stays(backend: ELBv2Backend, target_group_arn: str) -> None:
    if any(True for _ in balancers_of(backend, target_group_arn)):
        raise RefusedError(
            "ResourceInUse",
            f"Target group '{target_group_arn}' is currently in use by a listener or a rule",
        )


def balancers_of(backend: ELBv2Backend, target_group: str) -> Iterator[str]:
    """ARNs of the balancers that forward to the target group, whatever its weight."""
    for balancer in list(backend.load_balancers.values()):
        for listener in list(balancer.listeners.values()):
            actions = [*listener.default_actions]
            for rule in listener.rules.values():
                actions += rule.actions
            if target_group in _targets(actions):
                yield balancer.arn
                break


def _balancer_of(backend: ELBv2Backend, listener_arn: str) -> str | None:
    for balancer in backend.load_balancers.values():
        if listener_arn in balancer.listeners:
            return str(balancer.arn)
    return None


def _targets(actions: list[Any]) -> set[str]:
    found: set[str] = set()
    for action in actions:
        data = _data(action)
        if data.get("TargetGroupArn"):
            found.add(data["TargetGroupArn"])
        found |= {
            group["TargetGroupArn"]
            for group in (data.get("ForwardConfig") or {}).get("TargetGroups") or []
        }
    return found


def _data(action: Any) -> dict[str, Any]:
    return action if isinstance(action, dict) else action.data


@before(
    ELBv2Backend,
    "create_listener",
    "modify_listener",
    doc=f"{API}/API_ModifyListener.html",
)
def listener_port_is_free(
    backend: ELBv2Backend, load_balancer_arn: str = "", arn: str = "", port: Any = None
) -> None:
    balancer = backend.load_balancers.get(load_balancer_arn or _balancer_of(backend, arn) or "")
    if balancer is not None and any(
        str(each.port) == str(port) for each in balancer.listeners.values() if each.arn != arn
    ):
        raise RefusedError(
            "DuplicateListener",
            f"A listener already exists on port {port} of '{balancer.arn}'",
        )


@before(ELBv2Backend, "describe_target_groups", doc=f"{API}/API_TargetGroup.html")
def target_groups_know_their_balancers(backend: ELBv2Backend) -> None:
    """moto notes them at creation of a rule, several times, and never forgets."""
    for arn, group in list(backend.target_groups.items()):
        group.load_balancer_arns = sorted(set(balancers_of(backend, arn)))


@instead(ELBv2Backend, "set_rule_priorities", doc=f"{API}/API_SetRulePriorities.html")
def priorities_may_change_places(
    original: Any, backend: ELBv2Backend, rule_priorities: list[dict[str, Any]]
) -> list[Any]:
    """Only a rule outside the request can be in the way."""
    wanted = {each["RuleArn"]: each["Priority"] for each in rule_priorities}
    rules = {arn: rule for arn, rule in _rules(backend) if not rule.is_default}
    for arn, priority in wanted.items():
        if arn not in rules:
            raise RefusedError("RuleNotFound", f"Rule '{arn}' not found")
        for other, rule in rules.items():
            same_listener = rule.listener_arn == rules[arn].listener_arn
            if same_listener and other not in wanted and str(rule.priority) == str(priority):
                raise RefusedError("PriorityInUse", f"Priority {priority} is currently in use")
    if len(set(wanted.values())) < len(wanted):
        raise RefusedError(
            "ValidationError", "Each rule of the request needs a priority of its own"
        )
    for arn, priority in wanted.items():
        rules[arn].priority = priority
    return [rules[arn] for arn in wanted]


def _rules(backend: ELBv2Backend) -> Iterator[tuple[str, Any]]:
    for balancer in list(backend.load_balancers.values()):
        for listener in list(balancer.listeners.values()):
            yield from list(listener.rules.items())
