"""Inputs are held against the type: names, kinds, what is required."""

from typing import Any

import pytest

from tests.cloud.check import check_inputs
from tests.cloud.lifecycle import check_resource
from tests.cloud.schema import resource_schema
from tests.cloud.values import UNKNOWN

GROUP = "aws:lb/targetGroup:TargetGroup"
GOOD: dict[str, Any] = {"port": 8000, "protocol": "HTTP", "vpcId": "vpc-0123456789abcdef0"}


def sentences(token: str, **inputs: Any) -> dict[str, str]:
    schema = resource_schema(token)
    assert schema is not None
    return {each.path: each.sentence for each in check_inputs(schema.inputs, inputs)}


def test_good_inputs_pass() -> None:
    assert sentences(GROUP, **GOOD, healthCheck={"path": "/readyz"}, tags={"a": "b"}) == {}


def test_an_unknown_input_names_its_neighbour() -> None:
    assert sentences(GROUP, prot=8000) == {"prot": 'there is no input "prot"; did you mean "port"?'}


def test_an_unknown_input_deep_down_is_found() -> None:
    found = sentences(
        "aws:ec2/launchTemplate:LaunchTemplate",
        blockDeviceMappings=[{"deviceName": "a"}, {"ebs": {"volume_size": 8}}],
    )
    path = "blockDeviceMappings[1].ebs.volume_size"
    assert found == {path: f'there is no input "{path}"; did you mean "volumeSize"?'}


def test_a_missing_input_is_found_at_every_depth() -> None:
    found = sentences(GROUP, stickiness={"enabled": True})
    assert found == {"stickiness.type": 'the input "stickiness.type" is required and missing'}


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("port", "8000", "a whole number"),
        ("port", 80.5, "a whole number"),
        ("port", True, "a whole number"),
        ("protocol", 1, "a string"),
        ("connectionTermination", "true", "a boolean"),
        ("healthCheck", "/", "an object"),
        ("healthCheck", [], "an object"),
        ("tags", ["a"], "a map"),
        ("tags", {"a": 1}, "a string"),
        ("targetFailovers", {}, "a list"),
    ],
)
def test_a_value_of_another_kind_is_refused(key: str, value: Any, wanted: str) -> None:
    [sentence] = sentences(GROUP, **{key: value}).values()
    assert sentence.endswith(f"it must be {wanted}")


def test_all_problems_are_told_at_once() -> None:
    assert set(sentences(GROUP, prot=1, port="x", healthCheck={"pat": "/"})) == {
        "prot",
        "port",
        "healthCheck.pat",
    }


def test_what_is_not_known_yet_is_not_judged() -> None:
    assert sentences(GROUP, port=UNKNOWN, healthCheck=UNKNOWN, tags={"a": UNKNOWN}) == {}


def test_defaults_become_inputs_as_on_the_real_provider() -> None:
    inputs, problems = check_resource(GROUP, "web", {}, {**GOOD, "healthCheck": {"path": "/"}})
    assert problems == []
    assert inputs["deregistrationDelay"] == 300
    assert inputs["healthCheck"]["interval"] == 30
    assert "deregistrationDelay" in inputs["__defaults"]
    assert "healthCheck" not in check_resource(GROUP, "web", {}, GOOD)[0]
