"""The design's consequences, each on the real engine; of 4, the sweep proves every point."""

import json
import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.cloud import Cloud
from tests.cloud.injection import Fault
from tests.delivery import documents
from tests.delivery.conftest import PROJECT, Account
from tests.delivery.deploying import Deliver
from tests.delivery.engines import EngineTier, error_of
from tests.delivery.kept import Kept
from tests.delivery.living import contents, machines, move_traffic, sizes, weights
from tests.delivery.released import edited, killed
from tools.demo import tiers

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("refresh", [False, True], ids=["up", "up --refresh"])
def test_consequence_1_up_by_hand_never_moves_traffic_or_changes_a_live_fleet(
    account: Account, cloud: Cloud, refresh: bool
) -> None:
    stack = account.stack("prod")
    documents.write(cloud.client, documents.document(PROJECT, "prod", {1: 90, 2: 10}, {1: 3, 2: 1}))
    stack.up()
    move_traffic(cloud, "prod", {"v1": 25, "v2": 75})
    cloud.client("autoscaling").update_auto_scaling_group(
        AutoScalingGroupName=f"{PROJECT}-prod-v2", MinSize=4, MaxSize=9, DesiredCapacity=5
    )
    made_of = machines(cloud, "prod")

    stack.configure({"min_size": 5, "max_size": 20, "cpu_percent": 45})
    stack.up(refresh=refresh)

    assert weights(cloud, "prod") == {"v1": 25, "v2": 75}
    assert sizes(cloud, "prod")["v2"] == (4, 5, 9)
    assert sizes(cloud, "prod")["v1"] == (3, 3, 12)
    assert machines(cloud, "prod") == made_of


def test_consequence_1_up_by_hand_leaves_the_document_s_new_weights_to_the_rollout(
    account: Account, cloud: Cloud
) -> None:
    stack = account.stack("dev")
    documents.write(cloud.client, documents.document(PROJECT, "dev", {1: 100, 2: 0}))
    stack.up()
    documents.write(cloud.client, documents.document(PROJECT, "dev", {1: 0, 2: 100}))

    stack.up()

    assert weights(cloud, "dev") == {"v1": 100, "v2": 0}


def test_consequence_2_what_instances_see_changes_only_as_a_new_release(
    account: Account, cloud: Cloud
) -> None:
    stack = account.stack("dev")
    written = documents.document(PROJECT, "dev", {1: 100})
    documents.write(cloud.client, written)
    stack.up()
    made_of = machines(cloud, "dev")

    # Everything a release is made from, changed under the number of a release that has a fleet.
    changed = documents.release(7, environment={"SHOP_FRONT_LOG_LEVEL": "debug"})
    changed |= {"image": "ami-0fedcba9876543210", "instance_types": ["m7g.large"]}
    written["releases"]["v1"] = changed | {"label": written["releases"]["v1"]["label"]}
    documents.write(cloud.client, written)
    stack.configure({"spot_percent": 0, "environment": {"SHOP_FRONT_LOG_LEVEL": "debug"}})
    stack.up()
    assert machines(cloud, "dev") == made_of

    # The same content under the next number is a fleet beside the old one.
    written["releases"]["v2"] = changed | {"label": "0" * 32}
    written["weights"]["v2"] = 0
    documents.write(cloud.client, written)
    stack.up()
    after = machines(cloud, "dev")
    assert after.keys() - made_of.keys() == {f"{PROJECT}-dev-v2"}
    assert after[f"{PROJECT}-dev-v1"] == made_of[f"{PROJECT}-dev-v1"]


def test_consequence_2_a_changed_setting_goes_out_by_deploy_and_comes_back_by_rollback(
    deliver: Deliver,
) -> None:
    cloud, build = deliver.cloud, deliver.document.releases["v1"].build.sha256
    before = contents(cloud, "stage")

    with edited(deliver.tier, environment={"SHOP_FRONT_LOG_LEVEL": "debug"}):
        deliver.tier.by_hand()
        assert contents(cloud, "stage") == before, "an `up` changes no machine"
        killed(deliver, build, HALF)

    after = contents(cloud, "stage")
    old, new = f"{PROJECT}-stage-v1", f"{PROJECT}-stage-v2"
    assert {old: after[old]} == before
    assert after[new] != before[old]
    released = deliver.document.releases
    assert released["v2"].environment == {"SHOP_FRONT_LOG_LEVEL": "debug"}
    assert released["v2"].build == released["v1"].build
    assert [each for each in deliver.moves() if "v2" in each] == [{"v1": 95, "v2": 5}, HALF]
    deliver.waiting.meanwhile = None
    assert deliver.abort(steal=True) == "undone"
    assert contents(cloud, "stage") == before


HALF = {"v1": 50, "v2": 50}


@pytest.fixture(scope="module")
def killed_half_way(
    first_release: tuple[EngineTier, Kept], tmp_path_factory: pytest.TempPathFactory
) -> Kept:
    """Stage, where whoever deployed v2 was killed when it had half of the traffic."""
    tier, kept = first_release
    kept.restore()
    deliver = Deliver(tier)
    deliver.cloud.traffic.flow(f"{PROJECT}-stage", 3000)
    killed(deliver, deliver.proven(2), HALF)
    return Kept(deliver.cloud, tmp_path_factory.mktemp("half-way") / "kept")


@pytest.fixture
def half_way(first_release: tuple[EngineTier, Kept], killed_half_way: Kept) -> Deliver:
    """`deliver`, run by somebody else."""
    killed_half_way.restore()
    return Deliver(first_release[0])


@pytest.mark.parametrize("refresh", [False, True], ids=["up", "up --refresh"])
def test_consequence_1_up_by_hand_amid_a_rollout_moves_nothing(
    half_way: Deliver, refresh: bool
) -> None:
    before = half_way.document, half_way.weights, half_way.sizes, machines(half_way.cloud, "stage")

    with edited(half_way.tier, min_size=4, max_size=20, cpu_percent=45, spot_percent=0):
        half_way.tier.by_hand(refresh=refresh)

    after = half_way.document, half_way.weights, half_way.sizes, machines(half_way.cloud, "stage")
    assert after == before


def test_consequence_3_moving_traffic_back_is_one_call_to_the_balancer(
    half_way: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else's `pulumi` holds the state, and S3 takes no writes: nobody waits for that."""
    cloud = half_way.cloud
    programs: list[Any] = []
    with locked_by_another(), unwritable(cloud), monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", lambda words, *_, **__: programs.append(words))
        with pytest.raises(error_of("Left", "delivery.driving.endings"), match="traffic is back"):
            half_way.abort(steal=True)

    assert half_way.weights == {"v1": 100}
    assert moves(cloud) == ["elbv2.ModifyRule"]
    assert programs == []

    # What is left takes the engine, and whoever comes next sees that the release was taken back.
    cloud.calls.clear()
    assert half_way.resume(steal=True) == "undone"
    assert "it was taken back" in half_way.reasons()[0]
    assert half_way.weights == {"v1": 100}
    assert half_way.sizes.keys() == {"v1"}
    assert cloud.calls.of("elbv2", "ModifyRule") == [], "and it stays where it is"


def test_consequence_3_a_failed_gate_moves_traffic_back_although_s3_takes_no_writes(
    half_way: Deliver,
) -> None:
    cloud = half_way.cloud

    def fail() -> None:
        half_way.waiting.meanwhile = None
        cloud.metrics.set_alarm_state(f"{PROJECT}-stage-v2-latency", "ALARM")
        unwritable(cloud)
        cloud.calls.clear()

    half_way.waiting.meanwhile = fail
    with locked_by_another(), pytest.raises(error_of("Left", "delivery.driving.endings")):
        half_way.resume(steal=True)

    assert half_way.weights == {"v1": 100}
    assert moves(cloud) == ["elbv2.ModifyRule"]
    assert cloud.calls.of(who="provider") == []


@pytest.mark.parametrize(("verb", "stays"), [("resume", "v2"), ("abort", "v1")])
def test_consequence_4_a_killed_deployer_leaves_a_tier_that_serves_and_can_be_ended(
    half_way: Deliver, verb: str, stays: str
) -> None:
    look = import_module("delivery.showing.status").status
    status = look(half_way.document, half_way.desk().live.observe())
    assert status.differs == []
    assert {each.name: each.weight for each in status.lines} == HALF
    assert (status.rollout.release, status.rollout.stage, status.rollout.shift) == (
        "v2",
        "shifting",
        1,
    )
    for each in status.lines:
        assert each.fleet.healthy >= max(1, half_way.document.floors[each.name])
    half_way.cloud.clock.advance(601)  # the lease of the dead ends by itself

    assert getattr(half_way, verb)() == ("done" if verb == "resume" else "undone")

    assert half_way.weights == {stays: 100}
    assert half_way.sizes.keys() == {stays}
    document = half_way.document
    assert (document.rollout, document.lease, dict(document.weights)) == (None, None, {stays: 100})


@contextmanager
def locked_by_another() -> Generator[None]:
    """The engine's state is in somebody's hands, on another machine."""
    state = Path(urlsplit(os.environ["PULUMI_BACKEND_URL"]).path)
    lock = state / f".pulumi/locks/organization/{PROJECT}/stage/0.json"
    lock.parent.mkdir(parents=True, exist_ok=True)
    owner = {"pid": 1, "username": "ann", "hostname": "elsewhere"}
    lock.write_text(json.dumps({**owner, "timestamp": "2026-11-21T08:00:00Z"}))
    yield
    lock.unlink()


def unwritable(cloud: Cloud) -> Fault:
    """S3 answers no write, however often it is asked."""
    return cloud.faults.fail("s3", "PutObject", times=None)


def moves(cloud: Cloud) -> list[str]:
    """The calls to the balancer that changed anything."""
    return [str(each) for each in cloud.calls.of("elbv2", mutating=True)]


def test_consequence_5_an_empty_account_and_the_documents_bring_a_tier_back(
    account: Account, cloud: Cloud
) -> None:
    kept = documents.document(PROJECT, "prod", {1: 75, 2: 25}, {1: 6, 2: 2})
    lost = account.stack("prod")
    documents.write(cloud.client, kept)
    lost.up()
    fleets_before = tiers.fleets(cloud.client, PROJECT, "prod")
    contents_before = contents(cloud, "prod")

    account.lose_everything()
    back = account.stack("prod")
    documents.write(cloud.client, kept)
    back.up()

    assert tiers.fleets(cloud.client, PROJECT, "prod") == fleets_before
    assert contents(cloud, "prod") == contents_before
    assert back.preview() == {}
