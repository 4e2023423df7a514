"""Whose bucket it is: another account gets what the bucket's policy allows it, and nothing else.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-walkthroughs-managing-access-example2.html
"""

import json
import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from moto.s3.exceptions import S3ClientError
from moto.s3.models import s3_backends
from moto.s3.responses import S3Response

from tests.cloud.strict.patch import before

GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
# What IAM calls an operation where that differs from moto's word for it.
PERMISSIONS = {
    "HeadBucket": "ListBucket",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "HeadObject": "GetObject",
    "ListObjectVersions": "ListBucketVersions",
}


class NotAllowedError(S3ClientError):
    """A refusal in the form that S3 answers to HEAD requests, too."""

    code = 403


@before(
    S3Response,
    "_authenticate_and_authorize_s3_action",
    doc=f"{GUIDE}/example-walkthroughs-managing-access-example2.html",
)
def other_accounts_need_the_bucket_s_leave(
    response: S3Response, bucket_name: str | None, key_name: str | None
) -> None:
    """moto lets every account do everything."""
    owner = s3_backends.bucket_accounts.get(bucket_name or "")
    caller = response.get_current_account()
    if owner is None or owner[1] == caller:
        return
    bucket = s3_backends[owner[1]][owner[0]].buckets.get(bucket_name or "")
    word = str(response.data.get("Action", ""))
    action = f"s3:{PERMISSIONS.get(word, word)}"
    arn = f"arn:{owner[0]}:s3:::{bucket_name}{f'/{key_name}' if key_name else ''}"
    policy = getattr(bucket, "policy", None)
    if not policy or not _allows(json.loads(policy), caller, action, arn):
        raise NotAllowedError(
            "AccessDenied",
            f"Account {caller} is not authorized to perform: {action} on resource: {arn} because "
            "no resource-based policy allows the action",
        )


def _allows(policy: Mapping[str, Any], caller: str, action: str, arn: str) -> bool:
    verdicts = {
        statement.get("Effect")
        for statement in _list(policy.get("Statement", []))
        if _names(statement.get("Principal"), caller)
        and any(fnmatchcase(action.lower(), each.lower()) for each in _list(statement["Action"]))
        and any(fnmatchcase(arn, each) for each in _list(statement["Resource"]))
        and _holds(statement.get("Condition") or {}, caller)
    }
    return "Allow" in verdicts and "Deny" not in verdicts


def _names(principal: Any, caller: str) -> bool:
    if principal == "*":
        return True
    named = _list((principal or {}).get("AWS", []))
    return any(each == "*" or re.findall(r"\d{12}", each)[:1] == [caller] for each in named)


def _holds(condition: Mapping[str, Any], caller: str) -> bool:
    """Of what a policy may ask for, the account and TLS, for which the loopback is taken."""
    known = {"aws:principalaccount": caller, "aws:securetransport": "true"}
    for operator, keys in condition.items():
        for key, wanted in keys.items():
            have = known.get(key.lower())
            if have is None or operator not in ("StringEquals", "Bool"):
                return False
            if have not in _list(wanted):
                return False
    return True


def _list(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else [value]
