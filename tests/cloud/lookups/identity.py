"""Who and where: account, region, partition, zones."""

from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.lookups import answers


@answers("aws:index/getCallerIdentity:getCallerIdentity")
def caller_identity(aws: Aws, asked: Mapping[str, Any]) -> dict[str, Any]:
    found = aws.sts.get_caller_identity()
    return {
        "accountId": found["Account"],
        "arn": found["Arn"],
        "id": found["Account"],
        "userId": found["UserId"],
    }


@answers("aws:index/getRegion:getRegion")
def region(aws: Aws, asked: Mapping[str, Any]) -> dict[str, Any]:
    name = asked.get("name") or asked.get("region") or aws.region
    return {
        "name": name,
        "region": name,
        "id": name,
        "description": name,
        "endpoint": f"ec2.{name}.amazonaws.com",
    }


@answers("aws:index/getPartition:getPartition")
def partition(aws: Aws, asked: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "partition": aws.partition,
        "id": aws.partition,
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
    }


@answers("aws:index/getAvailabilityZones:getAvailabilityZones")
def availability_zones(aws: Aws, asked: Mapping[str, Any]) -> dict[str, Any]:
    filters = [
        {"Name": each["name"], "Values": each["values"]} for each in asked.get("filters") or []
    ]
    if asked.get("state"):
        filters.append({"Name": "state", "Values": [asked["state"]]})
    zones = aws.ec2.describe_availability_zones(Filters=filters)["AvailabilityZones"]
    out_names, out_ids = (
        set(asked.get("excludeNames") or []),
        set(asked.get("excludeZoneIds") or []),
    )
    kept = sorted(
        (zone["ZoneName"], zone["ZoneId"])
        for zone in zones
        if zone["ZoneName"] not in out_names and zone["ZoneId"] not in out_ids
    )
    return {
        **asked,
        "id": aws.region,
        "region": aws.region,
        "names": [name for name, _ in kept],
        "zoneIds": [id for _, id in kept],
        "groupNames": [aws.region],
    }
