"""What the balancer's rules say, in the forms in which AWS gives them."""

from typing import Any

import pytest
from samples import names

from delivery.live import forwarding

ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup"
V1, V2, OTHER = f"{ARN}/orders-dev-v1/aa", f"{ARN}/orders-dev-v2/bb", f"{ARN}/other/cc"


def rule(priority: str = "50000", **action: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"Priority": priority, "Conditions": [], "Actions": [{"Type": "forward", **action}]}


def weighted(**weights: int) -> dict[str, Any]:
    arns = {"v1": V1, "v2": V2, "other": OTHER}
    groups = [{"TargetGroupArn": arns[name], "Weight": each} for name, each in weights.items()]
    return rule(ForwardConfig={"TargetGroups": groups})


def asking(header: str, *values: str, priority: str) -> dict[str, Any]:
    config = {"HttpHeaderName": header, "Values": list(values)}
    return {
        **rule(priority, TargetGroupArn=V1),
        "Conditions": [{"Field": "http-header", "HttpHeaderConfig": config}],
    }


def test_a_single_target_group_has_all_the_traffic_however_it_is_written() -> None:
    for written in (
        rule(TargetGroupArn=V1),
        rule(
            TargetGroupArn=V1,
            ForwardConfig={"TargetGroups": [{"TargetGroupArn": V1, "Weight": 1}]},
        ),
        rule(ForwardConfig={"TargetGroups": [{"TargetGroupArn": V1}]}),
    ):
        assert forwarding.shares(written, names()) == {"v1": 100}


@pytest.mark.parametrize(
    ("weights", "shares"),
    [
        ({"v1": 95, "v2": 5}, {"v1": 95, "v2": 5}),
        ({"v1": 0, "v2": 100}, {"v2": 100}),
        ({"v1": 1, "v2": 1}, {"v1": 50, "v2": 50}),
        ({"v1": 999, "v2": 1}, {"v1": 100, "v2": 1}),  # a trickle is not nothing
        ({"v1": 50, "other": 50}, {"v1": 50, "other": 50}),
        ({"v1": 0, "v2": 0}, {}),
    ],
)
def test_weights_are_per_cents_and_those_above_none(
    weights: dict[str, int], shares: dict[str, int]
) -> None:
    assert forwarding.shares(weighted(**weights), names()) == shares


def test_a_fixed_answer_shares_nothing() -> None:
    closed = rule(FixedResponseConfig={"StatusCode": "503"})

    assert forwarding.shares(closed, names()) == {}
    assert forwarding.sticky_seconds(closed) == 0


@pytest.mark.parametrize("sticky", [0, 1, 604800])
def test_what_is_written_is_read_again(sticky: int) -> None:
    written = rule() | {"Actions": forwarding.forward({V1: 70, V2: 30}, sticky)}

    assert forwarding.shares(written, names()) == {"v1": 70, "v2": 30}
    assert forwarding.sticky_seconds(written) == sticky


def test_stickiness_that_is_off_lasts_no_time() -> None:
    config = {"TargetGroupStickinessConfig": {"Enabled": False, "DurationSeconds": 3600}}

    assert forwarding.sticky_seconds(rule(ForwardConfig=config)) == 0


def test_a_release_rule_has_the_priority_and_the_header() -> None:
    right = asking("x-release", "a" * 32, priority="102")

    assert forwarding.release_rule([rule(), right], "v2") == right
    assert forwarding.release_rule([right], "v1") is None
    assert forwarding.release_rule([asking("X-Other", "a", priority="102")], "v2") is None


def test_the_page_and_the_token_are_found_while_maintenance_is_on() -> None:
    page = rule("2", FixedResponseConfig={"StatusCode": "503", "MessageBody": "Back at ten."})
    rules = [page, asking("X-Maintenance-Token", "b" * 32, priority="1")]

    assert forwarding.maintenance_page(rules) == "Back at ten."
    assert forwarding.maintenance_token(rules) == "b" * 32
    assert forwarding.maintenance_page([rule()]) is None
    assert forwarding.maintenance_token([rule()]) is None
