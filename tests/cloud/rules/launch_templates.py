"""EC2 launch templates: what instances are made from."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.cloud.rules.kinds import (
    arn,
    between,
    encoded,
    instance_type,
    length,
    matches,
    one_of,
    resource_id,
    truth,
)
from tests.cloud.rules.table import Page, block, given, known

API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"

template = Page(f"{API}/API_RequestLaunchTemplateData.html", TEMPLATE)
template.row(
    "imageId",
    matches(r"ami-([0-9a-f]{8}|[0-9a-f]{17})|resolve:ssm:.+", "an image as ami-0123456789abcdef0"),
)
template.row("instanceType", instance_type)
template.row("userData", encoded(16384))
template.row("description", length(0, 255))
template.row("vpcSecurityGroupIds", resource_id("sg"))
template.row("ebsOptimized", truth)
template.row("kernelId", resource_id("aki"))
template.row("ramDiskId", resource_id("ari"))

metadata = Page(f"{API}/API_LaunchTemplateInstanceMetadataOptionsRequest.html", TEMPLATE)
metadata.row("metadataOptions.httpTokens", one_of("optional", "required"))
metadata.row("metadataOptions.httpEndpoint", one_of("enabled", "disabled"))
metadata.row("metadataOptions.httpPutResponseHopLimit", between(1, 64))
metadata.row("metadataOptions.instanceMetadataTags", one_of("enabled", "disabled"))

profile = Page(f"{API}/API_LaunchTemplateIamInstanceProfileSpecificationRequest.html", TEMPLATE)
profile.row(
    "iamInstanceProfile.arn",
    matches(r"arn:aws[a-z-]*:iam::\d{12}:instance-profile/.+", "the ARN of an instance profile"),
)
profile.row("iamInstanceProfile.name", matches(r"[\w+=,.@-]{1,128}", "an instance profile's name"))

credit = Page(f"{API}/API_CreditSpecificationRequest.html", TEMPLATE)
credit.row("creditSpecification.cpuCredits", one_of("standard", "unlimited"))

mapping = Page(f"{API}/API_LaunchTemplateBlockDeviceMappingRequest.html", TEMPLATE)
mapping.row(
    "blockDeviceMappings.deviceName",
    matches(r"(/dev/)?(sd[a-z]\d{0,2}|xvd[a-z]{1,2}\d{0,2})", "a device as /dev/xvda"),
)
disk = Page(f"{API}/API_LaunchTemplateEbsBlockDeviceRequest.html", TEMPLATE)
TYPES = ("standard", "io1", "io2", "gp2", "gp3", "sc1", "st1")
disk.row("blockDeviceMappings.ebs.volumeType", one_of(*TYPES))
disk.row("blockDeviceMappings.ebs.volumeSize", between(1, 65536))
disk.row("blockDeviceMappings.ebs.throughput", between(125, 2000))
disk.row("blockDeviceMappings.ebs.iops", between(100, 256000))
disk.row("blockDeviceMappings.ebs.volumeInitializationRate", between(100, 300))
disk.row("blockDeviceMappings.ebs.encrypted", truth)
disk.row("blockDeviceMappings.ebs.deleteOnTermination", truth)
disk.row("blockDeviceMappings.ebs.snapshotId", resource_id("snap"))
disk.row(
    "blockDeviceMappings.ebs.kmsKeyId",
    matches(r"arn:aws[a-z-]*:kms:.+:\d{12}:(key|alias)/.+|alias/.+|[0-9a-f-]{36}", "a key of KMS"),
)

card = Page(f"{API}/API_LaunchTemplateInstanceNetworkInterfaceSpecificationRequest.html", TEMPLATE)
card.row("networkInterfaces.securityGroups", resource_id("sg"))
card.row("networkInterfaces.subnetId", resource_id("subnet"))
card.row("networkInterfaces.networkInterfaceId", resource_id("eni"))
card.row("networkInterfaces.description", length(0, 255))
card.row("networkInterfaces.enaQueueCount", between(1, 128))
card.row("networkInterfaces.privateIpAddress", matches(r"\d{1,3}(\.\d{1,3}){3}", "an address"))
card.row("networkInterfaces.deviceIndex", between(0, 31))
card.row("networkInterfaces.networkCardIndex", between(0, 31))
card.row("networkInterfaces.interfaceType", one_of("interface", "efa", "efa-only"))
for flag in ("associatePublicIpAddress", "associateCarrierIpAddress", "deleteOnTermination"):
    card.row(f"networkInterfaces.{flag}", truth)
card.row("networkInterfaces.primaryIpv6", truth)
for count in ("ipv4AddressCount", "ipv4PrefixCount", "ipv6AddressCount", "ipv6PrefixCount"):
    card.row(f"networkInterfaces.{count}", between(0, 63))
tracking = Page(f"{API}/API_ConnectionTrackingSpecificationRequest.html", TEMPLATE)
times = "networkInterfaces.connectionTrackingSpecification"
tracking.row(f"{times}.tcpEstablishedTimeout", between(60, 432000))
tracking.row(f"{times}.udpStreamTimeout", between(60, 180))
tracking.row(f"{times}.udpTimeout", between(30, 60))

tagged = Page(f"{API}/API_LaunchTemplateTagSpecificationRequest.html", TEMPLATE)
tagged.row(
    "tagSpecifications.resourceType",
    one_of("instance", "volume", "network-interface", "spot-instances-request"),
)

processor = Page(f"{API}/API_LaunchTemplateCpuOptionsRequest.html", TEMPLATE)
processor.row("cpuOptions.threadsPerCore", one_of(1, 2))
processor.row("cpuOptions.coreCount", between(1, 1024))

market = Page(f"{API}/API_LaunchTemplateSpotMarketOptionsRequest.html", TEMPLATE)
market.row("instanceMarketOptions.spotOptions.maxPrice", matches(r"\d+(\.\d+)?", "a price as 0.05"))
reservation = Page(f"{API}/API_CapacityReservationTarget.html", TEMPLATE)
target = "capacityReservationSpecification.capacityReservationTarget"
reservation.row(f"{target}.capacityReservationId", resource_id("cr"))
reservation.row(f"{target}.capacityReservationResourceGroupArn", arn("resource-groups"))
placement = Page(f"{API}/API_LaunchTemplatePlacementRequest.html", TEMPLATE)
placement.row("placement.partitionNumber", between(1, 7))
placement.row(
    "placement.availabilityZone", matches(r"[a-z]{2}(-[a-z]+)+-\d[a-z]", "a zone as eu-west-1a")
)
placement.row("placement.affinity", one_of("default", "host"))
placement.row("placement.hostResourceGroupArn", arn("resource-groups"))
placement.row("placement.groupId", resource_id("pg"))
placement.row("placement.hostId", resource_id("h"))
licence = Page(f"{API}/API_LaunchTemplateLicenseConfigurationRequest.html", TEMPLATE)
licence.row("licenseSpecifications.licenseConfigurationArn", arn("license-manager"))

# Per type: least and most GiB, and least and most IOPS where they are provisioned.
SIZES = {
    "standard": (1, 1024),
    "gp2": (1, 16384),
    "gp3": (1, 65536),
    "io1": (4, 16384),
    "io2": (4, 65536),
    "st1": (125, 16384),
    "sc1": (125, 16384),
}
IOPS = {"gp3": (3000, 80000), "io1": (100, 64000), "io2": (100, 256000)}
# https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html and provisioned-iops.html
IOPS_PER_GIB = {"gp3": 500, "io1": 50, "io2": 1000}
MIB_PER_IOPS = 0.25


@disk.across
def disks_are_ones_that_exist(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for index, each in enumerate(new.get("blockDeviceMappings") or []):
        path = f"blockDeviceMappings[{index}]"
        if not isinstance(each, Mapping):
            continue
        if not given(each, "deviceName"):
            yield f"{path}.deviceName", f"{path}.deviceName is missing"
        ebs = block(each, "ebs")
        if len(given(each, "noDevice", "virtualName")) + bool(ebs) > 1:
            yield path, f"{path} must be one of ebs, virtualName and noDevice"
        yield from _disk(f"{path}.ebs", ebs)


def _disk(path: str, ebs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    kind = ebs.get("volumeType", "gp2")
    size: Any = ebs.get("volumeSize")
    iops: Any = ebs.get("iops")
    throughput: Any = ebs.get("throughput")
    if kind not in SIZES:
        return
    least, most = SIZES[kind]
    if known(size) and not least <= size <= most:
        yield f"{path}.volumeSize", f"{path}.volumeSize is {size}; {kind} takes {least} to {most}"
    if iops is None and kind in ("io1", "io2"):
        yield f"{path}.iops", f"{path}.iops is missing; volumeType {kind} needs it"
    if iops is not None and kind not in IOPS:
        yield f"{path}.iops", f"{path}.iops is given; {kind} takes none"
    elif known(iops):
        low, high = IOPS[kind]
        if not low <= iops <= high:
            yield f"{path}.iops", f"{path}.iops is {iops}; {kind} takes {low} to {high}"
        elif known(size) and iops > max(IOPS_PER_GIB[kind] * size, low if kind == "gp3" else 0):
            yield (
                f"{path}.iops",
                f"{path}.iops is {iops}; {kind} has at most {IOPS_PER_GIB[kind]} for each GiB",
            )
    if throughput is not None and kind != "gp3":
        yield f"{path}.throughput", f"{path}.throughput is given; only gp3 takes it"
    elif known(throughput) and throughput > MIB_PER_IOPS * (iops if known(iops) else 3000):
        yield (
            f"{path}.throughput",
            f"{path}.throughput is {throughput}; there are at most {MIB_PER_IOPS} MiB/s per IOPS",
        )
    if given(ebs, "kmsKeyId") and ebs.get("encrypted") != "true":
        yield f"{path}.kmsKeyId", f"{path}.kmsKeyId needs encrypted"


@template.across
def groups_are_said_once(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if new.get("securityGroupNames"):
        yield "securityGroupNames", "securityGroupNames are of EC2-Classic; in a VPC they have ids"
    if given(new, "networkInterfaces") and new.get("vpcSecurityGroupIds"):
        yield (
            "vpcSecurityGroupIds",
            "vpcSecurityGroupIds and networkInterfaces do not go together: the interface has them",
        )


@template.across
def machine_is_said_once(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if len(given(new, "instanceType", "instanceRequirements")) > 1:
        yield "instanceType", "instanceType and instanceRequirements do not go together"


@profile.across
def profile_is_said_once(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if len(given(block(new, "iamInstanceProfile"), "arn", "name")) > 1:
        yield "iamInstanceProfile.arn", "only one of iamInstanceProfile.arn and name is allowed"


@card.across
def interfaces_have_places(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    found = [each for each in new.get("networkInterfaces") or [] if isinstance(each, Mapping)]
    places = [(each.get("networkCardIndex", 0), each.get("deviceIndex", 0)) for each in found]
    if len(set(places)) < len(places):
        yield "networkInterfaces", "each of networkInterfaces needs a deviceIndex of its own"
    for index, each in enumerate(found):
        public = each.get("associatePublicIpAddress") == "true"
        if public and (len(found) > 1 or given(each, "networkInterfaceId")):
            path = f"networkInterfaces[{index}].associatePublicIpAddress"
            yield path, f"{path} is true; that goes with one, new interface only"
