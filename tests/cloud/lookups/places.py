"""What exists: networks, images, parameters, objects."""

from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.lookups import LookupFailedError, answers
from tests.cloud.resources.ec2_common import mapping, pairs


def _filters(asked: Mapping[str, Any], extra: Mapping[str, Any] | None = None) -> list[Any]:
    found = [
        {"Name": each["name"], "Values": each["values"]} for each in asked.get("filters") or []
    ]
    found += [
        {"Name": f"tag:{tag['Key']}", "Values": [tag["Value"]]}
        for tag in pairs(asked.get("tags") or {})
    ]
    found += [
        {"Name": name, "Values": [str(value).lower() if isinstance(value, bool) else value]}
        for name, value in (extra or {}).items()
        if value is not None
    ]
    return found


def _one(found: list[Any], what: str) -> Any:
    if len(found) != 1:
        count = "no" if not found else f"{len(found)}"
        advice = "" if not found else "; use more specific criteria"
        raise LookupFailedError(f"{count} matching {what} found{advice}")
    return found[0]


@answers("aws:ec2/getVpc:getVpc")
def vpc(aws: Aws, asked: Mapping[str, Any]) -> dict[str, Any]:
    extra = {"cidr": asked.get("cidrBlock"), "is-default": asked.get("default")}
    ids = {"VpcIds": [asked["id"]]} if asked.get("id") else {}
    found = _one(aws.ec2.describe_vpcs(Filters=_filters(asked, extra), **ids)["Vpcs"], "EC2 VPC")
    return {
        **asked,
        "id": found["VpcId"],
        "arn": aws.arn("ec2", f"vpc/{found['VpcId']}"),
        "cidrBlock": found["CidrBlock"],
        "cidrBlockAssociations": [],
        "default": found["IsDefault"],
        "dhcpOptionsId": found.get("DhcpOptionsId", ""),
        "enableDnsHostnames": True,
        "enableDnsSupport": True,
        "enableNetworkAddressUsageMetrics": False,
        "instanceTenancy": found["InstanceTenancy"],
        "ipv6AssociationId": "",
        "ipv6CidrBlock": "",
        "mainRouteTableId": "",
        "ownerId": aws.account,
        "state": found["State"],
        "region": aws.region,
        "tags": mapping(found.get("Tags")),
    }


@answers("aws:ec2/getSubnets:getSubnets")
def subnets(aws: Aws, asked: Mapping[str, Any]) -> dict[str, Any]:
    found = aws.ec2.describe_subnets(Filters=_filters(asked))["Subnets"]
    ids = [each["SubnetId"] for each in found]
    return {
        **asked,
        "id": aws.region,
        "ids": ids,
        "region": aws.region,
        "tags": asked.get("tags") or {},
    }


@answers("aws:ec2/getAmi:getAmi")
def image(aws: Aws, asked: Mapping[str, Any]) -> dict[str, Any]:
    """This cloud knows only images that were registered in it."""
    owners = {"Owners": asked["owners"]} if asked.get("owners") else {}
    found = aws.ec2.describe_images(Filters=_filters(asked), **owners)["Images"]
    if len(found) > 1 and asked.get("mostRecent"):
        found = sorted(found, key=lambda each: str(each["CreationDate"]))[-1:]
    one = _one(found, "EC2 AMI")
    return {
        **asked,
        "id": one["ImageId"],
        "imageId": one["ImageId"],
        "arn": f"arn:{aws.partition}:ec2:{aws.region}::image/{one['ImageId']}",
        "name": one.get("Name", ""),
        "description": one.get("Description", ""),
        "architecture": one.get("Architecture", "x86_64"),
        "creationDate": str(one.get("CreationDate", "")),
        "ownerId": one.get("OwnerId", aws.account),
        "rootDeviceName": one.get("RootDeviceName", "/dev/xvda"),
        "rootDeviceType": one.get("RootDeviceType", "ebs"),
        "state": one.get("State", "available"),
        "virtualizationType": one.get("VirtualizationType", "hvm"),
        "blockDeviceMappings": [],
        "productCodes": [],
        "public": one.get("Public", False),
        "region": aws.region,
        "tags": mapping(one.get("Tags")),
    }


@answers("aws:ssm/getParameter:getParameter")
def parameter(aws: Aws, asked: Mapping[str, Any]) -> dict[str, Any]:
    decrypt = asked.get("withDecryption", True)
    found = aws.ssm.get_parameter(Name=asked["name"], WithDecryption=decrypt)["Parameter"]
    plain = found["Type"] != "SecureString"
    return {
        **asked,
        "id": asked["name"],
        "arn": found["ARN"],
        "name": asked["name"],
        "type": found["Type"],
        "value": found["Value"],
        "insecureValue": found["Value"] if plain else "",
        "version": found["Version"],
        "region": aws.region,
    }


@answers("aws:s3/getObject:getObject")
def s3_object(aws: Aws, asked: Mapping[str, Any]) -> dict[str, Any]:
    found = aws.s3.get_object(Bucket=asked["bucket"], Key=asked["key"])
    kind = found.get("ContentType", "")
    readable = kind.startswith("text/") or kind == "application/json"
    return {
        **asked,
        "id": f"{asked['bucket']}/{asked['key']}",
        "arn": f"arn:{aws.partition}:s3:::{asked['bucket']}/{asked['key']}",
        "body": found["Body"].read().decode() if readable else "",
        "contentLength": found["ContentLength"],
        "contentType": kind,
        "etag": found["ETag"].strip('"'),
        "lastModified": found["LastModified"].strftime("%a, %d %b %Y %H:%M:%S %Z"),
        "metadata": found.get("Metadata") or {},
        "storageClass": found.get("StorageClass", "STANDARD"),
        "versionId": found.get("VersionId", ""),
        "region": aws.region,
        "tags": {},
    }
