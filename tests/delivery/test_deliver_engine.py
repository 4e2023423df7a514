"""The engine as `deliver` runs it, on the simulated cloud: what it may touch, what it refuses."""

import json
import os

import pytest

from tests.cloud import Cloud
from tests.delivery.conftest import PROJECT
from tests.delivery.engines import Make, error_of, git, lines
from tests.delivery.living import machines, move_traffic

pytestmark = pytest.mark.engine


def test_a_release_comes_and_goes_in_prod_and_nothing_is_written_into_the_project(
    tier_of: Make, cloud: Cloud
) -> None:
    tier = tier_of("prod")
    tier.pulumi("stack", "unselect")
    first = tier.write({1: 100})
    tier.engine.check()
    tier.engine.up(first, adds=["v1"])
    both = tier.write({1: 100, 2: 0})
    shown = {each.name: each.op for each in tier.engine.changes(both)}

    assert {name for name, op in shown.items() if op == "create"} >= {
        "v2-targets", "v2-rule", "v2-template", "v2-group", "v2-cpu",
    }  # fmt: skip
    assert {name for name in shown if not name.startswith("v2-")} == {"tier-dashboard"}
    tier.engine.up(both, adds=["v2"])

    move_traffic(cloud, "prod", {"v2": 100})
    last = tier.write({2: 100})
    engine = tier.engine
    engine.unprotect("v1")
    engine.unprotect("v1")
    engine.unprotect("v77")
    engine.up(last, removes=["v1"])
    assert set(machines(cloud, "prod")) == {f"{PROJECT}-prod-v2"}
    assert engine.changes(last) == []
    assert git(tier.project, "status", "--porcelain") == ""
    [stack] = json.loads(tier.pulumi("stack", "ls", "--json"))
    assert not stack["current"], "which stack is selected is the person's choice"


def test_the_first_release_is_undone_with_its_traffic_rule(tier_of: Make, cloud: Cloud) -> None:
    tier = tier_of("stage")
    tier.engine.up(tier.write({1: 100}), adds=["v1"])

    engine, empty = tier.engine, tier.write({})
    engine.unprotect("v1")
    engine.unprotect_traffic()
    engine.up(empty, removes=["v1"])

    assert machines(cloud, "stage") == {}
    assert engine.changes(empty) == []


def test_a_change_that_is_not_the_rollouts_goes_first(tier_of: Make) -> None:
    tier = tier_of("dev")
    tier.engine.up(tier.write({1: 100}), adds=["v1"])
    tier.settings(cpu_percent=33, log_retention_days=30)
    both = tier.write({1: 100, 2: 0})
    tier.cloud.calls.clear()

    with pytest.raises(error_of("ForeignChange", "delivery.engine.changes")) as refused:
        tier.engine.up(both, adds=["v2"])

    assert lines(refused) == [
        "log-group (aws:cloudwatch/logGroup:LogGroup) would be changed because of retentionInDays.",
        "v1-cpu (aws:autoscaling/policy:Policy) would be changed because of "
        "targetTrackingConfiguration.",
        "It does not belong to the rollout: look at it, and bring it about first, with "
        "`pulumi up --stack dev`.",
    ]
    assert tier.mutating() == []

    tier.write({1: 100})
    tier.by_hand()
    tier.engine.up(tier.write({1: 100, 2: 0}), adds=["v2"])


def test_a_fleet_that_nobody_decided_to_remove_stays(tier_of: Make) -> None:
    tier = tier_of("dev")
    tier.engine.up(tier.write({1: 50, 2: 50}), adds=["v1", "v2"])
    one = tier.write({2: 100})
    tier.cloud.calls.clear()

    with pytest.raises(
        error_of("ForeignChange", "delivery.engine.changes"), match=r"v1-group .* deleted"
    ):
        tier.engine.up(one)

    assert tier.mutating() == []


def test_what_a_guardrail_refuses_is_told_once_and_makes_nothing(tier_of: Make) -> None:
    tier = tier_of("dev")
    (tier.infra / "__main__.py").write_text(
        "import pulumi_aws as aws\n"
        "from stack.program import main\n"
        "def program():\n"
        "    main(own=lambda tier: aws.sqs.Queue('added', tags={'team': 'x'}))\n"
    )
    document = tier.write({1: 100})
    tier.cloud.calls.clear()

    with pytest.raises(error_of("Refused", "stack.refusal")) as refused:
        tier.engine.up(document, adds=["v1"])

    assert any(each.startswith("added: ") and "(guardrail" in each for each in lines(refused))
    assert len(set(lines(refused))) == len(lines(refused))
    assert not [each for each in lines(refused) if "error" in each or "Traceback" in each]
    assert tier.mutating() == []


def test_a_document_that_was_written_meanwhile_is_refused(tier_of: Make) -> None:
    tier = tier_of("dev")
    decided = tier.write({1: 100})
    lease = {"owner": "a@b", "nonce": "0" * 32} | dict.fromkeys(
        ("since", "heartbeat", "expires"), "2026-11-21T08:00:00Z"
    )
    tier.write({1: 100}, lease=lease)
    assert tier.engine.changes(decided), "a heartbeat is no other document"
    tier.write({1: 100}, maintenance={"text": "Back soon.", "token": "0" * 32})
    tier.cloud.calls.clear()

    with pytest.raises(error_of("Refused", "stack.refusal")) as refused:
        tier.engine.up(decided, adds=["v1"])

    [line] = lines(refused)
    assert "somebody has written it since `deliver` read it" in line
    assert tier.mutating() == []
    assert "DELIVER_DOCUMENT" not in os.environ


def test_the_ways_it_cannot_begin_are_one_line_each(
    tier_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    tier = tier_of("dev")
    tier.tier = "test"
    with pytest.raises(error_of("Refused", "stack.refusal")) as refused:
        tier.engine.check()
    assert lines(refused) == [
        "There is no stack test, where Pulumi keeps what it has made. Make it: "
        "`pulumi stack init test`, then `pulumi up`."
    ]
    tier.pulumi("stack", "init", "test")
    with pytest.raises(error_of("Refused", "stack.refusal"), match="nothing in it yet"):
        tier.engine.check()

    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(error_of("Refused", "stack.refusal"), match="no `pulumi` on the PATH"):
        tier.engine.check()


def test_a_failure_names_the_resource(tier_of: Make) -> None:
    tier = tier_of("dev")
    document = tier.write({1: 100})

    with (
        tier.cloud.faults.fail("autoscaling", "CreateAutoScalingGroup", code="AccessDenied"),
        pytest.raises(error_of("Failed", "delivery.engine.engine")) as refused,
    ):
        tier.engine.up(document, adds=["v1"])

    assert len(lines(refused)) == 1, lines(refused)
    assert "dev cannot be brought up: v1-group: " in lines(refused)[0]
    tier.engine.up(document, adds=["v1"])
