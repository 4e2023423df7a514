"""What differs, what that replaces, and what does not count."""

from typing import Any

import pytest

from tests.cloud.lifecycle import Verdict, diff_resource
from tests.cloud.values import UNKNOWN

GROUP = "aws:lb/targetGroup:TargetGroup"
RULE = "aws:lb/listenerRule:ListenerRule"
OLD: dict[str, Any] = {
    "name": "web",
    "port": 8000,
    "protocol": "HTTP",
    "vpcId": "vpc-1",
    "deregistrationDelay": 60,
    "healthCheck": {"path": "/", "interval": 10},
    "tags": {"a": "1", "b.c": "2"},
}


def verdict(token: str = GROUP, old: dict[str, Any] = OLD, **changed: Any) -> Verdict:
    new = {key: value for key, value in {**old, **changed}.items() if value is not ...}
    return diff_resource(token, old, new)


def paths(found: Verdict) -> dict[str, str]:
    return {each.path: each.kind.value for each in found.differences}


def test_the_same_inputs_do_not_differ() -> None:
    assert paths(verdict()) == {}


def test_a_difference_is_told_by_its_path() -> None:
    found = verdict(
        healthCheck={"path": "/readyz", "interval": 10, "timeout": 5},
        tags={"a": "1", "d": "3"},
    )
    assert paths(found) == {
        "healthCheck.path": "UPDATE",
        "healthCheck.timeout": "ADD",
        'tags["b.c"]': "DELETE",
        "tags.d": "ADD",
    }
    assert not found.replaces


def test_a_replacing_property_says_so() -> None:
    found = verdict(port=9000, deregistrationDelay=30)
    assert paths(found) == {"port": "UPDATE", "deregistrationDelay": "UPDATE"}
    assert found.replaces == {"port"}


def test_a_fixed_name_is_freed_before_it_is_taken_again() -> None:
    assert verdict(port=9000).delete_first
    assert not verdict(port=9000, name="other").delete_first
    automatic = {**OLD, "__defaults": ["name"]}
    assert not diff_resource(GROUP, automatic, {**automatic, "port": 9000}).delete_first
    assert not verdict(deregistrationDelay=30).delete_first


def test_what_aws_chooses_may_be_left_out_again() -> None:
    assert paths(verdict(healthCheck=...)) == {}
    assert paths(verdict(deregistrationDelay=...)) == {"deregistrationDelay": "DELETE"}


def test_a_value_not_known_yet_differs() -> None:
    assert paths(verdict(vpcId=UNKNOWN)) == {"vpcId": "UPDATE"}
    assert verdict(vpcId=UNKNOWN).replaces == {"vpcId"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"subnets": ["a", "b"]}, {"subnets": ["b", "a"]}),
        ({"accessLogs": {"bucket": "b", "prefix": ""}}, {"accessLogs": {"bucket": "b"}}),
        ({"tags": {}}, {}),
    ],
)
def test_spellings_of_the_same_do_not_differ(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert diff_resource("aws:lb/loadBalancer:LoadBalancer", old, new).differences == []


def test_policies_are_compared_by_meaning() -> None:
    role = "aws:iam/role:Role"
    one = {"assumeRolePolicy": '{"Statement": [{"Action": "a", "Effect": "Allow"}]}'}
    same = {"assumeRolePolicy": '{"Statement":{"Effect":"Allow","Action":["a"]}}'}
    other = {"assumeRolePolicy": '{"Statement":{"Effect":"Deny","Action":["a"]}}'}
    assert diff_resource(role, one, same).differences == []
    assert len(diff_resource(role, one, other).differences) == 1


@pytest.mark.parametrize(
    ("ignored", "left"),
    [
        (["*"], set()),
        (["actions"], {"priority"}),
        (["actions[0].forward.targetGroups[*].weight"], {"priority"}),
        (["actions[1]"], {"priority", "actions[0].forward.targetGroups[0].weight"}),
        ([], {"priority", "actions[0].forward.targetGroups[0].weight"}),
    ],
)
def test_what_the_program_ignores_is_left_out(ignored: list[str], left: set[str]) -> None:
    def inputs(priority: int, weight: int) -> dict[str, Any]:
        groups = [{"arn": "t", "weight": weight}]
        action = {"type": "forward", "forward": {"targetGroups": groups}}
        return {"listenerArn": "l", "priority": priority, "actions": [action]}

    found = diff_resource(RULE, inputs(1, 10), inputs(2, 20), ignored)
    assert {each.path for each in found.differences} == left


def test_outputs_that_stay_are_named() -> None:
    template = "aws:ec2/launchTemplate:LaunchTemplate"
    old = {"name": "t", "imageId": "ami-1"}
    assert "latestVersion" in diff_resource(template, old, old).stables
    changed = diff_resource(template, old, {**old, "imageId": "ami-2"})
    assert "arn" in changed.stables
    assert "latestVersion" not in changed.stables
