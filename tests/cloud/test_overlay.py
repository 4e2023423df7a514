"""What AWS says, laid over what the state says."""

from typing import Any

from tests.cloud.overlay import imported, overlay
from tests.cloud.schema import resource_schema


def laid(token: str, inputs: dict[str, Any], live: dict[str, Any]) -> dict[str, Any]:
    schema = resource_schema(token)
    assert schema is not None
    return overlay(schema.inputs, inputs, live)


GROUP = "aws:lb/targetGroup:TargetGroup"
RULE = "aws:lb/listenerRule:ListenerRule"


def test_defaults_that_the_program_did_not_name_are_no_drift() -> None:
    inputs = {"port": 80, "healthCheck": {"path": "/"}}
    live = {"port": 80, "slowStart": 0, "healthCheck": {"path": "/", "interval": 30}}
    assert laid(GROUP, inputs, live) == inputs


def test_a_changed_value_is_drift_at_every_depth() -> None:
    inputs = {"healthCheck": {"path": "/", "interval": 10}}
    live = {"healthCheck": {"path": "/", "interval": 20, "timeout": 5}}
    assert laid(GROUP, inputs, live) == {"healthCheck": {"path": "/", "interval": 20}}


def test_what_aws_does_not_answer_stays_and_what_it_lacks_goes() -> None:
    assert laid(GROUP, {"port": 80, "slowStart": 30}, {"port": None}) == {"slowStart": 30}


def test_tags_that_somebody_added_are_drift() -> None:
    assert laid(GROUP, {}, {"tags": {"by": "hand"}}) == {"tags": {"by": "hand"}}
    assert laid(GROUP, {"tags": {"a": "1"}}, {"tags": {}}) == {"tags": {}}


def test_order_and_spelling_are_kept() -> None:
    inputs = {"subnets": ["b", "a"], "internal": False}
    live = {"subnets": ["a", "b"], "internal": False}
    assert laid("aws:lb/loadBalancer:LoadBalancer", inputs, live) == inputs
    policy = {"policy": '{ "Statement": [] }'}
    assert laid("aws:iam/policy:Policy", policy, {"policy": '{"Statement":[]}'}) == policy


def test_members_of_a_list_are_paired_by_what_they_agree_in() -> None:
    def actions(**weights: int) -> dict[str, Any]:
        groups = [{"arn": arn, "weight": weight} for arn, weight in weights.items()]
        return {"actions": [{"type": "forward", "forward": {"targetGroups": groups}}]}

    live = actions(b=10, a=90)
    live["actions"][0]["order"] = 1
    assert laid(RULE, actions(a=90, b=10), live) == actions(a=90, b=10)
    moved = laid(RULE, actions(a=90, b=10), actions(b=50, a=50))
    assert {each["weight"] for each in moved["actions"][0]["forward"]["targetGroups"]} == {50}


def test_an_import_takes_what_there_is() -> None:
    schema = resource_schema(GROUP)
    assert schema is not None
    live = {"port": 80, "arn": "x", "tags": {}, "name": "web"}
    assert imported(schema.inputs, live) == {"port": 80, "name": "web"}
