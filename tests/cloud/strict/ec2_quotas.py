"""Quotas of EC2 and VPC; `cloud.quotas` changes them.

Codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from collections.abc import Iterator
from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.instance_types import INSTANCE_TYPES

from tests.cloud.quotas import beyond
from tests.cloud.simulation import SIMULATION
from tests.cloud.strict.patch import RefusedError, before

VPC_LIMITS = "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"
EC2_LIMITS = "https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html"
STANDARD = frozenset("acdhimrtz")  # first letters of the families that share a quota
LIVING = ("pending", "running", "stopping")


@before(EC2Backend, "allocate_address", doc=VPC_LIMITS)
def addresses_are_few(backend: EC2Backend) -> None:
    if beyond(SIMULATION.quotas.elastic_ips, len(backend.addresses) + 1):
        _refuse("AddressLimitExceeded", "addresses")


@before(EC2Backend, "create_vpc", doc=VPC_LIMITS)
def vpcs_are_few(backend: EC2Backend) -> None:
    if beyond(SIMULATION.quotas.vpcs, len(backend.vpcs) + 1):
        _refuse("VpcLimitExceeded", "VPCs")


@before(EC2Backend, "create_internet_gateway", doc=VPC_LIMITS)
def internet_gateways_are_few(backend: EC2Backend) -> None:
    if beyond(SIMULATION.quotas.internet_gateways, len(backend.internet_gateways) + 1):
        _refuse("InternetGatewayLimitExceeded", "internet gateways")


@before(EC2Backend, "create_nat_gateway", doc=VPC_LIMITS)
def nat_gateways_of_a_zone_are_few(backend: EC2Backend, subnet_id: str) -> None:
    zone = backend.get_subnet(subnet_id).availability_zone
    there = [
        each
        for each in backend.nat_gateways.values()
        if each.state in ("pending", "available")
        and backend.get_subnet(each.subnet_id).availability_zone == zone
    ]
    if beyond(SIMULATION.quotas.nat_gateways_per_zone, len(there) + 1):
        raise RefusedError(
            "NatGatewayLimitExceeded",
            f"Performing this operation would exceed the limit of "
            f"{SIMULATION.quotas.nat_gateways_per_zone} NAT gateways",
        )


@before(EC2Backend, "authorize_security_group_ingress", doc=VPC_LIMITS)
def inbound_rules_are_few(
    backend: EC2Backend,
    group_name_or_id: str,
    vpc_id: str | None,
    ip_ranges: Any,
    source_groups: Any,
    prefix_list_ids: Any,
) -> None:
    group = backend.get_security_group_by_name_or_id(group_name_or_id, vpc_id)
    if group is not None:
        _check_rules(group.ingress_rules, ip_ranges, source_groups, prefix_list_ids)


@before(EC2Backend, "authorize_security_group_egress", doc=VPC_LIMITS)
def outbound_rules_are_few(
    backend: EC2Backend,
    group_name_or_id: str,
    vpc_id: str | None,
    ip_ranges: Any,
    source_groups: Any,
    prefix_list_ids: Any,
) -> None:
    group = backend.get_security_group_by_name_or_id(group_name_or_id, vpc_id)
    if group is not None:
        _check_rules(group.egress_rules, ip_ranges, source_groups, prefix_list_ids)


def _check_rules(rules: list[Any], *new: Any) -> None:
    """Each source of a rule counts as one."""
    there = sum(
        max(len(each.ip_range or []) and 1, 1) for each in rules
    )  # moto keeps a rule per source
    if beyond(
        SIMULATION.quotas.rules_per_security_group, there + sum(len(each or []) for each in new)
    ):
        raise RefusedError(
            "RulesPerSecurityGroupLimitExceeded",
            "The maximum number of rules per security group has been reached.",
        )


@before(EC2Backend, "run_instances", doc=EC2_LIMITS)
def vcpus_are_few(
    backend: EC2Backend, count: int, instance_type: str, instance_market_options: Any
) -> None:
    problem = vcpu_problem(backend, instance_type, count, spot=bool(instance_market_options))
    if problem:
        raise RefusedError(*problem)


def launch_problem(group: Any, type_: str, count: int, *, spot: bool) -> str | None:
    """Why a group cannot launch so many instances, in AWS's words."""
    names = {group.name, getattr(group.ec2_launch_template, "name", "")}
    if SIMULATION.instances.behaviour("available", names).seconds is None:
        return (
            "We currently do not have sufficient capacity in the Availability Zone you requested. "
            "Our system will be working on provisioning additional capacity. Launching EC2 "
            "instance failed."
        )
    problem = vcpu_problem(group.ec2_backend, type_, count, spot=spot)
    return f"{problem[1]} Launching EC2 instance failed." if problem else None


def vcpu_problem(
    backend: EC2Backend, type_: str, count: int, *, spot: bool
) -> tuple[str, str] | None:
    """Code and message when the instances would need more vCPUs than the account may use."""
    quotas = SIMULATION.quotas
    limit = quotas.spot_vcpus if spot else quotas.on_demand_vcpus
    if limit is None or not _is_standard(type_):
        return None
    used = sum(_vcpus(each.instance_type) for each in _running(backend, spot=spot))
    if used + count * _vcpus(type_) <= limit:
        return None
    if spot:
        return "MaxSpotInstanceCountExceeded", "Max spot instance count exceeded."
    return (
        "VcpuLimitExceeded",
        f"You have requested more vCPU capacity than your current vCPU limit of {limit} allows "
        "for the instance bucket that the specified instance type belongs to.",
    )


def _running(backend: EC2Backend, *, spot: bool) -> Iterator[Any]:
    for reservation in list(backend.reservations.values()):
        for each in reservation.instances:
            same_market = (each.lifecycle == "spot") == spot
            if same_market and each.state in LIVING and _is_standard(each.instance_type):
                yield each


def _is_standard(type_: str) -> bool:
    return type_[:1] in STANDARD


def _vcpus(type_: str) -> int:
    """As AWS describes the type; two for one that moto does not know."""
    known = INSTANCE_TYPES.get(type_) or {}
    return int((known.get("VCpuInfo") or {}).get("DefaultVCpus") or 2)


def _refuse(code: str, what: str) -> None:
    raise RefusedError(code, f"The maximum number of {what} has been reached.")
