"""EC2 and VPC."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.cloud.rules.documents import Use, policy
from tests.cloud.rules.kinds import arn, between, cidr, ipv6_block, matches, one_of, resource_id
from tests.cloud.rules.table import Page, given, known

API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"

vpc = Page(f"{API}/API_CreateVpc.html", "aws:ec2/vpc:Vpc")
vpc.row("cidrBlock", cidr(16, 28))
vpc.row("instanceTenancy", one_of("default", "dedicated", "host"))

subnet = Page(f"{API}/API_CreateSubnet.html", "aws:ec2/subnet:Subnet")
subnet.row("cidrBlock", cidr(16, 28))
subnet.row("availabilityZone", matches(r"[a-z]{2}(-[a-z]+)+-\d[a-z]", "a zone as eu-west-1a"))
subnet.row("vpcId", resource_id("vpc"))
subnet.row("privateDnsHostnameTypeOnLaunch", one_of("ip-name", "resource-name"))

route = Page(f"{API}/API_CreateRoute.html", "aws:ec2/route:Route")
route.row("destinationCidrBlock", cidr(0, 32))
route.row("destinationIpv6CidrBlock", ipv6_block)
route.row("routeTableId", resource_id("rtb"))
route.row("gatewayId", matches(r"local|(igw|vgw)-[0-9a-f]{8,17}", "the id of a gateway, or local"))
route.row("natGatewayId", resource_id("nat"))

table = Page(f"{API}/API_CreateRouteTable.html", "aws:ec2/routeTable:RouteTable")
table.row("vpcId", resource_id("vpc"))
table.row("routes.cidrBlock", cidr(0, 32))
table.row("routes.ipv6CidrBlock", ipv6_block)

association = Page(
    f"{API}/API_AssociateRouteTable.html", "aws:ec2/routeTableAssociation:RouteTableAssociation"
)
association.row("subnetId", resource_id("subnet"))
association.row("routeTableId", resource_id("rtb"))

gateway = Page(f"{API}/API_AttachInternetGateway.html", "aws:ec2/internetGateway:InternetGateway")
gateway.row("vpcId", resource_id("vpc"))

nat = Page(f"{API}/API_CreateNatGateway.html", "aws:ec2/natGateway:NatGateway")
nat.row("subnetId", resource_id("subnet"))
nat.row("allocationId", resource_id("eipalloc"))
nat.row("connectivityType", one_of("public", "private"))

address = Page(f"{API}/API_AllocateAddress.html", "aws:ec2/eip:Eip")
address.row("domain", one_of("vpc", "standard"))

default_group = Page(
    f"{API}/API_DescribeSecurityGroups.html",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "aws:ec2/securityGroup:SecurityGroup",
)
default_group.row("vpcId", resource_id("vpc"))

endpoint = Page(f"{API}/API_CreateVpcEndpoint.html", "aws:ec2/vpcEndpoint:VpcEndpoint")
endpoint.row(
    "vpcEndpointType",
    one_of("Interface", "Gateway", "GatewayLoadBalancer", "Resource", "ServiceNetwork"),
)
endpoint.row("policy", policy(20480, Use.RESOURCE))
endpoint.row("vpcId", resource_id("vpc"))
endpoint.row("routeTableIds", resource_id("rtb"))
endpoint.row("subnetIds", resource_id("subnet"))
endpoint.row("securityGroupIds", resource_id("sg"))
endpoint.row("serviceName", matches(r"(com\.amazonaws|aws|cn)\..+", "a service's endpoint name"))

permission = Page(f"{API}/API_IpPermission.html", INGRESS, EGRESS)
permission.row("fromPort", between(0, 65535, -1))
permission.row("toPort", between(0, 65535, -1))
permission.row("cidrIpv4", cidr(0, 32))
permission.row("cidrIpv6", ipv6_block)
permission.row("securityGroupId", resource_id("sg"))
permission.row(
    "referencedSecurityGroupId",
    matches(r"(\d{12}/)?sg-([0-9a-f]{8}|[0-9a-f]{17})", "the id of a security group"),
)
permission.row("prefixListId", resource_id("pl"))
permission.row(
    "ipProtocol",
    matches(r"-1|tcp|udp|icmp|icmpv6|\d{1,3}", "tcp, udp, icmp, icmpv6, -1 or a protocol's number"),
)
permission.row(
    "description",
    matches(
        r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{0,255}",
        "at most 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*",
    ),
)

group = Page(f"{API}/API_CreateSecurityGroup.html", "aws:ec2/securityGroup:SecurityGroup")
group.row(
    "description",
    matches(
        r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}",
        "at most 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*",
    ),
)

log = Page(f"{API}/API_CreateFlowLogs.html", "aws:ec2/flowLog:FlowLog")
log.row("trafficType", one_of("ACCEPT", "REJECT", "ALL"))
log.row("logDestinationType", one_of("cloud-watch-logs", "s3", "kinesis-data-firehose"))
log.row("maxAggregationInterval", one_of(60, 600))
log.row("vpcId", resource_id("vpc"))
log.row("subnetId", resource_id("subnet"))
log.row("eniId", resource_id("eni"))
log.row("logDestination", arn("(s3|logs|firehose)"))
log.row("iamRoleArn", arn("iam"))
log.row("logFormat", matches(r"(\$\{[a-z0-9-]+\}\s?)+", "fields as ${srcaddr} ${dstaddr}"))
log.row("destinationOptions.fileFormat", one_of("plain-text", "parquet"))


SOURCES = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")


@permission.across
def rule_has_one_source(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if len(given(new, *SOURCES)) != 1:
        yield "cidrIpv4", f"exactly one of {', '.join(SOURCES)} must be given"


@permission.across
def rule_has_its_ports(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    protocol, start, end = new.get("ipProtocol"), new.get("fromPort"), new.get("toPort")
    if protocol == "-1" and given(new, "fromPort", "toPort"):
        yield "fromPort", "a rule whose ipProtocol is -1, for all protocols, has no ports"
    elif protocol in ("tcp", "udp", "6", "17"):
        if start is None or end is None:
            yield "fromPort", f"a rule for {protocol} needs fromPort and toPort"
        elif known(start) and known(end) and start > end:
            yield "fromPort", f"fromPort is {start}; it must not be above toPort, {end}"


@route.across
def route_has_one_way(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    starts = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
    ends = (
        "gatewayId",
        "natGatewayId",
        "networkInterfaceId",
        "transitGatewayId",
        "vpcEndpointId",
        "vpcPeeringConnectionId",
        "egressOnlyGatewayId",
        "carrierGatewayId",
        "coreNetworkArn",
        "localGatewayId",
        "odbNetworkArn",
    )
    for names in (starts, ends):
        if len(given(new, *names)) != 1:
            yield names[0], f"exactly one of {', '.join(names)} must be given"


@table.across
def routes_of_a_table_are_whole(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    starts = ("cidrBlock", "ipv6CidrBlock", "destinationPrefixListId")
    for index, each in enumerate(new.get("routes") or []):
        if not isinstance(each, Mapping):
            continue
        ends = [key for key in given(each, *each) if key not in starts]
        if len(given(each, *starts)) != 1 or len(ends) != 1:
            path = f"routes[{index}].cidrBlock"
            yield path, f"{path} or another destination is needed, and exactly one target"


@permission.across
def icmp_has_a_type(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if new.get("ipProtocol") not in ("icmp", "icmpv6", "1", "58"):
        return
    for key, what in (("fromPort", "type"), ("toPort", "code")):
        value: Any = new.get(key)
        if value is None:
            yield key, f"a rule for {new['ipProtocol']} needs {key}, the ICMP {what}, or -1"
        elif known(value) and not -1 <= value <= 255:
            yield (
                key,
                f"{key} is {value}; with ipProtocol {new['ipProtocol']} the {what} is -1 to 255",
            )


@permission.across
def other_protocols_have_no_minus_one(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in ("fromPort", "toPort"):
        if new.get("ipProtocol") in ("tcp", "udp", "6", "17") and new.get(key) == -1:
            yield key, f"{key} is -1; a rule for {new['ipProtocol']} names ports 0 to 65535"


@association.across
def association_has_one_side(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if len(given(new, "subnetId", "gatewayId")) != 1:
        yield "subnetId", "exactly one of subnetId and gatewayId must be given"


@nat.across
def public_nat_has_an_address(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    private = new.get("connectivityType", "public") == "private"
    if private and given(new, "allocationId"):
        yield "allocationId", "a NAT gateway of connectivityType private has no allocationId"
    if not private and not given(new, "allocationId", "availabilityMode"):
        yield "allocationId", "a public NAT gateway needs an allocationId"


WATCHED = ("vpcId", "subnetId", "eniId", "transitGatewayId", "transitGatewayAttachmentId")


@log.across
def flow_log_watches_one_thing(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if len(given(new, *WATCHED)) != 1:
        yield "vpcId", f"exactly one of {', '.join(WATCHED)} must be given"
    elif len(given(new, *WATCHED[:3])) == 1 and not given(new, "trafficType"):
        yield "trafficType", "trafficType is required for a VPC, subnet or interface"
    kind = new.get("logDestinationType", "cloud-watch-logs")
    if kind == "cloud-watch-logs" and not given(new, "iamRoleArn"):
        yield "iamRoleArn", "a flow log to CloudWatch Logs needs iamRoleArn"
    if kind == "s3" and given(new, "iamRoleArn"):
        yield "iamRoleArn", "a flow log to S3 takes no iamRoleArn"
    service = {"s3": "s3", "cloud-watch-logs": "logs", "kinesis-data-firehose": "firehose"}
    destination = new.get("logDestination")
    if known(destination) and str(destination).split(":")[2:3] != [service.get(kind, kind)]:
        yield "logDestination", f"logDestination is {destination}; it must be an ARN for {kind}"


@endpoint.across
def endpoint_fits_its_type(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if new.get("vpcEndpointType", "Gateway") == "Gateway":
        for key in given(new, "subnetIds", "securityGroupIds", "privateDnsEnabled"):
            yield key, f"a Gateway endpoint has no {key}"
    elif given(new, "routeTableIds"):
        yield "routeTableIds", "only a Gateway endpoint has routeTableIds"


@vpc.across
def vpc_has_a_range(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not given(new, "cidrBlock", "ipv4IpamPoolId"):
        yield "cidrBlock", "one of cidrBlock and ipv4IpamPoolId is needed"


@subnet.across
def subnet_has_a_range(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not given(new, "cidrBlock", "ipv4IpamPoolId", "ipv6Native"):
        yield "cidrBlock", "a subnet needs a cidrBlock"
    if len(given(new, "availabilityZone", "availabilityZoneId")) > 1:
        yield "availabilityZone", "only one of availabilityZone and availabilityZoneId is allowed"
