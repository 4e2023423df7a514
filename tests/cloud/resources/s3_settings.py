"""What is set on a bucket: each its own resource with the bucket's name as id."""

from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.resource import Change, Resource, handles
from tests.cloud.schema import resource_schema
from tests.cloud.shapes import from_aws, parameter, to_aws


class BucketSetting(Resource):
    """`put` writes the whole setting, so creation and update are the same call."""

    replaces = frozenset({"bucket"})
    taggable = False

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        self.put(aws, str(new["bucket"]), new)
        return str(new["bucket"])

    def update(self, aws: Aws, id: str, change: Change) -> None:
        self.put(aws, id, change.new)

    def put(self, aws: Aws, bucket: str, new: Mapping[str, Any]) -> None:
        raise NotImplementedError

    def property(self, key: str) -> Any:
        schema = resource_schema(self.token)
        assert schema is not None
        return schema.inputs[key].type


@handles("aws:s3/bucketVersioning:BucketVersioning")
class BucketVersioning(BucketSetting):
    noun = "S3 Bucket Versioning"

    def put(self, aws: Aws, bucket: str, new: Mapping[str, Any]) -> None:
        status = new["versioningConfiguration"]["status"]
        if status != "Disabled":
            aws.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        found = aws.s3.get_bucket_versioning(Bucket=id)
        return {
            "bucket": id,
            "versioningConfiguration": {"status": found.get("Status", "Disabled"), "mfaDelete": ""},
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        if state["versioningConfiguration"]["status"] == "Enabled":
            aws.s3.put_bucket_versioning(Bucket=id, VersioningConfiguration={"Status": "Suspended"})


ENCRYPTION_NAMES = {"sseAlgorithm": "SSEAlgorithm", "kmsMasterKeyId": "KMSMasterKeyID"}


@handles("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")
class BucketServerSideEncryptionConfiguration(BucketSetting):
    noun = "S3 Bucket Server-side Encryption Configuration"

    def put(self, aws: Aws, bucket: str, new: Mapping[str, Any]) -> None:
        shape = parameter(
            aws.s3, "PutBucketEncryption", "ServerSideEncryptionConfiguration", "Rules"
        )
        rules = [
            {key: value for key, value in rule.items() if key != "blockedEncryptionTypes"}
            for rule in new["rules"]
        ]
        aws.s3.put_bucket_encryption(
            Bucket=bucket,
            ServerSideEncryptionConfiguration={"Rules": to_aws(shape, rules, ENCRYPTION_NAMES)},
        )

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        found = aws.s3.get_bucket_encryption(Bucket=id)["ServerSideEncryptionConfiguration"][
            "Rules"
        ]
        rules = from_aws(self.property("rules"), found, ENCRYPTION_NAMES)
        for rule in rules:
            rule.setdefault("bucketKeyEnabled", False)
        return {"bucket": id, "rules": rules}

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.s3.delete_bucket_encryption(Bucket=id)


@handles("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
class BucketPublicAccessBlock(BucketSetting):
    noun = "S3 Bucket Public Access Block"
    keys = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    defaults = dict.fromkeys(keys, False)

    def put(self, aws: Aws, bucket: str, new: Mapping[str, Any]) -> None:
        wanted = {key[0].upper() + key[1:]: new[key] for key in self.keys}
        aws.s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=wanted)

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        found = aws.s3.get_public_access_block(Bucket=id)["PublicAccessBlockConfiguration"]
        return {
            "bucket": id,
            **{key: bool(found.get(key[0].upper() + key[1:])) for key in self.keys},
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.s3.delete_public_access_block(Bucket=id)


@handles("aws:s3/bucketOwnershipControls:BucketOwnershipControls")
class BucketOwnershipControls(BucketSetting):
    noun = "S3 Bucket Ownership Controls"

    def put(self, aws: Aws, bucket: str, new: Mapping[str, Any]) -> None:
        rules = [{"ObjectOwnership": new["rule"]["objectOwnership"]}]
        aws.s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": rules})

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        rules = aws.s3.get_bucket_ownership_controls(Bucket=id)["OwnershipControls"]["Rules"]
        return {"bucket": id, "rule": {"objectOwnership": rules[0]["ObjectOwnership"]}}

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.s3.delete_bucket_ownership_controls(Bucket=id)


LIFECYCLE_NAMES = {"id": "ID"}


@handles("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
class BucketLifecycleConfiguration(BucketSetting):
    noun = "S3 Bucket Lifecycle Configuration"
    computed = frozenset({"transitionDefaultMinimumObjectSize"})

    def put(self, aws: Aws, bucket: str, new: Mapping[str, Any]) -> None:
        shape = parameter(
            aws.s3, "PutBucketLifecycleConfiguration", "LifecycleConfiguration", "Rules"
        )
        rules = to_aws(
            shape, [_plain_filter(rule) for rule in new.get("rules") or []], LIFECYCLE_NAMES
        )
        aws.s3.put_bucket_lifecycle_configuration(
            Bucket=bucket, LifecycleConfiguration={"Rules": rules}
        )

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        found = aws.s3.get_bucket_lifecycle_configuration(Bucket=id)["Rules"]
        return {"bucket": id, "rules": from_aws(self.property("rules"), found, LIFECYCLE_NAMES)}

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.s3.delete_bucket_lifecycle(Bucket=id)


def _plain_filter(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule for the whole bucket has an empty filter, which AWS wants said as an empty prefix."""
    if "prefix" in rule:
        return dict(rule)
    wanted = dict(rule)
    wanted["filter"] = {
        key: value for key, value in (rule.get("filter") or {}).items() if value not in (None, "")
    }
    return wanted


@handles("aws:s3/bucketPolicy:BucketPolicy")
class BucketPolicy(BucketSetting):
    noun = "S3 Bucket Policy"

    def put(self, aws: Aws, bucket: str, new: Mapping[str, Any]) -> None:
        aws.s3.put_bucket_policy(Bucket=bucket, Policy=new["policy"])

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        return {"bucket": id, "policy": aws.s3.get_bucket_policy(Bucket=id)["Policy"]}

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.s3.delete_bucket_policy(Bucket=id)
