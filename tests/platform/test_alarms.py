"""The alarm topic: who may publish, who hears."""

import json
from collections.abc import Callable

from tests.platform.recorder import ACCOUNT, REGION, Declaration

Tier = Callable[..., Declaration]


def test_alarms_of_this_account_publish(tier: Tier) -> None:
    policy = json.loads(tier("dev").the("sns.TopicPolicy")["policy"])
    [granted] = [one for one in policy["Statement"] if one["Effect"] == "Allow"]
    assert granted["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert granted["Action"] == "sns:Publish"
    assert granted["Resource"] == f"arn:aws:sns:{REGION}:{ACCOUNT}:slipway-dev-alarms"
    assert granted["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}


def test_nobody_publishes_without_tls(tier: Tier) -> None:
    policy = json.loads(tier("dev").the("sns.TopicPolicy")["policy"])
    [denied] = [one for one in policy["Statement"] if one["Effect"] == "Deny"]
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert denied["Principal"] == "*"


def test_nobody_is_mailed_unless_named(tier: Tier) -> None:
    assert not tier("dev").every("sns.TopicSubscription")


def test_each_named_address_is_mailed(tier: Tier) -> None:
    made = tier("dev", alarm_emails='["ops@example.com", "on-call@example.com"]')
    found = [one.inputs for one in made.every("sns.TopicSubscription")]
    assert {one["endpoint"] for one in found} == {"ops@example.com", "on-call@example.com"}
    assert {one["protocol"] for one in found} == {"email"}
