"""An artifact bucket for tests: several keys, each with its versions and the time it came."""

import base64
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from botocore.exceptions import ClientError

START = datetime(2026, 11, 21, 8, tzinfo=UTC)


@dataclass
class Version:
    """One content of a key; None is the marker of a deletion."""

    body: bytes | None
    when: datetime
    checked: bool = True  # whether it came with a SHA-256


@dataclass
class FakeBucket:
    """Answers as S3 does for a bucket with versions."""

    now: datetime = START
    keys: dict[str, list[Version]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    denied: set[str] = field(default_factory=set)  # operations

    def put(self, key: str, body: bytes, when: datetime | None = None) -> None:
        """Put something there, at some time."""
        self.keys.setdefault(key, []).append(Version(body, when or self.now))

    def held(self) -> list[str]:
        """List what is there."""
        return sorted(key for key, versions in self.keys.items() if versions[-1].body is not None)

    def get_object(self, *, Bucket: str, Key: str, VersionId: str = "-1") -> dict[str, Any]:  # noqa: ARG002, N803 as boto3 names them
        """Give a version."""
        body = self._newest("GetObject", Key, int(VersionId)).body
        return {"Body": io.BytesIO(body or b""), "ETag": _etag(body or b""), **self._answer()}

    def head_object(self, *, Bucket: str, Key: str, ChecksumMode: str) -> dict[str, Any]:  # noqa: ARG002, N803
        """Describe what is there."""
        found = self._newest("HeadObject", Key)
        digest = base64.b64encode(hashlib.sha256(found.body or b"").digest()).decode()
        return {"ChecksumSHA256": digest} if found.checked else {}

    def delete_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: ARG002, N803
        """Put a marker over it."""
        self._ask("DeleteObject", Key)
        self.keys[Key].append(Version(None, self.now))
        return {"DeleteMarker": True}

    def get_paginator(self, operation: str) -> "_Pages":
        """Give what lists."""
        return _Pages(self, operation)

    def _newest(self, operation: str, key: str, version: int = -1) -> Version:
        self._ask(operation, key)
        versions = self.keys.get(key, [])
        if not versions or versions[version].body is None:
            raise self._error("404" if operation == "HeadObject" else "NoSuchKey", 404, operation)
        return versions[version]

    def _ask(self, operation: str, key: str) -> None:
        self.asked.append((operation, key))
        if operation in self.denied:
            raise self._error("AccessDenied", 403, operation)

    def _answer(self, status: int = 200) -> dict[str, Any]:
        date = format_datetime(self.now, usegmt=True)
        return {"ResponseMetadata": {"HTTPHeaders": {"date": date}, "HTTPStatusCode": status}}

    def _error(self, code: str, status: int, operation: str) -> ClientError:
        error = {"Error": {"Code": code, "Message": code}, **self._answer(status)}
        return ClientError(error, operation)


@dataclass
class _Pages:
    bucket: FakeBucket
    operation: str

    def paginate(self, *, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:  # noqa: ARG002, N803
        """List, two at a time."""
        self.bucket._ask(self.operation, Prefix)  # noqa: SLF001 a part of it
        name = "Contents" if self.operation == "list_objects_v2" else "Versions"
        found = list(self._found(Prefix))
        yield from ({name: found[n : n + 2]} for n in range(0, len(found), 2))
        yield {}

    def _found(self, prefix: str) -> Iterator[dict[str, Any]]:
        for key in sorted(self.bucket.keys):
            versions = self.bucket.keys[key]
            if not key.startswith(prefix):
                continue
            if self.operation == "list_objects_v2":
                if (body := versions[-1].body) is not None:
                    yield {"Key": key, "Size": len(body), "LastModified": versions[-1].when}
                continue
            for number in reversed(range(len(versions))):
                if versions[number].body is not None:
                    when = versions[number].when
                    yield {"Key": key, "VersionId": str(number), "LastModified": when}


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
