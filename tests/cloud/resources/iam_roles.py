"""Roles, their policies, and the profiles that hand them to instances."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from tests.cloud.aws import Aws
from tests.cloud.naming import Naming
from tests.cloud.resource import Change, Resource, handles
from tests.cloud.resources.ec2_common import mapping, pairs

PATTERN = r"[\w+=,.@-]+"
ALLOWS = "letters, digits and +=,.@_-"


def iam_naming(limit: int) -> Naming:
    return Naming(limit=limit, pattern=PATTERN, allows=ALLOWS, prefix="namePrefix")


def document(value: Any) -> str:
    """boto3 decodes a policy document to a tree; the property is text."""
    return unquote(value) if isinstance(value, str) else json.dumps(value)


@handles("aws:iam/role:Role")
class Role(Resource):
    noun = "IAM Role"
    naming = iam_naming(64)
    replaces = frozenset({"name", "namePrefix", "path"})
    computed = frozenset({"inlinePolicies", "managedPolicyArns"})
    defaults = {"forceDetachPolicies": False, "maxSessionDuration": 3600, "path": "/"}

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        name = self.name(new)
        optional = {
            member: new[key]
            for key, member in (
                ("description", "Description"),
                ("permissionsBoundary", "PermissionsBoundary"),
            )
            if new.get(key)
        }
        tags = aws.tags(new)
        aws.iam.create_role(
            RoleName=name,
            Path=new["path"],
            AssumeRolePolicyDocument=new["assumeRolePolicy"],
            MaxSessionDuration=new["maxSessionDuration"],
            **optional,
            **({"Tags": pairs(tags)} if tags else {}),
        )
        return name

    def finish(self, aws: Aws, id: str, new: Mapping[str, Any]) -> None:
        for arn in new.get("managedPolicyArns") or []:
            aws.iam.attach_role_policy(RoleName=id, PolicyArn=arn)
        for policy in new.get("inlinePolicies") or []:
            if policy.get("name"):
                aws.iam.put_role_policy(
                    RoleName=id, PolicyName=policy["name"], PolicyDocument=policy["policy"]
                )

    def update(self, aws: Aws, id: str, change: Change) -> None:
        if "assumeRolePolicy" in change:
            aws.iam.update_assume_role_policy(
                RoleName=id, PolicyDocument=change.new["assumeRolePolicy"]
            )
        if change.any("maxSessionDuration", "description"):
            aws.iam.update_role(
                RoleName=id,
                MaxSessionDuration=change.new["maxSessionDuration"],
                Description=change.new.get("description", ""),
            )
        if "permissionsBoundary" in change:
            if change.new.get("permissionsBoundary"):
                aws.iam.put_role_permissions_boundary(
                    RoleName=id, PermissionsBoundary=change.new["permissionsBoundary"]
                )
            else:
                aws.iam.delete_role_permissions_boundary(RoleName=id)
        if "managedPolicyArns" in change:
            for arn in set(change.old.get("managedPolicyArns") or []) - set(
                change.new.get("managedPolicyArns") or []
            ):
                aws.iam.detach_role_policy(RoleName=id, PolicyArn=arn)
        if "inlinePolicies" in change:
            for policy in change.old.get("inlinePolicies") or []:
                aws.iam.delete_role_policy(RoleName=id, PolicyName=policy["name"])
        self.finish(aws, id, {key: change.new.get(key) for key in change.keys})

    def retag(self, aws: Aws, id: str, put: dict[str, str], drop: list[str]) -> None:
        if drop:
            aws.iam.untag_role(RoleName=id, TagKeys=drop)
        if put:
            aws.iam.tag_role(RoleName=id, Tags=pairs(put))

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        role = aws.iam.get_role(RoleName=id)["Role"]
        names = aws.iam.list_role_policies(RoleName=id)["PolicyNames"]
        attached = aws.iam.list_attached_role_policies(RoleName=id)["AttachedPolicies"]
        return {
            "arn": role["Arn"],
            "name": role["RoleName"],
            "path": role["Path"],
            "assumeRolePolicy": document(role["AssumeRolePolicyDocument"]),
            "description": role.get("Description") or None,
            "maxSessionDuration": role.get("MaxSessionDuration", 3600),
            "permissionsBoundary": (role.get("PermissionsBoundary") or {}).get(
                "PermissionsBoundaryArn"
            ),
            "createDate": role["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            "uniqueId": role["RoleId"],
            "managedPolicyArns": [policy["PolicyArn"] for policy in attached],
            "inlinePolicies": [
                {
                    "name": name,
                    "policy": document(
                        aws.iam.get_role_policy(RoleName=id, PolicyName=name)["PolicyDocument"]
                    ),
                }
                for name in names
            ],
            "tagsAll": mapping(role.get("Tags")),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        if state.get("forceDetachPolicies"):
            for policy in aws.iam.list_attached_role_policies(RoleName=id)["AttachedPolicies"]:
                aws.iam.detach_role_policy(RoleName=id, PolicyArn=policy["PolicyArn"])
            for name in aws.iam.list_role_policies(RoleName=id)["PolicyNames"]:
                aws.iam.delete_role_policy(RoleName=id, PolicyName=name)
        aws.iam.delete_role(RoleName=id)


@handles("aws:iam/rolePolicy:RolePolicy")
class RolePolicy(Resource):
    noun = "IAM Role Policy"
    naming = iam_naming(128)
    replaces = frozenset({"name", "namePrefix", "role"})
    taggable = False

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        name = self.name(new)
        aws.iam.put_role_policy(RoleName=new["role"], PolicyName=name, PolicyDocument=new["policy"])
        return f"{new['role']}:{name}"

    def update(self, aws: Aws, id: str, change: Change) -> None:
        role, _, name = id.partition(":")
        aws.iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=change.new["policy"])

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        role, _, name = id.partition(":")
        found = aws.iam.get_role_policy(RoleName=role, PolicyName=name)
        return {"role": role, "name": name, "policy": document(found["PolicyDocument"])}

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        role, _, name = id.partition(":")
        aws.iam.delete_role_policy(RoleName=role, PolicyName=name)


@handles("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
class RolePolicyAttachment(Resource):
    noun = "IAM Role Policy Attachment"
    replaces = frozenset({"role", "policyArn"})
    taggable = False

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        aws.iam.attach_role_policy(RoleName=new["role"], PolicyArn=new["policyArn"])
        return f"{new['role']}-{new['policyArn']}"

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        role, arn = state.get("role"), state.get("policyArn")
        if role is None:
            role, _, arn = id.partition("/")
        attached = aws.iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        if arn not in [policy["PolicyArn"] for policy in attached]:
            return None
        return {"role": role, "policyArn": arn}

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.iam.detach_role_policy(RoleName=state["role"], PolicyArn=state["policyArn"])


@handles("aws:iam/instanceProfile:InstanceProfile")
class InstanceProfile(Resource):
    noun = "IAM Instance Profile"
    naming = iam_naming(128)
    replaces = frozenset({"name", "namePrefix", "path"})
    defaults = {"path": "/"}

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        name = self.name(new)
        tags = aws.tags(new)
        aws.iam.create_instance_profile(
            InstanceProfileName=name, Path=new["path"], **({"Tags": pairs(tags)} if tags else {})
        )
        return name

    def finish(self, aws: Aws, id: str, new: Mapping[str, Any]) -> None:
        if new.get("role"):
            aws.iam.add_role_to_instance_profile(InstanceProfileName=id, RoleName=new["role"])

    def update(self, aws: Aws, id: str, change: Change) -> None:
        if "role" in change:
            if change.old.get("role"):
                aws.iam.remove_role_from_instance_profile(
                    InstanceProfileName=id, RoleName=change.old["role"]
                )
            self.finish(aws, id, change.new)

    def retag(self, aws: Aws, id: str, put: dict[str, str], drop: list[str]) -> None:
        if drop:
            aws.iam.untag_instance_profile(InstanceProfileName=id, TagKeys=drop)
        if put:
            aws.iam.tag_instance_profile(InstanceProfileName=id, Tags=pairs(put))

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        profile = aws.iam.get_instance_profile(InstanceProfileName=id)["InstanceProfile"]
        roles = profile["Roles"]
        return {
            "arn": profile["Arn"],
            "name": id,
            "path": profile["Path"],
            "role": roles[0]["RoleName"] if roles else None,
            "createDate": profile["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            "uniqueId": profile["InstanceProfileId"],
            "tagsAll": mapping(profile.get("Tags")),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        live = self.read(aws, id, state) or {}
        if live.get("role"):
            aws.iam.remove_role_from_instance_profile(InstanceProfileName=id, RoleName=live["role"])
        aws.iam.delete_instance_profile(InstanceProfileName=id)
