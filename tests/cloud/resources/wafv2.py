"""WAF: web ACLs and what they stand before. Rules are kept as given; nothing is inspected here."""

from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.naming import Naming
from tests.cloud.resource import Change, Resource, handles
from tests.cloud.resources.ec2_common import mapping, pairs
from tests.cloud.shapes import parameter, to_aws

NAMES = {
    "arn": "ARN",
    "cloudwatchMetricsEnabled": "CloudWatchMetricsEnabled",
    "ipSetReferenceStatement": "IPSetReferenceStatement",
    "forwardedIpConfig": "ForwardedIPConfig",
    "ipSetForwardedIpConfig": "IPSetForwardedIPConfig",
}


@handles("aws:wafv2/webAcl:WebAcl")
class WebAcl(Resource):
    noun = "WAFv2 WebACL"
    naming = Naming(
        limit=128, pattern=r"[\w-]+", allows="letters, digits, _ and -", prefix="namePrefix"
    )
    replaces = frozenset({"name", "namePrefix", "scope"})

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        tags = aws.tags(new)
        made = aws.wafv2.create_web_acl(
            Name=self.name(new),
            **self._members(aws, new),
            **({"Tags": pairs(tags)} if tags else {}),
        )
        return str(made["Summary"]["Id"])

    def _members(self, aws: Aws, new: Mapping[str, Any]) -> dict[str, Any]:
        def shaped(key: str, member: str) -> Any:
            return to_aws(parameter(aws.wafv2, "CreateWebACL", member), new[key], NAMES)

        return {
            "Scope": new["scope"],
            "DefaultAction": shaped("defaultAction", "DefaultAction"),
            "VisibilityConfig": shaped("visibilityConfig", "VisibilityConfig"),
            "Rules": shaped("rules", "Rules") if new.get("rules") else [],
            **({"Description": new["description"]} if new.get("description") else {}),
        }

    def _found(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any]:
        return dict(aws.wafv2.get_web_acl(Name=state["name"], Scope=state["scope"], Id=id))

    def update(self, aws: Aws, id: str, change: Change) -> None:
        if change.keys - {"tags"}:
            found = self._found(aws, id, change.state)
            aws.wafv2.update_web_acl(
                Name=change.state["name"],
                Id=id,
                LockToken=found["LockToken"],
                **self._members(aws, change.new),
            )

    def retag(self, aws: Aws, id: str, put: dict[str, str], drop: list[str]) -> None:
        listed = aws.wafv2.list_web_acls(Scope="REGIONAL")["WebACLs"]
        arn = next(each["ARN"] for each in listed if each["Id"] == id)
        if drop:
            aws.wafv2.untag_resource(ResourceARN=arn, TagKeys=drop)
        if put:
            aws.wafv2.tag_resource(ResourceARN=arn, Tags=pairs(put))

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        found = self._found(aws, id, state)
        acl = found["WebACL"]
        tags = aws.wafv2.list_tags_for_resource(ResourceARN=acl["ARN"])["TagInfoForResource"]
        return {
            "arn": acl["ARN"],
            "name": acl["Name"],
            "scope": state["scope"],
            "description": acl.get("Description") or None,
            "capacity": acl.get("Capacity", 0),
            "lockToken": found["LockToken"],
            "applicationIntegrationUrl": "",
            "tagsAll": mapping(tags["TagList"]),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        token = self._found(aws, id, state)["LockToken"]
        aws.wafv2.delete_web_acl(Name=state["name"], Scope=state["scope"], Id=id, LockToken=token)


@handles("aws:wafv2/webAclAssociation:WebAclAssociation")
class WebAclAssociation(Resource):
    noun = "WAFv2 WebACL Association"
    replaces = frozenset({"resourceArn", "webAclArn"})
    taggable = False

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        aws.wafv2.associate_web_acl(WebACLArn=new["webAclArn"], ResourceArn=new["resourceArn"])
        return f"{new['webAclArn']},{new['resourceArn']}"

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        acl, _, resource = id.partition(",")
        found = aws.wafv2.get_web_acl_for_resource(ResourceArn=resource).get("WebACL")
        return {"webAclArn": acl, "resourceArn": resource} if found else None

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.wafv2.disassociate_web_acl(ResourceArn=state["resourceArn"])
