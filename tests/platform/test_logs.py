"""The log bucket: who may write, how long logs stay."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from tier.tiers import TIERS

from tests.platform.recorder import ACCOUNT, REGION, Declaration

Tier = Callable[..., Declaration]
BUCKET = f"slipway-logs-dev-{ACCOUNT}-{REGION}"


def statements(made: Declaration) -> dict[str, Any]:
    """The statements of the bucket's policy, by name."""
    policy = json.loads(made.the("s3.BucketPolicy")["policy"])
    return {statement["Sid"]: statement for statement in policy["Statement"]}


def test_balancers_of_this_account_and_region_deliver(tier: Tier) -> None:
    statement = statements(tier("dev"))["BalancersDeliver"]
    assert statement["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert statement["Action"] == "s3:PutObject"
    assert statement["Resource"] == [
        f"arn:aws:s3:::{BUCKET}/AWSLogs/{ACCOUNT}/*",
        f"arn:aws:s3:::{BUCKET}/*/AWSLogs/{ACCOUNT}/*",
    ]
    source = statement["Condition"]["ArnLike"]["aws:SourceArn"]
    assert source == f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/*"


def test_every_delivery_is_of_this_account(tier: Tier) -> None:
    granted = [one for one in statements(tier("dev")).values() if one["Effect"] == "Allow"]
    assert len(granted) == 3
    assert all(f":{ACCOUNT}:" in one["Condition"]["ArnLike"]["aws:SourceArn"] for one in granted)
    assert all("Service" in one["Principal"] for one in granted)


def test_balancer_delivery_needs_s3_own_encryption(tier: Tier) -> None:
    [rule] = tier("dev").the("s3.BucketServerSideEncryptionConfiguration")["rules"]
    assert rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"] == "AES256"


@pytest.mark.parametrize(("name", "days"), [("dev", 7), ("test", 14), ("stage", 30), ("prod", 90)])
def test_logs_expire(tier: Tier, name: str, days: int) -> None:
    rules = {
        rule["id"]: rule for rule in tier(name).the("s3.BucketLifecycleConfiguration")["rules"]
    }
    assert rules["expiry"]["expiration"] == {"days": days}
    assert rules["expiry"]["filter"] == {"prefix": ""}


@pytest.mark.parametrize("setting", ["none", "rejected", "all"])
def test_flow_logs_are_as_the_setting_says(tier: Tier, setting: str) -> None:
    found = tier("dev", flow_logs=setting).every("ec2.FlowLog")
    expected = {"none": [], "rejected": ["REJECT"], "all": ["ALL"]}[setting]
    assert [one.inputs["trafficType"] for one in found] == expected
    assert all(one.inputs["logDestinationType"] == "s3" for one in found)


def test_flow_logs_go_where_the_policy_admits_them(tier: Tier) -> None:
    made = tier("prod")
    admitted = statements(made)["AWSLogDeliveryWrite"]["Resource"]
    destination = made.the("ec2.FlowLog")["logDestination"]
    assert admitted == f"{destination}AWSLogs/{ACCOUNT}/*"


def test_policy_follows_the_partition_of_the_caller() -> None:
    from platform_parts.place import Place  # noqa: PLC0415
    from tier.logs import delivery_statements  # noqa: PLC0415

    china = Place(account=ACCOUNT, region="cn-north-1", partition="aws-cn")
    text = json.dumps(delivery_statements(china, "logs"))
    assert "arn:aws-cn:s3:::logs" in text
    assert "arn:aws:" not in text


@pytest.mark.parametrize("name", TIERS)
def test_destroy_empties_the_bucket_only_where_nothing_is_protected(tier: Tier, name: str) -> None:
    made = tier(name)
    assert made.the("s3.Bucket").get("forceDestroy", False) is (name in {"dev", "test"})
