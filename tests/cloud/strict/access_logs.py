"""May a balancer write its logs into a bucket? AWS tries it when logging is switched on."""

import json
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
SERVICE = "logdelivery.elasticloadbalancing.amazonaws.com"
# The balancers' own accounts in regions from before August 2022, for buckets with the older policy.
ACCOUNTS = {
    "us-east-1": "127311923021",
    "us-east-2": "033677994240",
    "us-west-1": "027434742980",
    "us-west-2": "797873946194",
    "af-south-1": "098369216593",
    "ap-east-1": "754344448648",
    "ap-south-1": "718504428378",
    "ap-northeast-1": "582318560864",
    "ap-northeast-2": "600734575887",
    "ap-northeast-3": "383597477331",
    "ap-southeast-1": "114774131450",
    "ap-southeast-2": "783225319266",
    "ca-central-1": "985666609251",
    "eu-central-1": "054676820928",
    "eu-west-1": "156460612806",
    "eu-west-2": "652711504416",
    "eu-west-3": "009996457667",
    "eu-north-1": "897822967062",
    "eu-south-1": "635631232127",
    "me-south-1": "076674570225",
    "sa-east-1": "507241528517",
}


def log_bucket_problem(account: str, region: str, bucket: str, prefix: str) -> str | None:
    """What is wrong, in AWS's words and then in ours; nothing when the balancer may write."""
    from moto.s3.models import s3_backends

    refusal = f"Access Denied for bucket: {bucket}. Please check S3bucket permission"
    found: Any = None
    for owner in s3_backends.values():
        for backend in owner.values():
            found = found or backend.buckets.get(bucket)
    if found is None:
        return f"{refusal} (there is no bucket named {bucket})"
    if found.region_name != region:
        return f"{refusal} (the bucket is in {found.region_name}, the load balancer in {region})"
    if "AWSLogs" in prefix:
        return f"The prefix '{prefix}' must not contain AWSLogs"
    if _algorithm(found.encryption) != "AES256":
        return (
            f"{refusal} (the bucket encrypts with a KMS key; load balancers write only to SSE-S3)"
        )
    folder = f"{prefix}/AWSLogs" if prefix else "AWSLogs"
    key = f"arn:aws:s3:::{bucket}/{folder}/{account}/elasticloadbalancing/{region}/log"
    if not _admits(found.policy, key, region):
        return (
            f"{refusal} (its policy does not let {SERVICE} put {key.rpartition('/elastic')[0]}/*)"
        )
    return None


def _algorithm(encryption: Any) -> str:
    rule = (encryption or {}).get("Rule") or {}
    rule = rule[0] if isinstance(rule, list) else rule
    return str((rule.get("ApplyServerSideEncryptionByDefault") or {}).get("SSEAlgorithm", "AES256"))


def _admits(policy: Any, key: str, region: str) -> bool:
    if not policy:
        return False
    statements = json.loads(policy).get("Statement", [])
    for statement in _list(statements):
        principal = statement.get("Principal", {})
        named = (
            {"*"}
            if principal == "*"
            else {each for value in principal.values() for each in _list(value)}
        )
        account = ACCOUNTS.get(region, "none")
        ours = {SERVICE, f"arn:aws:iam::{account}:root", account, "*"} & named
        allowed = statement.get("Effect") == "Allow" and any(
            fnmatchcase("s3:PutObject", action) for action in _list(statement.get("Action", []))
        )
        if (
            ours
            and allowed
            and any(fnmatchcase(key, each) for each in _list(statement.get("Resource", [])))
        ):
            return True
    return False


def _list(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else [value]
