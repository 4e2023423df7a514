from typing import Any

import pytest
from conftest import Deploy
from recorder import Made
from samples import contract, document, names, settings

from stack.program import declare
from stack.waf import BAD_INPUTS, COMMON, RATE, REPUTATION, RULES, metric_of


def tier(deploy: Deploy, name: str = "prod", **changes: str) -> dict[str, Made]:
    given = settings(name, **changes)
    return deploy(lambda: declare(names(name), given, contract(name), document(name)))


@pytest.fixture(scope="module")
def made(deploy: Deploy) -> dict[str, Made]:
    return tier(deploy, rate_limit="1234")


def rules(made: dict[str, Made]) -> dict[str, dict[str, Any]]:
    return {rule["name"]: rule for rule in made["web-acl"].inputs["rules"]}


@pytest.mark.parametrize(("name", "on"), [("dev", False), ("stage", True), ("prod", True)])
def test_it_stands_before_the_balancer_where_the_setting_says_so(
    deploy: Deploy, name: str, *, on: bool
) -> None:
    assert ("web-acl" in tier(deploy, name)) == on
    assert ("web-acl" in tier(deploy, name, waf=str(not on).lower())) != on


def test_it_stands_before_this_balancer_and_is_told_to_go_before_its_rules(
    made: dict[str, Made],
) -> None:
    association = made["web-acl-association"]

    assert association.inputs["resourceArn"] == "arn:load-balancer"
    assert association.needs >= {"web-acl", "load-balancer"}


def test_the_setting_can_take_it_away_in_a_protected_tier(made: dict[str, Made]) -> None:
    assert not made["web-acl"].protect
    assert not made["web-acl-association"].protect


def test_what_no_rule_blocks_goes_through(made: dict[str, Made]) -> None:
    inputs = made["web-acl"].inputs

    assert inputs["scope"] == "REGIONAL"
    assert inputs["defaultAction"] == {"allow": {}}


def test_rules_have_an_order_and_a_metric_each(made: dict[str, Made]) -> None:
    found = rules(made)

    assert {name: rule["priority"] for name, rule in found.items()} == {
        REPUTATION: 0,
        RATE: 1,
        BAD_INPUTS: 2,
        COMMON: 3,
    }
    for name in RULES:
        seen = found[name]["visibilityConfig"]
        assert seen["metricName"] == metric_of("orders-prod", name)
        assert seen["cloudwatchMetricsEnabled"] is True


def test_a_client_that_asks_too_much_is_blocked(made: dict[str, Made]) -> None:
    rule = rules(made)[RATE]

    assert rule["action"] == {"block": {}}
    assert rule["statement"]["rateBasedStatement"] == {
        "limit": 1234,
        "evaluationWindowSec": 300,
        "aggregateKeyType": "IP",
    }


def test_only_the_size_of_bodies_is_left_to_the_service(made: dict[str, Made]) -> None:
    found = rules(made)
    groups = {
        name: found[name]["statement"]["managedRuleGroupStatement"]
        for name in (REPUTATION, BAD_INPUTS, COMMON)
    }

    assert all(found[name]["overrideAction"] == {"none": {}} for name in groups)
    assert [name for name, group in groups.items() if "ruleActionOverrides" in group] == [COMMON]
    assert groups[COMMON]["ruleActionOverrides"] == [
        {"name": "SizeRestrictions_BODY", "actionToUse": {"count": {}}}
    ]
