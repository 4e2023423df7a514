"""S3."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket

from tests.cloud.strict.patch import instead

GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
INSECURE = {"Bool": {"aws:SecureTransport": "false"}}


@instead(
    FakeBucket,
    "get_permission",
    doc=f"{GUIDE}/example-bucket-policies.html#example-bucket-policies-HTTP-HTTPS",
)
def only_insecure_calls_are_denied_for_being_insecure(
    original: Callable[..., Any], bucket: FakeBucket, action: str, resource: str
) -> PermissionResult:
    """Take this cloud's loopback for TLS; moto sees no condition and would refuse all calls."""
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    policy = json.loads(bucket.policy)
    policy["Statement"] = [each for each in policy["Statement"] if not _against_insecure(each)]
    if not policy["Statement"]:
        return PermissionResult.NEUTRAL
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)


def _against_insecure(statement: Mapping[str, Any]) -> bool:
    return statement["Effect"] == "Deny" and statement.get("Condition") == INSECURE
