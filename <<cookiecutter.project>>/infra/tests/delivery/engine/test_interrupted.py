"""What was left half done: what a rollout knows to go on with, and what is for a person."""

import json
from typing import Any

import pytest

from delivery.driving.endings import NeedsPerson
from delivery.engine.interrupted import Unfinished, check_finished, understood
from delivery.engine.state import State, parse_state

GROUP = "slipway:fleet:Fleet$aws:autoscaling/group:Group::v2-group"
SCHEDULE = "slipway:schedules:Schedules$aws:autoscaling/schedule:Schedule::v3-sale-starts"
POLICY = "slipway:scaling:Scaling$aws:autoscaling/policy:Policy::v2-cpu"
ALARM = "slipway:alarms:Alarms$aws:cloudwatch/metricAlarm:MetricAlarm::v2-errors"
RIGHTS = "slipway:role:Role$aws:iam/rolePolicy:RolePolicy::instance-rights"
TRAFFIC = "slipway:traffic:Traffic$aws:lb/listenerRule:ListenerRule::traffic-rule"
QUEUE = "aws:sqs/queue:Queue::mail"
LISTENER = "slipway:balancer:Balancer$aws:lb/listener:Listener::listener"


def state(*pending: tuple[str, str], resources: tuple[dict[str, Any], ...] = ()) -> State:
    operations = [
        {"type": what, "resource": {"urn": f"urn:pulumi:prod::orders::{where}"}}
        for where, what in pending
    ]
    deployment = {"resources": [*resources], "pending_operations": operations}
    return parse_state(json.dumps({"version": 3, "deployment": deployment}))


def test_nothing_pending_is_nothing_interrupted() -> None:
    assert not understood(state(), "prod")
    assert not understood(parse_state('{"version": 3, "deployment": {}}'), "prod")
    check_finished(state(), "prod")


def test_creates_of_the_fleet_that_comes_are_told_apart() -> None:
    found = understood(state((GROUP, "creating"), (RIGHTS, "updating")), "prod", adds=["v2"])

    assert [each.urn.name for each in found.creates] == ["v2-group"]
    assert [each.urn.name for each in found.others] == ["instance-rights"]
    assert len(found.all) == 2


@pytest.mark.parametrize(
    ("where", "what"),
    [
        (GROUP, "deleting"),
        (GROUP, "updating"),
        (SCHEDULE, "creating"),
        (SCHEDULE, "deleting"),
        (RIGHTS, "updating"),
        (TRAFFIC, "creating"),
        (TRAFFIC, "deleting"),
    ],
)
def test_what_the_next_run_does_again_is_understood(where: str, what: str) -> None:
    found = understood(state((where, what)), "prod", removes=["v2"])

    assert not found.creates
    assert len(found.others) == 1


@pytest.mark.parametrize("where", [SCHEDULE, POLICY, ALARM])
@pytest.mark.parametrize("adds", ["v3", "v2", "v4"])
def test_what_is_put_by_its_name_is_put_again(where: str, adds: str) -> None:
    """A fleet that comes gets it, one that has come at the close, one that stays at an abort."""
    found = understood(state((where, "creating")), "prod", adds=[adds])

    assert not found.creates
    assert len(found.others) == 1


@pytest.mark.parametrize(
    ("where", "what"),
    [
        (GROUP, "creating"),
        (QUEUE, "creating"),
        (QUEUE, "deleting"),
        (LISTENER, "updating"),
        (RIGHTS, "reading"),
    ],
)
def test_the_rest_is_for_a_person(where: str, what: str) -> None:
    name = where.rpartition("::")[2]

    with pytest.raises(NeedsPerson) as refused:
        understood(state((where, what), (SCHEDULE, "deleting")), "prod", adds=["v3"])

    [line] = str(refused.value).splitlines()
    assert line.startswith(f"{name} (aws:")
    assert f"was left {what}: urn:pulumi:" in line
    assert where in line
    assert "`pulumi refresh --stack prod`" in line


def test_no_run_begins_while_a_create_is_open() -> None:
    with pytest.raises(Unfinished, match=r"v2-group .* was left creating"):
        check_finished(state((GROUP, "creating"), (RIGHTS, "updating")), "prod")
    check_finished(state((GROUP, "deleting")), "prod")


def test_the_state_says_what_is_protected_and_what_had_traffic() -> None:
    def kept(where: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
        kind = where.rpartition("::")[0].rpartition("$")[2]
        return {"urn": f"urn:pulumi:prod::orders::{where}", "type": kind, **more}

    root = kept("pulumi:pulumi:Stack::orders-prod", outputs={"releases": {"v2": 100}})
    found = state(
        resources=(
            root,
            kept(GROUP, protect=True),
            kept(GROUP.replace("v2", "v20"), protect=True),
            kept(SCHEDULE, protect=False),
            kept(TRAFFIC, protect=True),
        )
    )

    assert [each.rpartition("::")[2] for each in found.protected(release="v2")] == ["v2-group"]
    assert found.protected(release="v3") == []
    [traffic] = found.protected(components=["slipway:traffic:Traffic"])
    assert traffic.endswith("::traffic-rule")
    assert found.root
    assert found.root.name == "orders-prod"
    assert found.made
    assert found.has_traffic("v2")
    assert not found.has_traffic("v1")
    assert not state(resources=(root,)).made
