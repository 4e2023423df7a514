"""Elastic Load Balancing v2: what a request names exists and fits."""

from collections.abc import Mapping
from typing import Any

from moto.elbv2.models import ELBv2Backend

from tests.cloud.strict.patch import RefusedError, before, instead

API = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference"


@before(ELBv2Backend, "create_load_balancer", doc=f"{API}/API_CreateLoadBalancer.html")
def balancer_stands_in_one_network(
    backend: ELBv2Backend, subnet_ids: list[str], subnet_mappings: Any, security_groups: list[str]
) -> None:
    ids = [*(subnet_ids or []), *(each["SubnetId"] for each in subnet_mappings or [])]
    subnets = backend.ec2_backend.describe_subnets(filters={"subnet-id": ids}) if ids else []
    for id in sorted({*ids} - {each.id for each in subnets}):
        raise RefusedError("SubnetNotFound", f"The subnet ID '{id}' does not exist")
    networks = {each.vpc_id for each in subnets}
    if len(networks) > 1:
        raise RefusedError(
            "InvalidSubnet", f"The subnets are of different VPCs: {', '.join(sorted(networks))}"
        )
    for id in security_groups or []:
        group = backend.ec2_backend.get_security_group_from_id(id)
        if group is not None and group.vpc_id not in networks:
            raise RefusedError(
                "InvalidConfigurationRequest",
                f"One or more security groups are invalid: '{id}' is in another VPC",
            )


@before(
    ELBv2Backend,
    "create_rule",
    "modify_rule",
    "create_listener",
    "modify_listener",
    doc=f"{API}/API_CreateRule.html",
)
def target_groups_of_actions_exist(
    backend: ELBv2Backend, actions: Any = None, default_actions: Any = None
) -> None:
    for action in [*(actions or []), *(default_actions or [])]:
        data = action if isinstance(action, dict) else action.data
        groups = (data.get("ForwardConfig") or {}).get("TargetGroups") or []
        named = [each.get("TargetGroupArn") for each in groups]
        named += [data["TargetGroupArn"]] if data.get("TargetGroupArn") else []
        for arn in named:
            if arn not in backend.target_groups:
                raise RefusedError("TargetGroupNotFound", f"Target groups '{arn}' not found")


# What an application balancer listens to; API_CreateListener.html, "Protocol".
WEB = ("HTTP", "HTTPS")


@before(ELBv2Backend, "create_listener", doc=f"{API}/API_CreateListener.html")
def listener_speaks_as_its_balancer(
    backend: ELBv2Backend, load_balancer_arn: str, protocol: str
) -> None:
    balancer = backend.load_balancers.get(load_balancer_arn)
    kind = getattr(balancer, "loadbalancer_type", None) or "application"
    if balancer is not None and (kind == "application") != (protocol in WEB):
        raise RefusedError(
            "ValidationError", f"A listener of a {kind} load balancer cannot have {protocol}"
        )


# What moto gets wrong.

DRAIN, LONGEST = "deregistration_delay.timeout_seconds", "3600"


@instead(
    ELBv2Backend,
    "modify_target_group_attributes",
    doc=f"{API}/API_TargetGroupAttribute.html",
)
def drain_of_an_hour_is_allowed(
    original: Any, backend: ELBv2Backend, target_group_arn: str, attributes: Mapping[str, str]
) -> Any:
    """moto refuses the last second of the range."""
    if attributes.get(DRAIN) != LONGEST:
        return original(backend, target_group_arn, attributes)
    original(backend, target_group_arn, {**attributes, DRAIN: "3599"})
    backend.target_groups[target_group_arn].attributes[DRAIN] = LONGEST
    return None
