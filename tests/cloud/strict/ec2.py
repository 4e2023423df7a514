"""EC2 and VPC: what cannot be deleted while something depends on it."""

from collections.abc import Iterator
from typing import Any

from moto.core.types import Base64EncodedString
from moto.ec2.models import EC2Backend
from moto.ec2.models.launch_templates import LaunchTemplateVersion

from tests.cloud.strict.patch import RefusedError, before, instead

API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference"
GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide"


@before(EC2Backend, "delete_security_group", doc=f"{API}/API_DeleteSecurityGroup.html")
def security_group_in_use_stays(
    backend: EC2Backend, name: str | None, group_id: str | None
) -> None:
    group = backend.get_security_group_by_name_or_id(group_id or name or "")
    if group is None:
        return
    for eni in _interfaces(backend):
        if any(each.id == group.id for each in eni.group_set):
            _refuse(f"resource {group.id} has a dependent object ({eni.id})")
    for balancer in _balancers(backend):
        if group.id in balancer.security_groups:
            _refuse(f"resource {group.id} has a dependent object ({balancer.arn})")
    for other in _groups(backend):
        if other.id != group.id and group.id in set(_sources(other)):
            _refuse(f"resource {group.id} has a dependent object ({other.id})")


@before(EC2Backend, "delete_subnet", doc=f"{API}/API_DeleteSubnet.html")
def subnet_in_use_stays(backend: EC2Backend, subnet_id: str) -> None:
    used = [eni.id for eni in _interfaces(backend) if eni.subnet.id == subnet_id]
    used += [each.arn for each in _balancers(backend) if subnet_id in [s.id for s in each.subnets]]
    if used:
        _refuse(f"The subnet '{subnet_id}' has dependencies and cannot be deleted ({used[0]})")


@before(EC2Backend, "delete_vpc", doc=f"{API}/API_DeleteVpc.html")
def vpc_in_use_stays(backend: EC2Backend, vpc_id: str) -> None:
    used = [
        each.id
        for each in list(backend.internet_gateways.values())
        if each.vpc and each.vpc.id == vpc_id
    ]
    used += [
        each.id for each in _groups(backend) if each.vpc_id == vpc_id and each.name != "default"
    ]
    used += [
        each.id
        for each in list(backend.vpc_end_points.values())
        if each.vpc_id == vpc_id and each.state != "deleted"
    ]
    if used:
        _refuse(f"The vpc '{vpc_id}' has dependencies and cannot be deleted ({used[0]})")


@before(EC2Backend, "detach_internet_gateway", doc=f"{API}/API_DetachInternetGateway.html")
def gateway_with_public_addresses_stays(
    backend: EC2Backend, internet_gateway_id: str, vpc_id: str
) -> None:
    """Public addresses of instances, NAT gateways and balancers hold the gateway."""
    used = [
        gateway.id
        for gateway in list(backend.nat_gateways.values())
        if gateway.vpc_id == vpc_id
        and gateway.state == "available"
        and gateway.connectivity_type == "public"
    ]
    used += [
        each.arn
        for each in _balancers(backend)
        if each.vpc_id == vpc_id and each.scheme != "internal"
    ]
    if used:
        _refuse(
            f"Network {vpc_id} has some mapped public address(es). Please unmap those public "
            f"address(es) before detaching the gateway. ({used[0]})"
        )


@before(EC2Backend, "release_address", doc=f"{API}/API_ReleaseAddress.html")
def address_in_use_stays(
    backend: EC2Backend, address: str | None, allocation_id: str | None
) -> None:
    for each in backend.addresses:
        if (
            each.allocation_id == allocation_id or each.public_ip == address
        ) and each.association_id:
            raise RefusedError("InvalidIPAddress.InUse", f"Address {each.public_ip} is in use.")


@before(EC2Backend, "create_nat_gateway", doc=f"{API}/API_CreateNatGateway.html")
def nat_gateway_has_a_free_address(
    backend: EC2Backend, allocation_id: str | None, connectivity_type: str
) -> None:
    if connectivity_type == "private":
        return
    if not allocation_id:
        raise RefusedError(
            "MissingParameter", "The request must contain the parameter AllocationId"
        )
    found = next((each for each in backend.addresses if each.allocation_id == allocation_id), None)
    if found is None:
        raise RefusedError(
            "InvalidAllocationID.NotFound", f"The allocation ID '{allocation_id}' does not exist"
        )
    if found.association_id:
        raise RefusedError(
            "Resource.AlreadyAssociated", f"resource {allocation_id} is already associated"
        )


@before(EC2Backend, "associate_route_table", doc=f"{API}/API_AssociateRouteTable.html")
def subnet_has_one_route_table(
    backend: EC2Backend, route_table_id: str, subnet_id: str | None
) -> None:
    for table in list(backend.route_tables.values()):
        if subnet_id and table.id != route_table_id and subnet_id in table._associations.values():
            raise RefusedError(
                "Resource.AlreadyAssociated",
                f"the specified association for route table {table.id} conflicts with an existing "
                "association",
            )


# What moto gets wrong.


@instead(EC2Backend, "delete_nat_gateway", doc=f"{API}/API_DeleteNatGateway.html")
def nat_gateway_lets_go(original: Any, backend: EC2Backend, nat_gateway_id: str) -> Any:
    """moto leaves the gateway's interface and the address's association behind."""
    gateway = backend.nat_gateways.get(nat_gateway_id)
    if gateway is None:
        raise RefusedError("NatGatewayNotFound", f"NatGateway {nat_gateway_id} was not found")
    for address in backend.addresses:
        if address.eni is gateway._eni:
            address.eni, address.association_id = None, None
    backend.enis.pop(gateway._eni.id, None)
    return original(backend, nat_gateway_id)


@instead(EC2Backend, "terminate_instances", doc=f"{API}/API_TerminateInstances.html")
def instances_take_their_interfaces_along(original: Any, backend: EC2Backend, ids: Any) -> Any:
    """The first interface of an instance is deleted on termination; moto keeps it."""
    gone = original(backend, ids)
    for instance, _ in gone:
        for eni in [each for each in backend.enis.values() if each.instance is instance]:
            backend.enis.pop(eni.id, None)
    return gone


def _user_data(version: LaunchTemplateVersion) -> Base64EncodedString | None:
    """moto wraps the user data of a template's first version only, and fails on the others."""
    data = version.data.get("UserData")
    return (
        data
        if data is None or isinstance(data, Base64EncodedString)
        else Base64EncodedString(str(data))
    )


setattr(LaunchTemplateVersion, "user_data", property(_user_data))  # noqa: B010  not one moto declares


def _refuse(message: str) -> None:
    raise RefusedError("DependencyViolation", message)


def _interfaces(backend: EC2Backend) -> list[Any]:
    """Interfaces of things that live: moto keeps those of terminated instances."""
    return [
        eni
        for eni in list(backend.enis.values())
        if not (eni.instance is not None and eni.instance._state.name == "terminated")
    ]


def _groups(backend: EC2Backend) -> list[Any]:
    return [group for groups in list(backend.groups.values()) for group in list(groups.values())]


def _sources(group: Any) -> Iterator[str]:
    for rule in [*group.ingress_rules, *group.egress_rules]:
        if rule.source_group:
            yield rule.source_group.get("GroupId", "")


def _balancers(backend: EC2Backend) -> list[Any]:
    from moto.elbv2.models import elbv2_backends

    return list(elbv2_backends[backend.account_id][backend.region_name].load_balancers.values())
