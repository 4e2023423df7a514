"""What a tier does by the clock and by hand, as the cloud shows it: night, event, maintenance."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cloud import Cloud
from tests.delivery import documents
from tests.delivery.conftest import PROJECT, Account
from tests.delivery.living import move_traffic, sizes, weights
from tests.delivery.released import in_cloud_time

pytestmark = pytest.mark.engine
TOKEN = "0123456789abcdef" * 2


def next_noon(weekday: int) -> datetime:
    """Noon, UTC, of the next such day; Monday is 0. The program reads the machine's own date."""
    today = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    return today + timedelta(days=(weekday - today.weekday()) % 7 or 7)


def test_at_night_a_tier_has_no_instances_and_nothing_to_change(
    account: Account, cloud: Cloud
) -> None:
    friday = next_noon(4)
    cloud.clock.set(friday)
    stack = account.stack("dev")
    documents.write(cloud.client, documents.document(PROJECT, "dev", {1: 100}))
    stack.up()
    assert sizes(cloud, "dev") == {"v1": (1, 1, 1)}

    cloud.clock.advance_to(friday.replace(hour=20, minute=1))
    assert sizes(cloud, "dev") == {"v1": (0, 0, 1)}
    assert stack.planned() == {}
    assert stack.planned(refresh=True) == {}
    stack.configure({"cpu_percent": 40})
    stack.up(refresh=True)  # an `up` at night wakes nobody
    assert sizes(cloud, "dev") == {"v1": (0, 0, 1)}

    cloud.clock.advance_to(friday + timedelta(days=2))  # Sunday
    assert sizes(cloud, "dev") == {"v1": (0, 0, 1)}
    cloud.clock.advance_to((friday + timedelta(days=3)).replace(hour=6, minute=1))
    assert sizes(cloud, "dev") == {"v1": (1, 1, 1)}


def test_an_event_raises_the_sizes_of_fleets_with_traffic_and_sets_them_back(
    account: Account, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_cloud_time(cloud, monkeypatch)
    monday = next_noon(0)
    cloud.clock.set(monday)
    stack = account.stack("prod")
    documents.write(cloud.client, documents.document(PROJECT, "prod", {1: 100, 2: 0}, {1: 4}))
    stack.up()
    begins, ends = monday + timedelta(days=1), monday + timedelta(days=2)
    local = "%Y-%m-%dT%H:%M"
    zone = {"time_zone": "Etc/GMT+5"}  # five hours behind, summer and winter
    hours = timedelta(hours=5)
    sale = {
        "start": (begins - hours).strftime(local),
        "end": (ends - hours).strftime(local),
        "min_size": 9,
        "max_size": 40,
    }
    stack.configure({**zone, "events": {"sale": sale}})
    stack.up()
    assert sizes(cloud, "prod") == {"v1": (4, 4, 12), "v2": (3, 3, 12)}

    cloud.clock.advance_to(begins - timedelta(minutes=1))
    assert sizes(cloud, "prod")["v1"] == (4, 4, 12)
    cloud.clock.advance_to(begins)
    assert sizes(cloud, "prod") == {"v1": (9, 9, 40), "v2": (3, 3, 12)}
    assert stack.planned(refresh=True) == {}  # what the clock does is no drift
    stack.configure({"cpu_percent": 45})
    stack.up()  # and an `up` amid the event ends nothing of it
    assert sizes(cloud, "prod") == {"v1": (9, 9, 40), "v2": (3, 3, 12)}
    cloud.clock.advance_to(ends)
    smallest, running, largest = sizes(cloud, "prod")["v1"]
    assert (smallest, largest) == (4, 12)
    assert running >= smallest  # from here scaling takes them back, at the load's own pace
    assert sizes(cloud, "prod")["v2"] == (3, 3, 12)


def rules(cloud: Cloud, tier: str) -> dict[str, dict[str, Any]]:
    balancing = cloud.client("elbv2")
    [balancer] = balancing.describe_load_balancers(Names=[f"{PROJECT}-{tier}"])["LoadBalancers"]
    listeners = balancing.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])
    [main] = [each for each in listeners["Listeners"] if each["Port"] == 80]
    found = balancing.describe_rules(ListenerArn=main["ListenerArn"])["Rules"]
    return {rule["Priority"]: rule for rule in found}


def test_maintenance_stands_before_all_and_leaves_no_trace(account: Account, cloud: Cloud) -> None:
    stack = account.stack("test")
    quiet = documents.document(PROJECT, "test", {1: 20, 2: 80})
    documents.write(cloud.client, quiet)
    stack.up()
    move_traffic(cloud, "test", {"v1": 60, "v2": 40})
    before = rules(cloud, "test")

    page = {"text": "Back at ten.", "token": TOKEN}
    documents.write(cloud.client, {**quiet, "maintenance": page})
    stack.up()

    now = rules(cloud, "test")
    assert now.keys() - before.keys() == {"1", "2"}
    [condition] = now["1"]["Conditions"]
    assert condition["HttpHeaderConfig"]["Values"] == [TOKEN]
    v2 = cloud.client("elbv2").describe_target_groups(Names=[f"{PROJECT}-test-v2"])
    assert target_of(now["1"]) == v2["TargetGroups"][0]["TargetGroupArn"]
    answer = now["2"]["Actions"][0]["FixedResponseConfig"]
    assert (answer["StatusCode"], answer["MessageBody"]) == ("503", "Back at ten.")
    assert weights(cloud, "test") == {"v1": 60, "v2": 40}
    assert stack.planned(refresh=True) == {}

    documents.write(cloud.client, quiet)
    stack.up()
    assert rules(cloud, "test") == before


def target_of(rule: dict[str, Any]) -> str:
    [action] = rule["Actions"]
    if "TargetGroupArn" in action:
        return str(action["TargetGroupArn"])
    [group] = action["ForwardConfig"]["TargetGroups"]
    return str(group["TargetGroupArn"])
