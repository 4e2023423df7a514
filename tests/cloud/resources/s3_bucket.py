"""Buckets."""

from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.errors import CloudError
from tests.cloud.naming import Naming
from tests.cloud.resource import Resource, handles
from tests.cloud.resources.ec2_common import mapping, pairs


@handles("aws:s3/bucket:Bucket")
class Bucket(Resource):
    noun = "S3 Bucket"
    naming = Naming(
        limit=63,
        property="bucket",
        pattern=r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
        allows="3 to 63 lower-case letters, digits, hyphens and single dots",
        prefix="bucketPrefix",
        lower=True,
    )
    replaces = frozenset({"bucket", "bucketPrefix", "bucketNamespace", "objectLockEnabled"})
    computed = frozenset(
        {
            "accelerationStatus",
            "acl",
            "grants",
            "lifecycleRules",
            "logging",
            "objectLockConfiguration",
            "objectLockEnabled",
            "policy",
            "replicationConfiguration",
            "requestPayer",
            "versioning",
            "website",
            "serverSideEncryptionConfiguration",
            "corsRules",
            "bucketNamespace",
        }
    )
    defaults = {"forceDestroy": False}

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        name = self.name(new)
        # us-east-1 answers an owner's second creation with success; the provider asks first.
        if _exists(aws, name):
            raise CloudError("BucketAlreadyExists", f"bucket {name} already exists", "CreateBucket")
        place = (
            {}
            if aws.region == "us-east-1"
            else {"CreateBucketConfiguration": {"LocationConstraint": aws.region}}
        )
        aws.s3.create_bucket(
            Bucket=name, ObjectLockEnabledForBucket=bool(new.get("objectLockEnabled")), **place
        )
        return name

    def finish(self, aws: Aws, id: str, new: Mapping[str, Any]) -> None:
        if aws.tags(new):
            aws.s3.put_bucket_tagging(Bucket=id, Tagging={"TagSet": pairs(aws.tags(new))})

    def retag(self, aws: Aws, id: str, put: dict[str, str], drop: list[str]) -> None:
        tags = {key: value for key, value in {**_tags(aws, id), **put}.items() if key not in drop}
        if tags:
            aws.s3.put_bucket_tagging(Bucket=id, Tagging={"TagSet": pairs(tags)})
        else:
            aws.s3.delete_bucket_tagging(Bucket=id)

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        if not _exists(aws, id):
            return None
        return {
            "arn": f"arn:{aws.partition}:s3:::{id}",
            "bucket": id,
            "bucketDomainName": f"{id}.s3.amazonaws.com",
            "bucketRegionalDomainName": f"{id}.s3.{aws.region}.amazonaws.com",
            "bucketRegion": aws.region,
            "bucketNamespace": "global",
            "hostedZoneId": "Z1BKCTXD74EZPE",  # S3's zone in eu-west-1
            "objectLockEnabled": bool(state.get("objectLockEnabled", False)),
            "requestPayer": "BucketOwner",
            "tagsAll": _tags(aws, id),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        if state.get("forceDestroy"):
            empty(aws, id)
        aws.s3.delete_bucket(Bucket=id)


def empty(aws: Aws, bucket: str) -> None:
    """Delete every version of every object."""
    for page in aws.s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if found:
            objects = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]
            aws.s3.delete_objects(Bucket=bucket, Delete={"Objects": objects})


def _exists(aws: Aws, bucket: str) -> bool:
    try:
        aws.s3.head_bucket(Bucket=bucket)
    except aws.s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchBucket"):
            return False
        raise
    return True


def _tags(aws: Aws, bucket: str) -> dict[str, str]:
    try:
        return mapping(aws.s3.get_bucket_tagging(Bucket=bucket)["TagSet"])
    except aws.s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchTagSet":
            return {}
        raise
