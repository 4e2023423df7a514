"""Networks: VPC, subnet, internet gateway."""

from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.resource import Change, handles
from tests.cloud.resources.ec2_common import Ec2Resource, mapping, only


@handles("aws:ec2/vpc:Vpc")
class Vpc(Ec2Resource):
    noun = "EC2 VPC"
    kind = "vpc"
    replaces = frozenset({"cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength", "instanceTenancy"})
    computed = frozenset(
        {"cidrBlock", "enableDnsHostnames", "enableNetworkAddressUsageMetrics", "ipv6CidrBlock"}
    )
    defaults = {"enableDnsSupport": True, "instanceTenancy": "default"}

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        made = aws.ec2.create_vpc(
            CidrBlock=new["cidrBlock"],
            InstanceTenancy=new["instanceTenancy"],
            **self.tagging(aws, new),
        )
        return str(made["Vpc"]["VpcId"])

    def finish(self, aws: Aws, id: str, new: Mapping[str, Any]) -> None:
        if "enableDnsHostnames" in new:
            aws.ec2.modify_vpc_attribute(
                VpcId=id, EnableDnsHostnames={"Value": new["enableDnsHostnames"]}
            )
        if not new["enableDnsSupport"]:
            aws.ec2.modify_vpc_attribute(VpcId=id, EnableDnsSupport={"Value": False})

    def update(self, aws: Aws, id: str, change: Change) -> None:
        for key in ("enableDnsSupport", "enableDnsHostnames"):
            if key in change:
                aws.ec2.modify_vpc_attribute(
                    VpcId=id, **{key[0].upper() + key[1:]: {"Value": bool(change.new.get(key))}}
                )

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        vpc = only(aws.ec2.describe_vpcs(VpcIds=[id])["Vpcs"])
        if vpc is None:
            return None
        here = [{"Name": "vpc-id", "Values": [id]}]
        main = aws.ec2.describe_route_tables(
            Filters=[*here, {"Name": "association.main", "Values": ["true"]}]
        )
        acls = aws.ec2.describe_network_acls(
            Filters=[*here, {"Name": "default", "Values": ["true"]}]
        )
        groups = aws.ec2.describe_security_groups(
            Filters=[*here, {"Name": "group-name", "Values": ["default"]}]
        )
        table = main["RouteTables"][0]["RouteTableId"] if main["RouteTables"] else None
        return {
            "arn": aws.arn("ec2", f"vpc/{id}"),
            "cidrBlock": vpc["CidrBlock"],
            "instanceTenancy": vpc["InstanceTenancy"],
            "enableDnsHostnames": _attribute(aws, id, "enableDnsHostnames"),
            "enableDnsSupport": _attribute(aws, id, "enableDnsSupport"),
            "enableNetworkAddressUsageMetrics": False,
            "assignGeneratedIpv6CidrBlock": False,
            "dhcpOptionsId": vpc.get("DhcpOptionsId"),
            "mainRouteTableId": table,
            "defaultRouteTableId": table,
            "defaultNetworkAclId": acls["NetworkAcls"][0]["NetworkAclId"]
            if acls["NetworkAcls"]
            else None,
            "defaultSecurityGroupId": groups["SecurityGroups"][0]["GroupId"]
            if groups["SecurityGroups"]
            else None,
            "ipv6AssociationId": "",
            "ipv6CidrBlock": "",
            "ownerId": aws.account,
            "tagsAll": mapping(vpc.get("Tags")),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.ec2.delete_vpc(VpcId=id)


def _attribute(aws: Aws, id: str, name: str) -> bool:
    answer = aws.ec2.describe_vpc_attribute(VpcId=id, Attribute=name)
    return bool(answer[name[0].upper() + name[1:]]["Value"])


@handles("aws:ec2/subnet:Subnet")
class Subnet(Ec2Resource):
    noun = "EC2 Subnet"
    kind = "subnet"
    replaces = frozenset(
        {"vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId", "ipv6Native", "outpostArn"}
    )
    computed = frozenset(
        {"availabilityZone", "availabilityZoneId", "privateDnsHostnameTypeOnLaunch"}
    )
    defaults = {
        "assignIpv6AddressOnCreation": False,
        "enableDns64": False,
        "enableResourceNameDnsARecordOnLaunch": False,
        "enableResourceNameDnsAaaaRecordOnLaunch": False,
        "ipv6Native": False,
        "mapPublicIpOnLaunch": False,
    }

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        place = {
            member: new[key]
            for key, member in (
                ("availabilityZone", "AvailabilityZone"),
                ("availabilityZoneId", "AvailabilityZoneId"),
            )
            if key in new
        }
        made = aws.ec2.create_subnet(
            VpcId=new["vpcId"], CidrBlock=new["cidrBlock"], **place, **self.tagging(aws, new)
        )
        return str(made["Subnet"]["SubnetId"])

    def finish(self, aws: Aws, id: str, new: Mapping[str, Any]) -> None:
        if new["mapPublicIpOnLaunch"]:
            aws.ec2.modify_subnet_attribute(SubnetId=id, MapPublicIpOnLaunch={"Value": True})

    def update(self, aws: Aws, id: str, change: Change) -> None:
        if "mapPublicIpOnLaunch" in change:
            aws.ec2.modify_subnet_attribute(
                SubnetId=id, MapPublicIpOnLaunch={"Value": change.new["mapPublicIpOnLaunch"]}
            )

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        subnet = only(aws.ec2.describe_subnets(SubnetIds=[id])["Subnets"])
        if subnet is None:
            return None
        return {
            "arn": aws.arn("ec2", f"subnet/{id}"),
            "vpcId": subnet["VpcId"],
            "cidrBlock": subnet["CidrBlock"],
            "availabilityZone": subnet["AvailabilityZone"],
            "availabilityZoneId": subnet.get("AvailabilityZoneId"),
            "mapPublicIpOnLaunch": subnet["MapPublicIpOnLaunch"],
            "ownerId": aws.account,
            "privateDnsHostnameTypeOnLaunch": "ip-name",
            "ipv6CidrBlock": "",
            "ipv6CidrBlockAssociationId": "",
            "tagsAll": mapping(subnet.get("Tags")),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.ec2.delete_subnet(SubnetId=id)


@handles("aws:ec2/internetGateway:InternetGateway")
class InternetGateway(Ec2Resource):
    noun = "EC2 Internet Gateway"
    kind = "internet-gateway"
    computed = frozenset({"vpcId"})

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        made = aws.ec2.create_internet_gateway(**self.tagging(aws, new))
        return str(made["InternetGateway"]["InternetGatewayId"])

    def finish(self, aws: Aws, id: str, new: Mapping[str, Any]) -> None:
        if new.get("vpcId"):
            aws.ec2.attach_internet_gateway(InternetGatewayId=id, VpcId=new["vpcId"])

    def update(self, aws: Aws, id: str, change: Change) -> None:
        if "vpcId" in change:
            if change.old.get("vpcId"):
                aws.ec2.detach_internet_gateway(InternetGatewayId=id, VpcId=change.old["vpcId"])
            self.finish(aws, id, change.new)

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        gateway = only(
            aws.ec2.describe_internet_gateways(InternetGatewayIds=[id])["InternetGateways"]
        )
        if gateway is None:
            return None
        attached = only(gateway["Attachments"])
        return {
            "arn": aws.arn("ec2", f"internet-gateway/{id}"),
            "vpcId": attached["VpcId"] if attached else "",
            "ownerId": aws.account,
            "tagsAll": mapping(gateway.get("Tags")),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        live = self.read(aws, id, state) or {}
        if live.get("vpcId"):
            aws.ec2.detach_internet_gateway(InternetGatewayId=id, VpcId=live["vpcId"])
        aws.ec2.delete_internet_gateway(InternetGatewayId=id)
