"""Secrets Manager: secrets and their values."""

from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.naming import Naming
from tests.cloud.resource import Change, Resource, handles
from tests.cloud.resources.ec2_common import mapping, pairs


@handles("aws:secretsmanager/secret:Secret")
class Secret(Resource):
    noun = "Secrets Manager Secret"
    naming = Naming(
        limit=512, pattern=r"[\w/+=.@-]+", allows="letters, digits and /_+=.@-", prefix="namePrefix"
    )
    replaces = frozenset({"name", "namePrefix"})
    computed = frozenset({"policy", "replicas", "type"})
    defaults = {"forceOverwriteReplicaSecret": False, "recoveryWindowInDays": 30}

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        optional = {
            member: new[key]
            for key, member in (("description", "Description"), ("kmsKeyId", "KmsKeyId"))
            if new.get(key)
        }
        made = aws.secretsmanager.create_secret(
            Name=self.name(new), Tags=pairs(aws.tags(new)), **optional
        )
        return str(made["ARN"])

    def finish(self, aws: Aws, id: str, new: Mapping[str, Any]) -> None:
        if new.get("policy"):
            aws.secretsmanager.put_resource_policy(SecretId=id, ResourcePolicy=new["policy"])

    def update(self, aws: Aws, id: str, change: Change) -> None:
        if change.any("description", "kmsKeyId"):
            optional = {"KmsKeyId": change.new["kmsKeyId"]} if change.new.get("kmsKeyId") else {}
            aws.secretsmanager.update_secret(
                SecretId=id, Description=change.new.get("description", ""), **optional
            )
        if "policy" in change:
            if change.new.get("policy"):
                self.finish(aws, id, change.new)
            else:
                aws.secretsmanager.delete_resource_policy(SecretId=id)

    def retag(self, aws: Aws, id: str, put: dict[str, str], drop: list[str]) -> None:
        if drop:
            aws.secretsmanager.untag_resource(SecretId=id, TagKeys=drop)
        if put:
            aws.secretsmanager.tag_resource(SecretId=id, Tags=pairs(put))

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        found = aws.secretsmanager.describe_secret(SecretId=id)
        if found.get("DeletedDate"):
            return None
        policy = aws.secretsmanager.get_resource_policy(SecretId=id).get("ResourcePolicy")
        return {
            "arn": found["ARN"],
            "name": found["Name"],
            "description": found.get("Description") or None,
            "kmsKeyId": found.get("KmsKeyId") or None,
            "policy": policy or None,
            "tagsAll": mapping(found.get("Tags")),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        days = int(state.get("recoveryWindowInDays", 30))
        how: dict[str, Any] = (
            {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
        )
        aws.secretsmanager.delete_secret(SecretId=id, **how)


@handles("aws:secretsmanager/secretVersion:SecretVersion")
class SecretVersion(Resource):
    noun = "Secrets Manager Secret Version"
    replaces = frozenset({"secretId", "secretString", "secretBinary"})
    computed = frozenset({"versionStages"})
    taggable = False

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        made = aws.secretsmanager.put_secret_value(
            SecretId=new["secretId"], SecretString=new["secretString"]
        )
        return f"{new['secretId']}|{made['VersionId']}"

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        secret, _, version = id.partition("|")
        found = aws.secretsmanager.get_secret_value(SecretId=secret, VersionId=version)
        return {
            "arn": found["ARN"],
            "secretId": secret,
            "secretString": found.get("SecretString"),
            "versionId": version,
            "versionStages": found["VersionStages"],
            "hasSecretStringWo": False,
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        """The version in use stays until its secret goes, as on AWS."""
