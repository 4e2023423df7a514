"""`deliver drift` on the simulated cloud: a tier at rest, under load, and touched by hand."""

import json
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from click.testing import CliRunner

from tests.cloud import Cloud
from tests.delivery import documents
from tests.delivery.conftest import PROJECT, Account
from tests.delivery.living import move_traffic
from tests.delivery.standing import TIER, Standing

pytestmark = pytest.mark.engine
V1, V2 = f"{PROJECT}-{TIER}-v1", f"{PROJECT}-{TIER}-v2"


@pytest.fixture(scope="module")
def brought_up(cloud: Cloud, account_of_module: Account) -> Iterator[Standing]:
    yield Standing(cloud, account_of_module)
    cloud.reset()


@pytest.fixture
def tier(brought_up: Standing) -> Standing:
    brought_up.restore()
    return brought_up


def drift(*words: str) -> tuple[int, str]:
    """Run the verb of the baked project in this process."""
    done = CliRunner().invoke(import_module("delivery.cli").cli, ["drift", TIER, *words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout


def told() -> dict[str, Any]:
    _, said = drift("--json")
    answer: dict[str, Any] = json.loads(said)
    return answer


def causes() -> list[tuple[str, str]]:
    return [(each["about"], each["cause"]) for each in told()["differences"]]


def test_a_tier_at_rest_is_as_it_is_written(tier: Standing) -> None:
    before = tier.cloud.calls.of(mutating=True)

    assert drift() == (0, f"{TIER}: everything is as it is written.\n")
    assert told() == {
        "tier": TIER,
        "at": "2026-11-23T08:00:00Z",
        "explained": True,
        "differences": [],
    }
    assert tier.cloud.calls.of(mutating=True) == before


def test_what_load_did_is_explained_and_is_no_failure(tier: Standing) -> None:
    tier.cloud.client("autoscaling").set_desired_capacity(
        AutoScalingGroupName=V1, DesiredCapacity=4
    )

    code, said = drift()

    assert code == 0
    assert said == (
        "v1: it has 4 instances, of 2 to 4. Load: scaling has moved it within its bounds; "
        "nothing to do.\n"
    )


def test_what_hands_did_is_told_with_what_to_do(tier: Standing) -> None:
    cloud = tier.cloud
    move_traffic(cloud, TIER, {"v1": 60, "v2": 40})
    scaling = cloud.client("autoscaling")
    scaling.update_auto_scaling_group(AutoScalingGroupName=V1, MinSize=3, MaxSize=5)
    scaling.suspend_processes(AutoScalingGroupName=V2, ScalingProcesses=["ScheduledActions"])
    cloud.client("ec2").delete_launch_template(LaunchTemplateName=V2)
    cloud.client("ec2").create_launch_template(
        LaunchTemplateName=f"{PROJECT}-{TIER}-v9",
        LaunchTemplateData={"ImageId": documents.IMAGE},
    )

    code, said = drift()

    assert code == 1
    traffic, missing, leftover, size, clock = said.splitlines()
    assert traffic.startswith(
        "traffic: the balancer gives v1 60 %, v2 40 %; the document says v1 75 %, v2 25 %. By hand"
    )
    assert missing.startswith("v2: there is no launch template. By hand")
    assert leftover.startswith("v9: a fleet, or a part of one, that no release of the document has")
    assert size.startswith("v1: its size is 3 to 5; settings and document say 2 to 4. By hand")
    assert size.endswith(f"`deliver scale {TIER}` sets it.")
    assert clock.startswith("v2: the clock is kept from sizing it. By hand")


def test_a_page_that_somebody_put_there_is_seen(tier: Standing) -> None:
    page = {"StatusCode": "503", "ContentType": "text/plain", "MessageBody": "closed"}
    tier.cloud.client("elbv2").create_rule(
        ListenerArn=tier.rule_listener,
        Priority=2,
        Conditions=[{"Field": "path-pattern", "Values": ["/*"]}],
        Actions=[{"Type": "fixed-response", "FixedResponseConfig": page}],
    )

    assert causes() == [("maintenance", "hand")]


def test_schedules_that_nobody_resumed_are_seen(tier: Standing) -> None:
    mover = tier.mover
    mover.carry_out(tier.action("SuspendSchedules", "v1"))
    assert causes() == [("v1", "hand")]

    mover.carry_out(tier.action("ResumeSchedules", "v1"))
    assert causes() == []


def test_a_document_that_went_ahead_of_the_balancer_is_by_hand(tier: Standing) -> None:
    documents.write(tier.cloud.client, documents.document(PROJECT, TIER, {1: 0, 2: 100}))

    assert causes() == [("traffic", "hand")]


def test_a_tier_that_was_lost_is_missing_all_of_it(tier: Standing) -> None:
    for name in (V1, V2):
        tier.cloud.client("autoscaling").delete_auto_scaling_group(
            AutoScalingGroupName=name, ForceDelete=True
        )

    differences = told()["differences"]

    assert [each["differs"] for each in differences] == ["there is no group"] * 2
    assert all("--refresh` makes what is missing" in each["todo"] for each in differences)
