"""KMS keys and their aliases."""

from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.naming import Naming
from tests.cloud.resource import Change, Resource, handles


@handles("aws:kms/key:Key")
class Key(Resource):
    noun = "KMS Key"
    replaces = frozenset({"keyUsage", "customerMasterKeySpec", "customKeyStoreId", "multiRegion"})
    computed = frozenset({"description", "policy", "multiRegion", "rotationPeriodInDays"})
    defaults = {
        "bypassPolicyLockoutSafetyCheck": False,
        "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "enableKeyRotation": False,
        "isEnabled": True,
        "keyUsage": "ENCRYPT_DECRYPT",
    }

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        optional = {"Policy": new["policy"]} if new.get("policy") else {}
        made = aws.kms.create_key(
            Description=new.get("description", ""),
            KeyUsage=new["keyUsage"],
            KeySpec=new["customerMasterKeySpec"],
            MultiRegion=bool(new.get("multiRegion")),
            Tags=[{"TagKey": key, "TagValue": value} for key, value in aws.tags(new).items()],
            **optional,
        )
        return str(made["KeyMetadata"]["KeyId"])

    def finish(self, aws: Aws, id: str, new: Mapping[str, Any]) -> None:
        if new.get("enableKeyRotation"):
            aws.kms.enable_key_rotation(KeyId=id)
        if not new.get("isEnabled", True):
            aws.kms.disable_key(KeyId=id)

    def update(self, aws: Aws, id: str, change: Change) -> None:
        if "description" in change:
            aws.kms.update_key_description(KeyId=id, Description=change.new.get("description", ""))
        if "policy" in change:
            aws.kms.put_key_policy(KeyId=id, PolicyName="default", Policy=change.new["policy"])
        if "enableKeyRotation" in change:
            rotate = change.new["enableKeyRotation"]
            (aws.kms.enable_key_rotation if rotate else aws.kms.disable_key_rotation)(KeyId=id)
        if "isEnabled" in change:
            (aws.kms.enable_key if change.new["isEnabled"] else aws.kms.disable_key)(KeyId=id)

    def retag(self, aws: Aws, id: str, put: dict[str, str], drop: list[str]) -> None:
        if drop:
            aws.kms.untag_resource(KeyId=id, TagKeys=drop)
        if put:
            tags = [{"TagKey": key, "TagValue": value} for key, value in put.items()]
            aws.kms.tag_resource(KeyId=id, Tags=tags)

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        key = aws.kms.describe_key(KeyId=id)["KeyMetadata"]
        if key["KeyState"] == "PendingDeletion":
            return None
        tags = aws.kms.list_resource_tags(KeyId=id)["Tags"]
        return {
            "arn": key["Arn"],
            "keyId": id,
            "description": key.get("Description", ""),
            "keyUsage": key["KeyUsage"],
            "customerMasterKeySpec": key["KeySpec"],
            "isEnabled": key["Enabled"],
            "multiRegion": key.get("MultiRegion", False),
            "enableKeyRotation": aws.kms.get_key_rotation_status(KeyId=id)["KeyRotationEnabled"],
            "policy": aws.kms.get_key_policy(KeyId=id, PolicyName="default")["Policy"],
            "tagsAll": {tag["TagKey"]: tag["TagValue"] for tag in tags},
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        days = state.get("deletionWindowInDays") or 30
        aws.kms.schedule_key_deletion(KeyId=id, PendingWindowInDays=int(days))


@handles("aws:kms/alias:Alias")
class Alias(Resource):
    noun = "KMS Alias"
    naming = Naming(
        limit=256,
        pattern=r"alias/(?!aws/)[a-zA-Z0-9/_-]+",
        allows="alias/ and letters, digits, /, _ and -",
        prefix="namePrefix",
        begins="alias/",
    )
    replaces = frozenset({"name", "namePrefix"})
    taggable = False

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        name = self.name(new)
        aws.kms.create_alias(AliasName=name, TargetKeyId=new["targetKeyId"])
        return name

    def update(self, aws: Aws, id: str, change: Change) -> None:
        aws.kms.update_alias(AliasName=id, TargetKeyId=change.new["targetKeyId"])

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        for page in aws.kms.get_paginator("list_aliases").paginate():
            for alias in page["Aliases"]:
                if alias["AliasName"] == id and "TargetKeyId" in alias:
                    target = str(state.get("targetKeyId", ""))
                    key = alias["TargetKeyId"]
                    return {
                        "arn": alias["AliasArn"],
                        "name": id,
                        "targetKeyId": target if target.endswith(key) else key,
                        "targetKeyArn": aws.arn("kms", f"key/{key}"),
                    }
        return None

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.kms.delete_alias(AliasName=id)
