"""What a change of each setting does to a living tier: that alone, never a fleet's machines."""

from importlib import import_module
from typing import Any

import pytest

from tests.cloud import Cloud
from tests.delivery import documents
from tests.delivery.conftest import PROJECT, Account
from tests.delivery.stacks import Planned, TierStack

pytestmark = pytest.mark.engine

# Prod has what a change could touch: two fleets, a certificate, a firewall, and nights added.
BEFORE = {"night": "22:00-05:00", "time_zone": "Europe/Berlin"}
FLEETS = ("v1", "v2")
SALE = {"start": "2036-11-27T08:00", "end": "2036-11-27T18:00", "min_size": 6, "max_size": 30}
NOTHING: dict[str, Planned] = {}


def each(name: str, kind: str, *because: str) -> dict[str, Planned]:
    """One step for each fleet."""
    return {f"{fleet}-{name}": Planned(kind, frozenset(because)) for fleet in FLEETS}


def tagged(key: str) -> dict[str, Planned]:
    """All that carries tags and is not part of a fleet's machines."""
    names = (
        *("log-group", "web-acl", "load-balancer", "listener", "redirect", "traffic-rule"),
        *("instance-role", "instance-profile", "fleet-security-group", "balancer-security-group"),
        *("balancer-443-from-0.0.0.0/0", "balancer-80-from-0.0.0.0/0", "balancer-to-fleet"),
        *("fleet-from-balancer", "fleet-to-https"),
    )
    steps = {name: Planned("update", frozenset([f"tags.{key}"])) for name in names}
    for name in ("rule", "failures", "connections", "latency", "unhealthy", "capacity"):
        steps |= each(name, "update", f"tags.{key}")
    return steps


TARGET = "targetTrackingConfiguration.targetValue"
CHANGES: dict[str, tuple[Any, dict[str, Planned]]] = {
    "team": ("another team", tagged("team")),
    "repository": ("another/place", tagged("repository")),
    "runbooks": (
        "https://wiki.example.com/runbooks",
        {
            name: step
            for alarm in ("failures", "connections", "latency", "unhealthy", "capacity")
            for name, step in each(alarm, "update", "alarmDescription").items()
        },
    ),
    "cpu_percent": (45, each("cpu", "update", TARGET)),
    "requests_per_minute": (4000, each("requests", "update", TARGET)),
    "time_zone": (
        "America/New_York",
        {**each("evening", "update", "timeZone"), **each("morning", "update", "timeZone")},
    ),
    "night": (
        "",
        {
            **each("evening", "delete"),
            **each("morning", "delete"),
            **each("schedules", "delete"),
        },
    ),
    "events": (
        {"sale": SALE},
        {**each("sale-starts", "create"), **each("sale-ends", "create")},
    ),
    "failed_percent": (7, each("failures", "update", "threshold", "alarmDescription")),
    "latency_ms": (900, each("latency", "update", "threshold", "alarmDescription")),
    "allowed_networks": (
        ["203.0.113.0/24"],
        {
            "balancer-80-from-203.0.113.0/24": Planned("create"),
            "balancer-443-from-203.0.113.0/24": Planned("create"),
            "balancer-80-from-0.0.0.0/0": Planned("delete"),
            "balancer-443-from-0.0.0.0/0": Planned("delete"),
        },
    ),
    "waf": (
        False,
        {
            "waf": Planned("delete"),
            "web-acl": Planned("delete"),
            "web-acl-association": Planned("delete"),
            "tier-dashboard": Planned("update", frozenset(["dashboardBody"])),
        },
    ),
    "rate_limit": (
        5000,
        {"web-acl": Planned("update", frozenset(["rules[1].statement.rateBasedStatement.limit"]))},
    ),
    "log_retention_days": (
        90,
        {"log-group": Planned("update", frozenset(["retentionInDays"]))},
    ),
    "protect": (
        False,
        {"load-balancer": Planned("update", frozenset(["enableDeletionProtection"]))},
    ),
    # There is a certificate, so nothing answers plain HTTP anyway.
    "plain_http": (True, NOTHING),
    # Read when a fleet is made; this one lives.
    "min_size": (4, NOTHING),
    "max_size": (40, NOTHING),
    # What `deliver` reads while it moves traffic.
    "strategy": ("blue-green", NOTHING),
    "canary_percents": ([1, 10], NOTHING),
    "canary_minutes": (20, NOTHING),
    "standby_minutes": (60, NOTHING),
    "ready_minutes": (20, NOTHING),
    "least_requests": (500, NOTHING),
    "quiet_minutes": (60, NOTHING),
    "pass_quiet": (False, NOTHING),
    "attended_minutes": (60, NOTHING),
    "migration": ("migrate", NOTHING),
    # These enter the next release.
    "instance_types": (["m7i.large"], NOTHING),
    "image": ("ami-0123456789abcdef1", NOTHING),
    "on_demand_base": (1, NOTHING),
    "spot_percent": (10, NOTHING),
    "environment": ({"SHOP_FRONT_LOG_LEVEL": "debug"}, NOTHING),
    "secrets": (
        {"DATABASE_PASSWORD": "arn:aws:secretsmanager:us-west-2:123456789012:secret:db-AbCdEf"},
        NOTHING,
    ),
}
# Tried elsewhere: types of the old architecture would contradict the new one, and an exception must
# excuse something.
ELSEWHERE = {"architecture", "exceptions"}


@pytest.fixture(scope="module")
def prod(cloud: Cloud, account_of_module: Account) -> TierStack:
    stack = account_of_module.stack("prod")
    stack.configure(BEFORE)
    documents.write(cloud.client, documents.document(PROJECT, "prod", {1: 90, 2: 10}, {1: 3, 2: 1}))
    stack.up()
    return stack


@pytest.mark.usefixtures("baked")  # puts its stack where it can be imported
def test_every_setting_is_tried() -> None:
    fields = import_module("stack.settings").Settings.model_fields
    assert CHANGES.keys() | ELSEWHERE == fields.keys()
    assert not CHANGES.keys() & ELSEWHERE


@pytest.mark.parametrize("setting", CHANGES)
def test_a_change_does_just_what_it_says(prod: TierStack, setting: str) -> None:
    value, expected = CHANGES[setting]
    with prod.configured({setting: value}):
        assert prod.planned() == expected


def test_another_architecture_enters_the_next_release(prod: TierStack) -> None:
    with prod.configured({"architecture": "arm64", "instance_types": ["m7g.large"]}):
        assert prod.planned() == NOTHING


def test_all_at_once_converge_and_leave_the_machines(prod: TierStack, cloud: Cloud) -> None:
    """Last in this file: it changes the tier. Protection stays, so that deletes must be allowed."""
    changes = {name: value for name, (value, _) in CHANGES.items() if name != "protect"}
    templates = cloud.client("ec2").describe_launch_templates()["LaunchTemplates"]
    groups = cloud.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]

    prod.configure(changes)
    prod.up()

    assert prod.planned(refresh=True) == NOTHING
    assert cloud.client("ec2").describe_launch_templates()["LaunchTemplates"] == templates
    after = cloud.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    assert [(each["MinSize"], each["MaxSize"], each["DesiredCapacity"]) for each in after] == [
        (each["MinSize"], each["MaxSize"], each["DesiredCapacity"]) for each in groups
    ]
