"""Objects in a bucket, from text or from a file."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.resource import Change, Resource, handles


@handles("aws:s3/bucketObjectv2:BucketObjectv2", "aws:s3/bucketObject:BucketObject")
class BucketObject(Resource):
    noun = "S3 Object"
    replaces = frozenset({"bucket", "key"})
    computed = frozenset(
        {
            "contentType",
            "etag",
            "storageClass",
            "serverSideEncryption",
            "bucketKeyEnabled",
            "kmsKeyId",
            "key",
        }
    )
    volatile = frozenset({"etag", "versionId"})
    defaults = {"forceDestroy": False}

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        optional = {
            member: new[key]
            for key, member in (("contentType", "ContentType"), ("cacheControl", "CacheControl"))
            if new.get(key)
        }
        aws.s3.put_object(Bucket=new["bucket"], Key=new["key"], Body=_body(new), **optional)
        if aws.tags(new):
            self._tag(aws, new["bucket"], new["key"], aws.tags(new))
        return f"{new['bucket']}/{new['key']}"

    def update(self, aws: Aws, id: str, change: Change) -> None:
        self.create(aws, change.new)

    def retag(self, aws: Aws, id: str, put: dict[str, str], drop: list[str]) -> None:
        """An update writes the object anew, with its tags."""

    def _tag(self, aws: Aws, bucket: str, key: str, tags: Mapping[str, str]) -> None:
        found = [{"Key": name, "Value": value} for name, value in tags.items()]
        aws.s3.put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": found})

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        bucket, _, key = id.partition("/")
        found = aws.s3.head_object(Bucket=bucket, Key=key)
        tags = aws.s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
        return {
            "arn": f"arn:{aws.partition}:s3:::{id}",
            "bucket": bucket,
            "key": key,
            "etag": found["ETag"].strip('"'),
            "contentType": found.get("ContentType"),
            "storageClass": found.get("StorageClass", "STANDARD"),
            "serverSideEncryption": found.get("ServerSideEncryption", "AES256"),
            "versionId": found.get("VersionId", ""),
            "bucketKeyEnabled": False,
            "tagsAll": {tag["Key"]: tag["Value"] for tag in tags},
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        bucket, key = state["bucket"], state["key"]
        for page in aws.s3.get_paginator("list_object_versions").paginate(
            Bucket=bucket, Prefix=key
        ):
            for each in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                if each["Key"] == key:
                    aws.s3.delete_object(Bucket=bucket, Key=key, VersionId=each["VersionId"])


def _body(new: Mapping[str, Any]) -> bytes:
    if "content" in new:
        return str(new["content"]).encode()
    if "contentBase64" in new:
        return base64.b64decode(new["contentBase64"])
    source = new.get("source") or {}
    if source.get("path"):
        return Path(source["path"]).read_bytes()
    return str(source.get("text", "")).encode()
