"""S3: principals of a bucket's policy exist, as far as this account can tell."""

import json
import re
from typing import Any

from moto.s3.exceptions import S3ClientError
from moto.s3.models import S3Backend

from tests.cloud.strict.patch import before

API = "https://docs.aws.amazon.com/AmazonS3/latest/API"


@before(S3Backend, "put_bucket_policy", doc=f"{API}/API_PutBucketPolicy.html")
def principals_exist(backend: S3Backend, policy: bytes) -> None:
    for arn in sorted(_named(json.loads(policy))):
        found = re.fullmatch(r"arn:aws[a-z-]*:iam::(\d{12}):(role|user)/(.+/)?(.+)", arn)
        if found and found[1] == backend.account_id and not _exists(found[1], found[2], found[4]):
            raise S3ClientError("MalformedPolicy", f"Invalid principal in policy: {arn}")


def _named(policy: Any) -> set[str]:
    statements = policy.get("Statement", [])
    found: set[str] = set()
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal", {})
        names = principal.get("AWS", []) if isinstance(principal, dict) else []
        found |= set(names if isinstance(names, list) else [names])
    return found


def _exists(account: str, kind: str, name: str) -> bool:
    from moto.iam.models import iam_backends

    backend = iam_backends[account]["aws"]
    known = backend.roles.values() if kind == "role" else backend.users.values()
    return any(each.name == name for each in known)
