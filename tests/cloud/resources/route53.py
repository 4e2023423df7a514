"""Route 53: zones and records."""

import uuid
from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.errors import CloudError
from tests.cloud.resource import Change, Resource, handles
from tests.cloud.resources.ec2_common import mapping, pairs


@handles("aws:route53/zone:Zone")
class Zone(Resource):
    noun = "Route53 Hosted Zone"
    replaces = frozenset({"name", "delegationSetId"})
    defaults = {"comment": "Managed by Pulumi", "forceDestroy": False}

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        vpcs = new.get("vpcs") or []
        private = (
            {"VPC": {"VPCId": vpcs[0]["vpcId"], "VPCRegion": vpcs[0].get("vpcRegion", aws.region)}}
            if vpcs
            else {}
        )
        made = aws.route53.create_hosted_zone(
            Name=new["name"],
            CallerReference=uuid.uuid4().hex,
            HostedZoneConfig={"Comment": new["comment"], "PrivateZone": bool(vpcs)},
            **private,
        )
        return _short(made["HostedZone"]["Id"])

    def finish(self, aws: Aws, id: str, new: Mapping[str, Any]) -> None:
        if aws.tags(new):
            self.retag(aws, id, aws.tags(new), [])

    def update(self, aws: Aws, id: str, change: Change) -> None:
        if "comment" in change:
            aws.route53.update_hosted_zone_comment(Id=id, Comment=change.new["comment"])

    def retag(self, aws: Aws, id: str, put: dict[str, str], drop: list[str]) -> None:
        more: dict[str, Any] = {"AddTags": pairs(put)} if put else {}
        if drop:
            more["RemoveTagKeys"] = drop
        aws.route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=id, **more)

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        found = aws.route53.get_hosted_zone(Id=id)
        zone = found["HostedZone"]
        servers = sorted((found.get("DelegationSet") or {}).get("NameServers") or [])
        tags = aws.route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=id)[
            "ResourceTagSet"
        ]["Tags"]
        return {
            "arn": f"arn:{aws.partition}:route53:::hostedzone/{id}",
            "zoneId": id,
            "name": zone["Name"].removesuffix("."),
            "comment": zone["Config"].get("Comment") or "",
            "nameServers": servers,
            "primaryNameServer": servers[0] if servers else "",
            "tagsAll": mapping(tags),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        if state.get("forceDestroy"):
            for record in aws.route53.list_resource_record_sets(HostedZoneId=id)[
                "ResourceRecordSets"
            ]:
                if record["Type"] not in ("NS", "SOA"):
                    _change(aws, id, "DELETE", record)
        aws.route53.delete_hosted_zone(Id=id)


@handles("aws:route53/record:Record")
class Record(Resource):
    noun = "Route53 Record"
    replaces = frozenset({"zoneId", "name", "type", "setIdentifier"})
    computed = frozenset({"allowOverwrite"})
    taggable = False

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        zone, name = new["zoneId"], fqdn(aws, new["zoneId"], new["name"])
        if _find(aws, zone, name, new["type"], new.get("setIdentifier")) and not new.get(
            "allowOverwrite"
        ):
            raise CloudError(
                "InvalidChangeBatch",
                f"Tried to create resource record set [name='{name}.', type='{new['type']}'] "
                "but it already exists",
                "ChangeResourceRecordSets",
            )
        _change(aws, zone, "UPSERT", _record_set(new, name))
        marker = f"_{new['setIdentifier']}" if new.get("setIdentifier") else ""
        return f"{zone}_{name}_{new['type']}{marker}"

    def update(self, aws: Aws, id: str, change: Change) -> None:
        new = change.new
        _change(
            aws, new["zoneId"], "UPSERT", _record_set(new, fqdn(aws, new["zoneId"], new["name"]))
        )

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        zone, name, kind, *marker = id.split("_")
        full = fqdn(aws, zone, name)
        record = _find(aws, zone, full, kind, marker[0] if marker else None)
        if record is None:
            return None
        alias = record.get("AliasTarget")
        return {
            "zoneId": zone,
            "name": state.get("name", full),
            "type": kind,
            "fqdn": full,
            "ttl": record.get("TTL"),
            "records": [each["Value"].strip('"') for each in record.get("ResourceRecords") or []],
            "setIdentifier": record.get("SetIdentifier"),
            "aliases": [
                {
                    "name": alias["DNSName"].removesuffix("."),
                    "zoneId": alias["HostedZoneId"],
                    "evaluateTargetHealth": alias["EvaluateTargetHealth"],
                }
            ]
            if alias
            else [],
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        zone, name, kind, *marker = id.split("_")
        record = _find(aws, zone, fqdn(aws, zone, name), kind, marker[0] if marker else None)
        if record is not None:
            _change(aws, zone, "DELETE", record)


def fqdn(aws: Aws, zone: str, name: str) -> str:
    """The full name: a record's name may leave the zone's out."""
    domain = aws.route53.get_hosted_zone(Id=zone)["HostedZone"]["Name"].removesuffix(".")
    name = name.removesuffix(".").lower()
    return name if name == domain or name.endswith(f".{domain}") else f"{name}.{domain}".lstrip(".")


def _record_set(new: Mapping[str, Any], name: str) -> dict[str, Any]:
    record: dict[str, Any] = {"Name": name, "Type": new["type"]}
    if new.get("setIdentifier"):
        record["SetIdentifier"] = new["setIdentifier"]
    for policy in new.get("weightedRoutingPolicies") or []:
        record["Weight"] = policy["weight"]
    if new.get("aliases"):
        alias = new["aliases"][0]
        record["AliasTarget"] = {
            "DNSName": alias["name"],
            "HostedZoneId": alias["zoneId"],
            "EvaluateTargetHealth": alias["evaluateTargetHealth"],
        }
        return record
    quote = '"{}"' if new["type"] in ("TXT", "SPF") else "{}"
    record["TTL"] = new.get("ttl", 0)
    record["ResourceRecords"] = [{"Value": quote.format(each)} for each in new.get("records") or []]
    return record


def _find(aws: Aws, zone: str, name: str, kind: str, marker: str | None) -> dict[str, Any] | None:
    found = aws.route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    for record in found:
        same = record["Name"].removesuffix(".") == name and record["Type"] == kind
        if same and record.get("SetIdentifier") == marker:
            return dict(record)
    return None


def _change(aws: Aws, zone: str, action: str, record: Mapping[str, Any]) -> None:
    aws.route53.change_resource_record_sets(
        HostedZoneId=zone,
        ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": dict(record)}]},
    )


def _short(id: str) -> str:
    return id.rpartition("/")[2]
