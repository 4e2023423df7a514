import pytest
from conftest import Deploy

from stack.traffic import Traffic, TrafficArgs


def rule(deploy: Deploy, weights: dict[str, int]) -> dict:
    arns = {name: f"arn:{name}" for name in ("v1", "v2", "v3")}
    args = TrafficArgs(
        listener_arn="arn:listener", weights=weights, target_group_arns=arns, tags={}
    )
    return deploy(lambda: Traffic("traffic", args))["traffic-rule"].inputs


@pytest.mark.parametrize("weights", [{"v1": 100}, {"v1": 90, "v2": 10}, {"v1": 0, "v3": 100}])
def test_each_release_gets_its_weight(deploy: Deploy, weights: dict[str, int]) -> None:
    [action] = rule(deploy, weights)["actions"]

    groups = action["forward"]["targetGroups"]
    assert {each["arn"].removeprefix("arn:"): each["weight"] for each in groups} == weights


def test_it_takes_what_no_other_rule_took(deploy: Deploy) -> None:
    inputs = rule(deploy, {"v1": 100})

    assert inputs["priority"] == 50000
    assert inputs["conditions"] == [{"pathPattern": {"values": ["/*"]}}]
