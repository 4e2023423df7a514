"""Ways out of a subnet: addresses, NAT gateways, route tables, routes, endpoints."""

import zlib
from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.resource import Change, Resource, handles
from tests.cloud.resources.ec2_common import Ec2Resource, mapping, only
from tests.cloud.schema import resource_schema
from tests.cloud.shapes import from_aws


@handles("aws:ec2/eip:Eip")
class Eip(Ec2Resource):
    noun = "EC2 EIP"
    kind = "elastic-ip"
    replaces = frozenset(
        {"domain", "address", "networkBorderGroup", "publicIpv4Pool", "customerOwnedIpv4Pool"}
    )
    computed = frozenset(
        {"domain", "instance", "networkInterface", "networkBorderGroup", "publicIpv4Pool"}
    )

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        made = aws.ec2.allocate_address(Domain=new.get("domain", "vpc"), **self.tagging(aws, new))
        return str(made["AllocationId"])

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        address = only(aws.ec2.describe_addresses(AllocationIds=[id])["Addresses"])
        if address is None:
            return None
        dashed = address["PublicIp"].replace(".", "-")
        return {
            "allocationId": id,
            "arn": aws.arn("ec2", f"elastic-ip/{id}"),
            "associationId": address.get("AssociationId") or "",
            "domain": address["Domain"],
            "instance": address.get("InstanceId") or "",
            "networkInterface": address.get("NetworkInterfaceId") or "",
            "networkBorderGroup": aws.region,
            "publicIp": address["PublicIp"],
            "publicDns": f"ec2-{dashed}.{aws.region}.compute.amazonaws.com",
            "publicIpv4Pool": "amazon",
            "privateIp": address.get("PrivateIpAddress") or "",
            "carrierIp": "",
            "customerOwnedIp": "",
            "ptrRecord": "",
            "tagsAll": mapping(address.get("Tags")),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.ec2.release_address(AllocationId=id)


@handles("aws:ec2/natGateway:NatGateway")
class NatGateway(Ec2Resource):
    noun = "EC2 NAT Gateway"
    kind = "natgateway"
    replaces = frozenset(
        {"allocationId", "subnetId", "connectivityType", "privateIp", "availabilityMode", "vpcId"}
    )
    computed = frozenset(
        {
            "privateIp",
            "secondaryPrivateIpAddresses",
            "secondaryPrivateIpAddressCount",
            "vpcId",
            "availabilityMode",
        }
    )
    defaults = {"connectivityType": "public"}

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        address = {"AllocationId": new["allocationId"]} if "allocationId" in new else {}
        made = aws.ec2.create_nat_gateway(
            SubnetId=new["subnetId"],
            ConnectivityType=new["connectivityType"],
            **address,
            **self.tagging(aws, new),
        )
        return str(made["NatGateway"]["NatGatewayId"])

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        gateway = only(aws.ec2.describe_nat_gateways(NatGatewayIds=[id])["NatGateways"])
        if gateway is None or gateway["State"] in ("deleted", "deleting"):
            return None
        address = only(gateway.get("NatGatewayAddresses") or []) or {}
        return {
            "allocationId": address.get("AllocationId") or None,
            "availabilityMode": "zonal",
            "connectivityType": gateway.get("ConnectivityType", "public"),
            "networkInterfaceId": address.get("NetworkInterfaceId"),
            "privateIp": address.get("PrivateIp"),
            "publicIp": address.get("PublicIp"),
            "subnetId": gateway["SubnetId"],
            "vpcId": gateway.get("VpcId"),
            "associationId": "",
            "tagsAll": mapping(gateway.get("Tags")),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.ec2.delete_nat_gateway(NatGatewayId=id)


# Property of a route's target, member of CreateRoute, member of DescribeRouteTables.
TARGETS = {
    "gatewayId": "GatewayId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "transitGatewayId": "TransitGatewayId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
}
DESTINATIONS = {
    "destinationCidrBlock": "DestinationCidrBlock",
    "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}


@handles("aws:ec2/routeTable:RouteTable")
class RouteTable(Ec2Resource):
    noun = "Route Table"
    kind = "route-table"
    replaces = frozenset({"vpcId"})
    computed = frozenset({"routes", "propagatingVgws"})

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        made = aws.ec2.create_route_table(VpcId=new["vpcId"], **self.tagging(aws, new))
        return str(made["RouteTable"]["RouteTableId"])

    def finish(self, aws: Aws, id: str, new: Mapping[str, Any]) -> None:
        for route in new.get("routes") or []:
            aws.ec2.create_route(RouteTableId=id, **_inline(route))

    def update(self, aws: Aws, id: str, change: Change) -> None:
        if "routes" in change:
            for route in change.old.get("routes") or []:
                aws.ec2.delete_route(RouteTableId=id, DestinationCidrBlock=route["cidrBlock"])
            self.finish(aws, id, change.new)

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        table = only(aws.ec2.describe_route_tables(RouteTableIds=[id])["RouteTables"])
        if table is None:
            return None
        return {
            "arn": aws.arn("ec2", f"route-table/{id}"),
            "vpcId": table["VpcId"],
            "routes": [_as_inline(route) for route in table["Routes"] if _is_made(route)],
            "propagatingVgws": [],
            "ownerId": aws.account,
            "tagsAll": mapping(table.get("Tags")),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.ec2.delete_route_table(RouteTableId=id)


def _is_made(route: Mapping[str, Any]) -> bool:
    """Not the VPC's own route, nor one an endpoint put there."""
    gateway = str(route.get("GatewayId", ""))
    return gateway != "local" and not gateway.startswith("vpce-")


def _inline(route: Mapping[str, Any]) -> dict[str, Any]:
    targets = {member: route[key] for key, member in TARGETS.items() if route.get(key)}
    return {"DestinationCidrBlock": route["cidrBlock"], **targets}


def _as_inline(route: Mapping[str, Any]) -> dict[str, Any]:
    targets = {key: route[member] for key, member in TARGETS.items() if route.get(member)}
    return {"cidrBlock": route.get("DestinationCidrBlock", ""), **targets}


@handles("aws:ec2/route:Route")
class Route(Resource):
    noun = "Route"
    taggable = False
    replaces = frozenset({"routeTableId", *DESTINATIONS})
    computed = frozenset({"networkInterfaceId"})

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        aws.ec2.create_route(RouteTableId=new["routeTableId"], **_members(new))
        destination = next(str(new[key]) for key in DESTINATIONS if key in new)
        return f"r-{new['routeTableId']}{zlib.crc32(destination.encode())}"

    def update(self, aws: Aws, id: str, change: Change) -> None:
        aws.ec2.replace_route(RouteTableId=change.new["routeTableId"], **_members(change.new))

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        table_id, destination = (
            state.get("routeTableId"),
            next((state[k] for k in DESTINATIONS if state.get(k)), None),
        )
        if table_id is None and "_" in id:  # as `pulumi import` spells it
            table_id, _, destination = id.partition("_")
        for table in aws.ec2.describe_route_tables(RouteTableIds=[table_id])["RouteTables"]:
            for route in table["Routes"]:
                if destination in [route.get(member) for member in DESTINATIONS.values()]:
                    targets = {key: route.get(member) or None for key, member in TARGETS.items()}
                    return {
                        "routeTableId": table_id,
                        **{key: route.get(member) or None for key, member in DESTINATIONS.items()},
                        **targets,
                        "origin": route.get("Origin", "CreateRoute"),
                        "state": route.get("State", "active"),
                        "instanceId": "",
                        "instanceOwnerId": "",
                    }
        return None

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        destination = {member: state[key] for key, member in DESTINATIONS.items() if state.get(key)}
        aws.ec2.delete_route(RouteTableId=state["routeTableId"], **destination)


def _members(new: Mapping[str, Any]) -> dict[str, Any]:
    return {member: new[key] for key, member in {**DESTINATIONS, **TARGETS}.items() if new.get(key)}


@handles("aws:ec2/routeTableAssociation:RouteTableAssociation")
class RouteTableAssociation(Resource):
    noun = "Route Table Association"
    taggable = False
    replaces = frozenset({"subnetId", "gatewayId"})

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        target = (
            {"SubnetId": new["subnetId"]} if "subnetId" in new else {"GatewayId": new["gatewayId"]}
        )
        return str(
            aws.ec2.associate_route_table(RouteTableId=new["routeTableId"], **target)[
                "AssociationId"
            ]
        )

    def update(self, aws: Aws, id: str, change: Change) -> None:
        found = self._association(aws, id, change.state)
        if found is not None:
            aws.ec2.replace_route_table_association(
                AssociationId=found["RouteTableAssociationId"],
                RouteTableId=change.new["routeTableId"],
            )

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        found = self._association(aws, id, state)
        if found is None:
            return None
        return {
            "routeTableId": found["RouteTableId"],
            "subnetId": found.get("SubnetId") or None,
            "gatewayId": found.get("GatewayId") or None,
        }

    def _association(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        """By id, or by subnet: replacing the table changes AWS's id, not the resource's."""
        for table in aws.ec2.describe_route_tables()["RouteTables"]:
            for each in table.get("Associations") or []:
                by_subnet = state.get("subnetId") and each.get("SubnetId") == state["subnetId"]
                if each["RouteTableAssociationId"] == id or by_subnet:
                    return dict(each)
        return None

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        found = self._association(aws, id, state)
        if found is not None:
            aws.ec2.disassociate_route_table(AssociationId=found["RouteTableAssociationId"])


@handles("aws:ec2/vpcEndpoint:VpcEndpoint")
class VpcEndpoint(Ec2Resource):
    noun = "EC2 VPC Endpoint"
    kind = "vpc-endpoint"
    replaces = frozenset({"vpcId", "serviceName", "vpcEndpointType", "serviceRegion"})
    computed = frozenset(
        {
            "policy",
            "routeTableIds",
            "subnetIds",
            "securityGroupIds",
            "privateDnsEnabled",
            "ipAddressType",
            "dnsOptions",
            "serviceRegion",
        }
    )
    defaults = {"vpcEndpointType": "Gateway"}

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        optional = {
            member: new[key]
            for key, member in (
                ("policy", "PolicyDocument"),
                ("routeTableIds", "RouteTableIds"),
                ("subnetIds", "SubnetIds"),
                ("securityGroupIds", "SecurityGroupIds"),
                ("privateDnsEnabled", "PrivateDnsEnabled"),
            )
            if key in new
        }
        made = aws.ec2.create_vpc_endpoint(
            VpcId=new["vpcId"],
            ServiceName=new["serviceName"],
            VpcEndpointType=new["vpcEndpointType"],
            **optional,
            **self.tagging(aws, new),
        )
        return str(made["VpcEndpoint"]["VpcEndpointId"])

    def update(self, aws: Aws, id: str, change: Change) -> None:
        wanted: dict[str, Any] = {}
        for key, member in (
            ("routeTableIds", "RouteTableIds"),
            ("subnetIds", "SubnetIds"),
            ("securityGroupIds", "SecurityGroupIds"),
        ):
            if key in change:
                old, new = set(change.old.get(key) or []), set(change.new.get(key) or [])
                if new - old:
                    wanted[f"Add{member}"] = sorted(new - old)
                if old - new:
                    wanted[f"Remove{member}"] = sorted(old - new)
        if "policy" in change:
            wanted["PolicyDocument"] = change.new.get("policy", "")
        if wanted:
            aws.ec2.modify_vpc_endpoint(VpcEndpointId=id, **wanted)

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        endpoint = only(aws.ec2.describe_vpc_endpoints(VpcEndpointIds=[id])["VpcEndpoints"])
        if endpoint is None or endpoint["State"].lower() in ("deleted", "deleting"):
            return None
        gateway = endpoint.get("VpcEndpointType", "Gateway") == "Gateway"
        schema = resource_schema(self.token)
        assert schema is not None
        return {
            "arn": aws.arn("ec2", f"vpc-endpoint/{id}"),
            "vpcId": endpoint["VpcId"],
            "serviceName": endpoint["ServiceName"],
            "vpcEndpointType": endpoint.get("VpcEndpointType", "Gateway"),
            "policy": endpoint.get("PolicyDocument") or None,
            "routeTableIds": endpoint.get("RouteTableIds") or [],
            "subnetIds": endpoint.get("SubnetIds") or [],
            "securityGroupIds": [group["GroupId"] for group in endpoint.get("Groups") or []],
            "networkInterfaceIds": endpoint.get("NetworkInterfaceIds") or [],
            "dnsEntries": from_aws(
                schema.outputs["dnsEntries"].type, endpoint.get("DnsEntries") or []
            ),
            "cidrBlocks": [],
            "prefixListId": "pl-" + f"{zlib.crc32(endpoint['ServiceName'].encode()):08x}"
            if gateway
            else "",
            "privateDnsEnabled": bool(endpoint.get("PrivateDnsEnabled", False)),
            "ipAddressType": endpoint.get("IpAddressType") or "ipv4",
            "ownerId": aws.account,
            "requesterManaged": False,
            "serviceRegion": aws.region,
            "state": "available",
            "tagsAll": mapping(endpoint.get("Tags")),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.ec2.delete_vpc_endpoints(VpcEndpointIds=[id])
