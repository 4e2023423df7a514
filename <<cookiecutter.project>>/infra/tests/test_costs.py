import json
from typing import Any

import pytest
from conftest import Deploy
from sample_prices import sample
from samples import contract, document, names, settings

from stack.costs import (
    HOURS,
    MONITORED,
    PARTS,
    SCALING_ALARMS,
    alarm_metrics,
    awake,
    bill,
    of_platform,
    per_million,
    spot_of,
    total,
)
from stack.fields import architecture_of
from stack.prices import Prices, read_prices
from stack.program import declare
from stack.refusal import Refused
from stack.tiers import COLUMNS, defaults
from stack.waf import RULES


@pytest.fixture(scope="module")
def prices() -> Prices:
    return sample()


def least(tier: str, prices: Prices, **changes: str) -> dict[str, float]:
    return {each.part: each.least for each in bill(tier, settings(tier, **changes), prices)}


def most(tier: str, prices: Prices, **changes: str) -> dict[str, float]:
    return {each.part: each.most for each in bill(tier, settings(tier, **changes), prices)}


@pytest.mark.parametrize("tier", COLUMNS)
def test_what_is_counted_is_what_is_made(deploy: Deploy, tier: str) -> None:
    made = deploy(lambda: declare(names(tier), settings(tier), contract(tier), document(tier)))
    types: dict[str, list[dict[str, Any]]] = {}
    for each in made.values():
        if each.custom:
            types.setdefault(each.type.rpartition(":")[2], []).append(each.inputs)

    alone: list[dict[str, Any]] = [{"metric": {}}]
    read = [
        query
        for alarm in types["MetricAlarm"]
        for query in alarm.get("metricQueries", alone)
        if "metric" in query
    ]
    assert len(read) + SCALING_ALARMS == alarm_metrics(settings(tier))
    assert 2 * len(types["Policy"]) == SCALING_ALARMS
    assert [len(each["rules"]) for each in types.get("WebAcl", [])] == (
        [len(RULES)] if settings(tier).waf else []
    )
    assert [len(types[each]) for each in ("LoadBalancer", "Dashboard", "Group")] == [1, 1, 1]
    [template] = types["LaunchTemplate"]
    assert template["monitoring"] == {"enabled": True}
    assert [each["ebs"]["volumeType"] for each in template["blockDeviceMappings"]] == ["gp3"]


def test_a_bill_by_hand(prices: Prices) -> None:
    """With prices and sizes as a person would add them up."""
    costs = least("stage", prices)

    assert costs == pytest.approx(
        {
            "instances": 2 * 0.1 * 730,
            "disks": 2 * 16 * 0.1,
            "monitoring by the minute": 2 * 7 * 0.4,
            "load balancer": 0.02 * 730,
            "addresses of the balancer": 2 * 0.01 * 730,
            "web firewall": 6 + 4 * 2,
            "alarms": (4 + 3 + 2 + 4) * 0.2,
            "published metrics": 0.4,
            "dashboard": 4,
        }
    )
    assert total(bill("stage", settings("stage"), prices)).least == pytest.approx(205)


@pytest.mark.parametrize(
    ("size", "base", "percent", "spot"),
    [
        (1, 0, 100, 1),
        (2, 1, 50, 0),  # half an instance becomes an On-Demand one
        (4, 1, 50, 1),
        (3, 3, 50, 0),
        (12, 3, 50, 4),
        (2, 5, 100, 0),  # fewer than the base
        (10, 0, 0, 0),
    ],
)
def test_spot_is_what_is_left_over_the_base(size: int, base: int, percent: int, spot: int) -> None:
    given = settings("prod", on_demand_base=str(base), spot_percent=str(percent))

    assert spot_of(size, given) == spot


def test_on_demand_is_of_the_first_type_and_spot_of_any(prices: Prices) -> None:
    types = '["t4g.medium", "t4g.small"]'
    demanded = least("test", prices, instance_types=types, spot_percent="0")
    spot = least("test", prices, instance_types=types, spot_percent="100")

    assert demanded["instances"] == pytest.approx(HOURS * 0.04)
    assert spot["instances"] == pytest.approx(HOURS * 0.03 * 0.5)


@pytest.mark.parametrize(
    ("night", "hours_a_week"),
    [("", 7 * 24), ("20:00-06:00", 5 * 14), ("01:00-06:00", 5 * 19), ("18:30-07:15", 5 * 11.25)],
)
def test_a_week_with_nights(night: str, hours_a_week: float) -> None:
    assert awake(night) == pytest.approx(hours_a_week / (7 * 24))


def test_the_night_spares_what_instances_cost_and_nothing_else(prices: Prices) -> None:
    by_day, always = least("dev", prices), least("dev", prices, night="")
    share = awake("20:00-06:00")

    for part in PARTS:
        if part in (
            "instances",
            "disks",
            "monitoring by the minute",
            "addresses of instances",
            "published metrics",
        ):
            assert by_day[part] == pytest.approx(always[part] * share), part
        elif part in by_day:
            assert by_day[part] == always[part], part


def test_a_bill_goes_from_least_to_most_instances(prices: Prices) -> None:
    costs = bill("prod", settings("prod", min_size="3", max_size="12"), prices)
    grown = {each.part for each in costs if each.most > each.least}

    assert grown == {"instances", "disks", "monitoring by the minute"}
    assert most("prod", prices)["monitoring by the minute"] == pytest.approx(12 * MONITORED * 0.4)
    assert total(costs).most == pytest.approx(sum(each.most for each in costs))


def test_without_the_web_firewall_it_costs_nothing(prices: Prices) -> None:
    on, off = settings("prod", waf="true"), settings("prod", waf="false")

    assert "web firewall" in [each.part for each in bill("prod", on, prices)]
    assert "web firewall" not in [each.part for each in bill("prod", off, prices)]
    assert per_million(on, prices) - per_million(off, prices) == pytest.approx(0.5)


def test_instances_have_addresses_where_there_is_no_nat(prices: Prices) -> None:
    assert "addresses of instances" in least("dev", prices)
    assert "addresses of instances" not in least("prod", prices)
    assert of_platform("dev", prices) == 0
    assert of_platform("prod", prices) == pytest.approx((0.05 + 0.01) * 730)


def test_each_zone_of_the_balancer_has_an_address(prices: Prices) -> None:
    assert least("prod", prices)["addresses of the balancer"] == pytest.approx(3 * 7.30)


def test_a_million_requests_by_hand(prices: Prices) -> None:
    """Units for new connections, 5 GB out, 1.5 GB of logs, of which 0.3 are kept for 14 days."""
    expected = 1e6 / 90_000 * 0.009 + 5 * 0.08 + 1.5 * 0.6 + 0.3 * 14 / (365 / 12) * 0.03

    assert per_million(settings("test"), prices) == pytest.approx(expected)


def test_logs_that_are_kept_longer_cost_more(prices: Prices) -> None:
    week, years = settings("dev", log_retention_days="7"), settings("dev", log_retention_days="731")

    assert per_million(years, prices) > per_million(week, prices)


@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
@pytest.mark.parametrize("tier", COLUMNS)
def test_every_type_of_the_defaults_has_a_price_in_the_file(tier: str, architecture: str) -> None:
    types = defaults(tier, architecture)["instance_types"]

    assert {architecture_of(each) for each in types} == {architecture}
    assert set(types) <= read_prices().instances.per_hour.keys()


def test_types_without_a_price_are_refused_all_at_once(prices: Prices) -> None:
    given = settings("test", instance_types=json.dumps(["t4g.small", "c7g.large", "c6g.large"]))

    with pytest.raises(Refused) as refused:
        bill("test", given, prices)

    assert refused.value.problems == (
        "infra/prices.toml: it has no price of c7g.large, which test uses.",
        "infra/prices.toml: it has no price of c6g.large, which test uses.",
    )
    assert "Add it under [instances.per_hour], per hour in dollars" in str(refused.value)
