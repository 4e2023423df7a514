"""Security groups and their rules."""

from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.naming import Naming
from tests.cloud.resource import Change, handles
from tests.cloud.resources.ec2_common import Ec2Resource, mapping, only

ANYWHERE = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


@handles("aws:ec2/securityGroup:SecurityGroup")
class SecurityGroup(Ec2Resource):
    noun = "Security Group"
    kind = "security-group"
    naming = Naming(
        limit=255,
        pattern=r"(?!sg-)[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]+",
        allows='letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*, and does not begin with "sg-"',
        prefix="namePrefix",
    )
    replaces = frozenset({"name", "namePrefix", "description", "vpcId"})
    computed = frozenset({"ingress", "egress", "vpcId"})
    defaults = {"description": "Managed by Pulumi", "revokeRulesOnDelete": False}

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        made = aws.ec2.create_security_group(
            GroupName=self.name(new),
            Description=new["description"],
            VpcId=new["vpcId"],
            **self.tagging(aws, new),
        )
        return str(made["GroupId"])

    def finish(self, aws: Aws, id: str, new: Mapping[str, Any]) -> None:
        # The provider takes away the rule that lets everything out: only declared rules exist.
        aws.ec2.revoke_security_group_egress(GroupId=id, IpPermissions=[ANYWHERE])
        authorize(aws, id, new)

    def update(self, aws: Aws, id: str, change: Change) -> None:
        for key, revoke in (
            ("ingress", aws.ec2.revoke_security_group_ingress),
            ("egress", aws.ec2.revoke_security_group_egress),
        ):
            if key in change and change.old.get(key):
                revoke(GroupId=id, IpPermissions=[_permission(rule) for rule in change.old[key]])
        authorize(
            aws, id, {key: change.new.get(key) for key in ("ingress", "egress") if key in change}
        )

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        group = only(aws.ec2.describe_security_groups(GroupIds=[id])["SecurityGroups"])
        if group is None:
            return None
        return {
            "arn": aws.arn("ec2", f"security-group/{id}"),
            "name": group["GroupName"],
            "description": group["Description"],
            "vpcId": group.get("VpcId", ""),
            "ownerId": aws.account,
            "ingress": [_rule(each, id) for each in group["IpPermissions"]],
            "egress": [_rule(each, id) for each in group["IpPermissionsEgress"]],
            "tagsAll": mapping(group.get("Tags")),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.ec2.delete_security_group(GroupId=id)


def authorize(aws: Aws, id: str, new: Mapping[str, Any]) -> None:
    if new.get("ingress"):
        aws.ec2.authorize_security_group_ingress(
            GroupId=id, IpPermissions=[_permission(rule) for rule in new["ingress"]]
        )
    if new.get("egress"):
        aws.ec2.authorize_security_group_egress(
            GroupId=id, IpPermissions=[_permission(rule) for rule in new["egress"]]
        )


def _permission(rule: Mapping[str, Any]) -> dict[str, Any]:
    text = {"Description": rule["description"]} if rule.get("description") else {}
    permission: dict[str, Any] = {"IpProtocol": rule["protocol"]}
    if rule["protocol"] != "-1":
        permission |= {"FromPort": rule["fromPort"], "ToPort": rule["toPort"]}
    permission["IpRanges"] = [{"CidrIp": cidr, **text} for cidr in rule.get("cidrBlocks") or []]
    permission["Ipv6Ranges"] = [
        {"CidrIpv6": cidr, **text} for cidr in rule.get("ipv6CidrBlocks") or []
    ]
    permission["UserIdGroupPairs"] = [
        {"GroupId": group, **text} for group in rule.get("securityGroups") or []
    ]
    permission["PrefixListIds"] = [
        {"PrefixListId": each, **text} for each in rule.get("prefixListIds") or []
    ]
    return permission


def _rule(permission: Mapping[str, Any], id: str) -> dict[str, Any]:
    groups = [pair["GroupId"] for pair in permission.get("UserIdGroupPairs") or []]
    return {
        "protocol": permission["IpProtocol"],
        "fromPort": permission.get("FromPort", 0),
        "toPort": permission.get("ToPort", 0),
        "cidrBlocks": [each["CidrIp"] for each in permission.get("IpRanges") or []],
        "ipv6CidrBlocks": [each["CidrIpv6"] for each in permission.get("Ipv6Ranges") or []],
        "prefixListIds": [each["PrefixListId"] for each in permission.get("PrefixListIds") or []],
        "securityGroups": [group for group in groups if group != id],
        "self": id in groups,
    }


class SecurityGroupRule(Ec2Resource):
    """A rule with an id of its own; the group takes it in or lets it out."""

    kind = "security-group-rule"
    replaces = frozenset({"securityGroupId"})
    outward: bool

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        authorize = (
            aws.ec2.authorize_security_group_egress
            if self.outward
            else aws.ec2.authorize_security_group_ingress
        )
        answer = authorize(
            GroupId=new["securityGroupId"], IpPermissions=[_single(new)], **self.tagging(aws, new)
        )
        return str(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])

    def update(self, aws: Aws, id: str, change: Change) -> None:
        if change.keys - {"tags"}:
            aws.ec2.modify_security_group_rules(
                GroupId=change.new["securityGroupId"],
                SecurityGroupRules=[
                    {"SecurityGroupRuleId": id, "SecurityGroupRule": _described(change.new)}
                ],
            )

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        found = aws.ec2.describe_security_group_rules(SecurityGroupRuleIds=[id])[
            "SecurityGroupRules"
        ]
        rule = only([each for each in found if each["SecurityGroupRuleId"] == id])
        if rule is None:
            return None
        every = rule["IpProtocol"] == "-1"
        return {
            "arn": aws.arn("ec2", f"security-group-rule/{id}"),
            "securityGroupRuleId": id,
            "securityGroupId": rule["GroupId"],
            "ipProtocol": rule["IpProtocol"],
            "fromPort": None if every else rule.get("FromPort"),
            "toPort": None if every else rule.get("ToPort"),
            "cidrIpv4": rule.get("CidrIpv4") or None,
            "cidrIpv6": rule.get("CidrIpv6") or None,
            "description": rule.get("Description") or _kept(state, rule),
            "prefixListId": rule.get("PrefixListId") or None,
            "referencedSecurityGroupId": (rule.get("ReferencedGroupInfo") or {}).get("GroupId"),
            "tagsAll": mapping(rule.get("Tags")),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        revoke = (
            aws.ec2.revoke_security_group_egress
            if self.outward
            else aws.ec2.revoke_security_group_ingress
        )
        revoke(GroupId=state["securityGroupId"], SecurityGroupRuleIds=[id])


def _kept(state: Mapping[str, Any], rule: Mapping[str, Any]) -> str | None:
    """The description of a rule for a group: AWS keeps it, moto forgets all but those of ranges."""
    return state.get("description") if rule.get("ReferencedGroupInfo") else None


def _single(new: Mapping[str, Any]) -> dict[str, Any]:
    """One rule as a permission with one source."""
    text = {"Description": new["description"]} if new.get("description") else {}
    permission: dict[str, Any] = {"IpProtocol": str(new["ipProtocol"])}
    if new["ipProtocol"] != "-1":
        permission |= {"FromPort": new.get("fromPort", -1), "ToPort": new.get("toPort", -1)}
    if "cidrIpv4" in new:
        permission["IpRanges"] = [{"CidrIp": new["cidrIpv4"], **text}]
    if "cidrIpv6" in new:
        permission["Ipv6Ranges"] = [{"CidrIpv6": new["cidrIpv6"], **text}]
    if "referencedSecurityGroupId" in new:
        permission["UserIdGroupPairs"] = [{"GroupId": new["referencedSecurityGroupId"], **text}]
    if "prefixListId" in new:
        permission["PrefixListIds"] = [{"PrefixListId": new["prefixListId"], **text}]
    return permission


def _described(new: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        "ipProtocol": "IpProtocol",
        "fromPort": "FromPort",
        "toPort": "ToPort",
        "cidrIpv4": "CidrIpv4",
        "cidrIpv6": "CidrIpv6",
        "prefixListId": "PrefixListId",
        "referencedSecurityGroupId": "ReferencedGroupId",
        "description": "Description",
    }
    return {member: new[key] for key, member in names.items() if new.get(key) is not None}


@handles("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
class SecurityGroupIngressRule(SecurityGroupRule):
    noun = "VPC Security Group Ingress Rule"
    outward = False


@handles("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
class SecurityGroupEgressRule(SecurityGroupRule):
    noun = "VPC Security Group Egress Rule"
    outward = True
