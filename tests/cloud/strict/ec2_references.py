"""EC2 and VPC: what a request names exists, in the right network and region."""

import ipaddress
from typing import Any

from moto.ec2.models import EC2Backend

from tests.cloud.strict.patch import RefusedError, before

API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference"
GATEWAYS = "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html"
SERVICES = (
    "https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html"
)
WITH_GATEWAY = ("s3", "dynamodb", "s3express")
# Of the services with an interface endpoint, those that a web service's network may want.
WITH_INTERFACE = frozenset(
    {
        *("s3", "dynamodb", "ec2", "ec2messages", "ssm", "ssmmessages", "logs", "monitoring"),
        *("autoscaling", "elasticloadbalancing", "secretsmanager", "kms", "sns", "sqs", "sts"),
        *("ecr.api", "ecr.dkr", "events", "lambda", "xray", "imagebuilder", "rds", "rds-data"),
        *("execute-api", "kinesis-streams", "kinesis-firehose", "cloudformation", "acm-pca"),
        *("codedeploy", "codedeploy-commands-secure", "elasticfilesystem", "synthetics", "config"),
        *("application-autoscaling", "ebs", "aps-workspaces", "guardduty-data", "evidently"),
    }
)


@before(EC2Backend, "create_security_group", doc=f"{API}/API_CreateSecurityGroup.html")
def network_of_the_group_exists(backend: EC2Backend, vpc_id: str | None) -> None:
    if vpc_id:
        backend.get_vpc(vpc_id)


@before(EC2Backend, "create_vpc_endpoint", doc=SERVICES)
def endpoint_service_exists(
    backend: EC2Backend, service_name: str, endpoint_type: str | None
) -> None:
    prefix = f"com.amazonaws.{backend.region_name}."
    known = WITH_GATEWAY if (endpoint_type or "Gateway") == "Gateway" else WITH_INTERFACE
    ours = service_name.startswith("com.amazonaws.vpce.")
    if not ours and service_name.removeprefix(prefix) not in known:
        raise RefusedError(
            "InvalidServiceName",
            f"The Vpc Endpoint Service '{service_name}' does not exist for endpoints of type "
            f"{endpoint_type or 'Gateway'} in {backend.region_name}",
        )


@before(EC2Backend, "create_vpc_endpoint", doc=f"{API}/API_CreateVpcEndpoint.html")
def endpoint_is_in_its_network(
    backend: EC2Backend,
    vpc_id: str,
    route_table_ids: list[str] | None,
    subnet_ids: list[str] | None,
    security_group_ids: list[str] | None,
) -> None:
    named: list[Any] = [backend.get_route_table(each) for each in route_table_ids or []]
    named += [backend.get_subnet(each) for each in subnet_ids or []]
    for id in security_group_ids or []:
        group = backend.get_security_group_from_id(id)
        if group is None:
            raise RefusedError("InvalidGroup.NotFound", f"The security group '{id}' does not exist")
        named.append(group)
    for each in named:
        if each.vpc_id != vpc_id:
            raise RefusedError("InvalidParameter", f"{each.id} does not belong to VPC {vpc_id}")


@before(EC2Backend, "attach_internet_gateway", doc=f"{API}/API_AttachInternetGateway.html")
def network_has_one_internet_gateway(backend: EC2Backend, vpc_id: str) -> None:
    for each in list(backend.internet_gateways.values()):
        if each.vpc and each.vpc.id == vpc_id:
            raise RefusedError(
                "Resource.AlreadyAssociated",
                f"Network {vpc_id} already has an internet gateway attached ({each.id})",
            )


@before(EC2Backend, "associate_route_table", doc=f"{API}/API_AssociateRouteTable.html")
def table_and_subnet_share_a_network(
    backend: EC2Backend, route_table_id: str, subnet_id: str | None
) -> None:
    table = backend.get_route_table(route_table_id)
    if subnet_id and backend.get_subnet(subnet_id).vpc_id != table.vpc_id:
        raise RefusedError(
            "InvalidParameterValue",
            f"Route table {route_table_id} and subnet {subnet_id} belong to different networks",
        )


@before(EC2Backend, "create_route", doc=f"{API}/API_CreateRoute.html")
def route_leaves_the_network(
    backend: EC2Backend,
    route_table_id: str,
    destination_cidr_block: str | None,
    gateway_id: str | None,
    nat_gateway_id: str | None,
    local: bool = False,
) -> None:
    if local or backend.route_tables.get(route_table_id) is None:
        return  # moto says so itself
    network = backend.get_vpc(backend.route_tables[route_table_id].vpc_id)
    if destination_cidr_block:
        wanted = ipaddress.ip_network(destination_cidr_block)
        if wanted == ipaddress.ip_network(network.cidr_block):
            raise RefusedError(
                "RouteAlreadyExists", f"The route identified by {wanted} already exists."
            )
    if gateway_id and gateway_id.startswith("igw-"):
        gateway = backend.internet_gateways.get(gateway_id)
        if gateway is None:
            raise RefusedError(
                "InvalidInternetGatewayID.NotFound",
                f"The internetGateway ID '{gateway_id}' does not exist",
            )
        if gateway.vpc is None or gateway.vpc.id != network.id:
            raise RefusedError(
                "InvalidParameterValue",
                f"route table {route_table_id} and network gateway {gateway_id} belong to "
                "different networks",
            )
    if nat_gateway_id and nat_gateway_id not in backend.nat_gateways:
        raise RefusedError(
            "InvalidNatGatewayID.NotFound", f"The natGateway ID '{nat_gateway_id}' does not exist"
        )


@before(EC2Backend, "create_subnet", doc=f"{API}/API_CreateSubnet.html")
def subnet_is_in_a_zone_of_the_region(backend: EC2Backend, availability_zone: str | None) -> None:
    known = [each.name for each in backend.describe_availability_zones()]
    if availability_zone and availability_zone not in known:
        raise RefusedError(
            "InvalidParameterValue",
            f"Value ({availability_zone}) for parameter availabilityZone is invalid. Subnets can "
            f"currently only be created in the following availability zones: {', '.join(known)}.",
        )
