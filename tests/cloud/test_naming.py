"""Names that the program does not give."""

import re
from typing import Any

import pytest

from tests.cloud.lifecycle import check_resource
from tests.cloud.naming import DISABLE, ENFORCE

GROUP = "aws:lb/targetGroup:TargetGroup"
GOOD: dict[str, Any] = {"port": 8000, "protocol": "HTTP", "vpcId": "vpc-0123456789abcdef0"}
SEED = b"the engine's seed"


def named(token: str, name: str, /, **more: Any) -> dict[str, Any]:
    inputs, problems = check_resource(token, name, more.pop("olds", {}), more, SEED)
    assert problems == []
    return inputs


def problem(token: str, name: str, /, **more: Any) -> str:
    [found] = check_resource(token, name, {}, more, SEED)[1]
    return found.sentence


def test_an_automatic_name_has_seven_hex_digits() -> None:
    inputs = named(GROUP, "web", **GOOD)
    assert re.fullmatch(r"web-[0-9a-f]{7}", inputs["name"])
    assert "name" in inputs["__defaults"]


def test_preview_and_update_agree_on_the_name() -> None:
    assert named(GROUP, "web", **GOOD)["name"] == named(GROUP, "web", **GOOD)["name"]


def test_an_automatic_name_is_kept() -> None:
    olds = {**GOOD, "name": "web-0000000", "__defaults": ["name"]}
    assert named(GROUP, "web", olds=olds, **GOOD)["name"] == "web-0000000"


def test_a_name_given_before_is_not_kept_as_automatic() -> None:
    assert named(GROUP, "web", olds={**GOOD, "name": "mine"}, **GOOD)["name"] != "mine"


def test_a_given_name_is_taken_as_it_is() -> None:
    inputs = named(GROUP, "web", name="orders-prod-v12", **GOOD)
    assert inputs["name"] == "orders-prod-v12"
    assert "name" not in inputs["__defaults"]


def test_a_prefix_leaves_the_name_to_the_creation() -> None:
    assert "name" not in named(GROUP, "web", namePrefix="web-", **GOOD)


def test_the_boundary_of_an_automatic_name() -> None:
    assert len(named(GROUP, "x" * 24, **GOOD)["name"]) == 32
    assert "longer than 32 characters; shorten" in problem(GROUP, "x" * 25, **GOOD)


@pytest.mark.parametrize("name", ["a" * 33, "with_underscore", "-first", "last-", "internal-x"])
def test_names_that_aws_refuses_for_a_target_group(name: str) -> None:
    assert name in problem(GROUP, "web", name=name, **GOOD)


def test_a_prefix_has_its_own_limit() -> None:
    assert "at most 6" in problem(GROUP, "web", namePrefix="orders-", **GOOD)


@pytest.mark.parametrize(
    ("token", "key", "name", "inputs"),
    [
        ("aws:s3/bucket:Bucket", "bucket", "Artifacts", {}),
        ("aws:kms/alias:Alias", "name", "state", {"targetKeyId": "1"}),
    ],
)
def test_names_that_are_automatic_in_their_own_way(
    token: str, key: str, name: str, inputs: dict[str, Any]
) -> None:
    wanted = {"bucket": r"artifacts-[0-9a-f]{7}", "name": r"alias/state-[0-9a-f]{7}"}[key]
    assert re.fullmatch(wanted, named(token, name, **inputs)[key])


@pytest.mark.parametrize("name", ["ab", "Upper", "a..b", "x" * 64, "-a-", "xn--a"])
def test_names_that_aws_refuses_for_a_bucket(name: str) -> None:
    assert name in problem("aws:s3/bucket:Bucket", "b", bucket=name)


def test_the_stacks_autonaming_is_followed() -> None:
    inputs, _ = check_resource(GROUP, "web", {}, GOOD, SEED, ENFORCE, "chosen")
    assert inputs["name"] == "chosen"
    _, [refused] = check_resource(GROUP, "web", {}, GOOD, SEED, DISABLE)
    assert "autonaming is disabled" in refused.sentence
