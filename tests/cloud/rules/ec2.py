"""EC2 and VPC."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.cloud.rules.kinds import between, cidr, encoded, length, matches, one_of
from tests.cloud.rules.table import Page, given, known

API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"

vpc = Page(f"{API}/API_CreateVpc.html", "aws:ec2/vpc:Vpc")
vpc.row("cidrBlock", cidr(16, 28))
vpc.row("instanceTenancy", one_of("default", "dedicated", "host"))

subnet = Page(f"{API}/API_CreateSubnet.html", "aws:ec2/subnet:Subnet")
subnet.row("cidrBlock", cidr(16, 28))
subnet.row("availabilityZone", matches(r"[a-z]{2}(-[a-z]+)+-\d[a-z]", "a zone as eu-west-1a"))
subnet.row("vpcId", matches(r"vpc-[0-9a-f]+", "the id of a VPC"))

route = Page(f"{API}/API_CreateRoute.html", "aws:ec2/route:Route")
route.row("destinationCidrBlock", cidr(0, 32))

endpoint = Page(f"{API}/API_CreateVpcEndpoint.html", "aws:ec2/vpcEndpoint:VpcEndpoint")
endpoint.row(
    "vpcEndpointType",
    one_of("Interface", "Gateway", "GatewayLoadBalancer", "Resource", "ServiceNetwork"),
)
endpoint.row("serviceName", matches(r"(com\.amazonaws|aws|cn)\..+", "a service's endpoint name"))

permission = Page(f"{API}/API_IpPermission.html", INGRESS, EGRESS)
permission.row("fromPort", between(0, 65535, -1))
permission.row("toPort", between(0, 65535, -1))
permission.row("cidrIpv4", cidr(0, 32))
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

template = Page(f"{API}/API_RequestLaunchTemplateData.html", TEMPLATE)
template.row("imageId", matches(r"ami-[0-9a-zA-Z-]+|resolve:ssm:.+", "the id of an image"))
template.row("instanceType", matches(r"[a-z][a-z0-9-]*\.[a-z0-9-]+", "a type as t4g.small"))
template.row("userData", encoded(16384))
template.row("description", length(0, 255))

metadata = Page(f"{API}/API_LaunchTemplateInstanceMetadataOptionsRequest.html", TEMPLATE)
metadata.row("metadataOptions.httpTokens", one_of("optional", "required"))
metadata.row("metadataOptions.httpEndpoint", one_of("enabled", "disabled"))
metadata.row("metadataOptions.httpPutResponseHopLimit", between(1, 64))
metadata.row("metadataOptions.instanceMetadataTags", one_of("enabled", "disabled"))

disk = Page(f"{API}/API_LaunchTemplateEbsBlockDeviceRequest.html", TEMPLATE)
disk.row(
    "blockDeviceMappings.ebs.volumeType",
    one_of("standard", "io1", "io2", "gp2", "gp3", "sc1", "st1"),
)
disk.row("blockDeviceMappings.ebs.volumeSize", between(1, 65536))
disk.row("blockDeviceMappings.ebs.encrypted", one_of("true", "false"))
disk.row("blockDeviceMappings.ebs.deleteOnTermination", one_of("true", "false"))

log = Page(f"{API}/API_CreateFlowLogs.html", "aws:ec2/flowLog:FlowLog")
log.row("trafficType", one_of("ACCEPT", "REJECT", "ALL"))
log.row("logDestinationType", one_of("cloud-watch-logs", "s3", "kinesis-data-firehose"))
log.row("maxAggregationInterval", one_of(60, 600))


SOURCES = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")


@permission.across
def rule_has_one_source(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if len(given(new, *SOURCES)) != 1:
        yield "cidrIpv4", f"exactly one of {', '.join(SOURCES)} must be given"


@permission.across
def rule_has_its_ports(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    protocol, start, end = new.get("ipProtocol"), new.get("fromPort"), new.get("toPort")
    if protocol == "-1" and given(new, "fromPort", "toPort"):
        yield "fromPort", "a rule for all protocols (-1) has no ports"
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
