"""An S3 that keeps one object: conditional as the real one, and as unreliable as a test wants."""

import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError
from fake_account import FakeAccount

START = datetime(2026, 11, 21, 8, tzinfo=UTC)


class FakeS3:
    """Holds every version of an object, the newest last."""

    def __init__(self) -> None:
        self.versions: list[bytes] = []
        self.now = START
        self.puts = 0
        # What the next writes do instead: "lost" arrives, but unanswered; others are error codes.
        self.troubles: list[str] = []

    def get_object(self, Bucket: str, Key: str, VersionId: str | None = None) -> dict[str, Any]:  # noqa: ARG002, N803 as boto3 names them
        """Give the newest version, or that one."""
        if not self.versions:
            raise self._error("NoSuchKey", 404)
        body = self.versions[int(VersionId) if VersionId else -1]
        return {"Body": io.BytesIO(body), "ETag": _etag(body), **self._answer()}

    def put_object(self, *, Body: bytes, **given: str) -> dict[str, Any]:  # noqa: N803
        """Write, if the condition holds."""
        self.puts += 1
        trouble = self.troubles.pop(0) if self.troubles else ""
        if trouble and trouble != "lost":
            raise self._error(trouble, 503 if trouble == "SlowDown" else 409)
        newest = _etag(self.versions[-1]) if self.versions else None
        if "IfMatch" not in given and given["IfNoneMatch"] != "*":
            raise AssertionError("every write is conditional")
        if newest != given.get("IfMatch"):
            raise self._error("PreconditionFailed", 412)
        self.versions.append(Body)
        if trouble:
            raise ReadTimeoutError(endpoint_url="https://s3")
        return {"ETag": _etag(Body), **self._answer()}

    def get_paginator(self, _: str) -> "FakeS3":
        """Give what lists the versions."""
        return self

    def paginate(self, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:  # noqa: ARG002, N803
        """List the versions, and those of another key with the same beginning."""
        yield {
            "Versions": [
                {"Key": Prefix, "VersionId": str(n), "LastModified": START + timedelta(minutes=n)}
                for n in reversed(range(len(self.versions)))
            ]
        }
        yield {"Versions": [{"Key": f"{Prefix}.bak", "VersionId": "0", "LastModified": START}]}

    def _answer(self) -> dict[str, Any]:
        date = format_datetime(self.now, usegmt=True)
        return {"ResponseMetadata": {"HTTPHeaders": {"date": date}, "HTTPStatusCode": 200}}

    def _error(self, code: str, status: int) -> ClientError:
        answer = self._answer()
        answer["ResponseMetadata"]["HTTPStatusCode"] = status
        return ClientError({"Error": {"Code": code, "Message": code}, **answer}, "PutObject")


class Bucket(FakeAccount):
    """An account that has this S3."""

    def __init__(self, s3: FakeS3) -> None:
        super().__init__()
        self._s3 = s3

    def client(self, service: str, tries: int | None = None) -> Any:  # noqa: ANN401, ARG002 as boto3's
        """Give the client."""
        assert service == "s3"
        return self._s3


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
