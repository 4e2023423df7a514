"""What a deployer or its engine leaves when it is killed: found on the real engine, and mended."""

import importlib
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cloud import Cloud
from tests.delivery import documents
from tests.delivery.conftest import PROJECT
from tests.delivery.engines import EngineTier, Make, error_of, lines
from tests.delivery.living import machines, move_traffic, traffic_rule
from tools.demo import tiers

pytestmark = pytest.mark.engine


def killed_at(tier: EngineTier, call: tuple[str, str], *, engine: bool, **fleets: Any) -> list[int]:
    """Kill a deployer when a call has taken effect, and its engine with it if so wanted."""
    deployer = tier.start(**fleets)
    engines: list[int] = []

    def kill(_call: Any) -> None:
        engines.extend(children(deployer.pid))
        os.kill(deployer.pid, signal.SIGKILL)
        for each in engines if engine else ():
            os.kill(each, signal.SIGKILL)

    with tier.cloud.faults.call_back(*call, do=kill, when="after", who="provider"):
        said = deployer.communicate()[0]
    assert deployer.returncode == -signal.SIGKILL, said
    assert len(engines) == 1
    return engines


def children(pid: int) -> list[int]:
    """The processes that a process has begun and that still run."""
    told = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(each) for each in told.stdout.split() if _is_engine(int(each))]


def _is_engine(pid: int) -> bool:
    return Path(f"/proc/{pid}/comm").read_text().strip() == "pulumi"


def remove_leftovers(tier: EngineTier, release: str) -> None:
    """What the rollout's action of this name does."""
    place = importlib.import_module("delivery.place").place_of(tier.project, tier.tier)
    live = importlib.import_module("delivery.live.live").Live(place.names, place.account)
    action = importlib.import_module("delivery.deciding.actions").RemoveLeftovers(release)
    importlib.import_module("delivery.live.moving").carry_out(live, action, tier.told.append)


def nothing_left_of(cloud: Cloud, tier: str, release: str) -> bool:
    name = f"{PROJECT}-{tier}-{release}"
    groups = cloud.client("elbv2").describe_target_groups()["TargetGroups"]
    scaling = cloud.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    [balancer] = cloud.client("elbv2").describe_load_balancers(Names=[f"{PROJECT}-{tier}"])[
        "LoadBalancers"
    ]
    listeners = cloud.client("elbv2").describe_listeners(
        LoadBalancerArn=balancer["LoadBalancerArn"]
    )["Listeners"]
    return (
        name not in machines(cloud, tier)
        and name not in {each["TargetGroupName"] for each in groups}
        and name not in {each["AutoScalingGroupName"] for each in scaling}
        and name
        not in json.dumps(
            [
                cloud.client("elbv2").describe_rules(ListenerArn=each["ListenerArn"])["Rules"]
                for each in listeners
            ]
        )
    )


@pytest.mark.parametrize(
    "call",
    [("autoscaling", "CreateAutoScalingGroup"), ("elbv2", "CreateRule")],
    ids=lambda call: call[1],
)
def test_a_fleet_that_was_being_made_is_removed_and_forgotten(
    tier_of: Make, cloud: Cloud, call: tuple[str, str]
) -> None:
    tier = tier_of("prod")
    tier.engine.up(tier.write({1: 100}), adds=["v1"])
    both = tier.write({1: 100, 2: 0})
    killed_at(tier, call, engine=True, adds=["v2"])

    interrupted = tier.engine.mend(adds=["v2"])
    assert "removing the lock that" in tier.told[-1]
    assert interrupted.creates
    assert {each.urn.release for each in interrupted.creates} == {"v2"}
    with pytest.raises(
        error_of("Unfinished", "delivery.engine.interrupted"), match="was left creating"
    ):
        tier.engine.up(both, adds=["v2"])

    remove_leftovers(tier, "v2")
    tier.engine.forget(interrupted)
    tier.engine.forget(interrupted)
    assert not tier.engine.mend(adds=["v2"])
    back = tier.write({1: 100})
    tier.engine.unprotect("v2")
    tier.engine.up(back, removes=["v2"])
    assert nothing_left_of(cloud, "prod", "v2")
    assert tier.engine.changes(back) == []
    assert not [each for each in tier.state()["resources"] if "::v2" in each["urn"]]

    tier.engine.up(tier.write({1: 100, 3: 0}), adds=["v3"])
    assert {each.release for each in tiers.fleets(cloud.client, PROJECT, "prod")} == {"v1", "v3"}


def test_an_engine_without_its_deployer_ends_in_order(tier_of: Make, cloud: Cloud) -> None:
    tier = tier_of("dev")
    tier.engine.up(tier.write({1: 100}), adds=["v1"])
    both = tier.write({1: 100, 2: 0})
    killed_at(tier, ("autoscaling", "CreateAutoScalingGroup"), engine=False, adds=["v2"])

    assert not tier.engine.mend(adds=["v2"]), "it ends what it has begun, and gives its lock back"
    assert not tier.state().get("pending_operations")
    tier.engine.up(both, adds=["v2"])
    assert tier.engine.changes(both) == []
    assert {each.release for each in tiers.fleets(cloud.client, PROJECT, "dev")} == {"v1", "v2"}


def test_a_traffic_rule_that_was_made_is_taken_in(tier_of: Make, cloud: Cloud) -> None:
    tier = tier_of("stage")
    release = documents.document(PROJECT, "stage", {1: 100})["releases"]
    tier.engine.up(tier.write({}, releases=release), adds=["v1"])
    live = tier.write({1: 100})
    killed_at(tier, ("elbv2", "CreateRule"), engine=True, adds=["v1"])
    rule = traffic_rule(cloud, "stage")

    interrupted = tier.engine.mend(adds=["v1"])
    assert not interrupted.creates
    tier.engine.forget(interrupted)
    tier.engine.up(live, adds=["v1"])
    assert tier.engine.changes(live) == []
    assert traffic_rule(cloud, "stage") == rule

    empty = tier.write({})
    tier.engine.unprotect("v1")
    tier.engine.unprotect_traffic()
    tier.engine.up(empty, removes=["v1"])
    assert nothing_left_of(cloud, "stage", "v1")


def test_a_fleet_that_was_being_removed_goes_with_the_next_run(tier_of: Make, cloud: Cloud) -> None:
    tier = tier_of("prod")
    tier.engine.up(tier.write({1: 0, 2: 100}), adds=["v1", "v2"])
    move_traffic(cloud, "prod", {"v2": 100})
    last = tier.write({2: 100})
    tier.engine.unprotect("v1")
    killed_at(tier, ("autoscaling", "DeleteAutoScalingGroup"), engine=True, removes=["v1"])

    interrupted = tier.engine.mend(removes=["v1"])
    assert not interrupted.creates
    assert [each.urn.name for each in interrupted.others] == ["v1-group"]
    tier.engine.unprotect("v1")
    tier.engine.up(last, removes=["v1"])
    assert nothing_left_of(cloud, "prod", "v1")
    assert tier.engine.changes(last) == []
    assert not tier.state().get("pending_operations")


def interrupted_by_the_terminal(tier: EngineTier, before: str = "", **fleets: Any) -> int:
    """Press Ctrl-C while a group is made; gives how the deployer ends."""
    deployer = tier.start(before=before, **fleets)

    def press(_call: Any) -> None:
        os.killpg(deployer.pid, signal.SIGINT)
        time.sleep(3)  # until the deployer has heard, and told its engine

    with tier.cloud.faults.call_back(
        "autoscaling",
        "CreateAutoScalingGroup",
        do=press,
        who="provider",
    ):
        deployer.communicate()
    return deployer.returncode


def test_ctrl_c_reaches_the_engine_only_through_its_deployer(tier_of: Make) -> None:
    tier = tier_of("dev")
    heeded = "import signal; signal.signal(signal.SIGINT, lambda *_: None)"
    first = tier.write({1: 100})
    assert interrupted_by_the_terminal(tier, heeded, adds=["v1"]) == 0
    assert tier.engine.changes(first) == []

    both = tier.write({1: 100, 2: 0})
    # Whoever runs these tests in the background has it ignored, and so have their children.
    as_usual = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    assert interrupted_by_the_terminal(tier, as_usual, adds=["v2"]) == -signal.SIGINT
    told = len(tier.told)
    assert not tier.engine.mend(adds=["v2"])
    assert tier.told[told:] == [], "no lock was left"
    left = {each.name for each in tier.engine.changes(both)}
    assert "v2-group" not in left, "what had begun was ended"
    assert "v2-cpu" in left, "and nothing else was begun"
    tier.engine.up(both, adds=["v2"])


def test_a_lock_is_removed_only_if_its_maker_is_surely_gone(tier_of: Make) -> None:
    tier = tier_of("dev")
    here = socket.gethostname()
    locks = Path(os.environ["PULUMI_BACKEND_URL"].removeprefix("file://"), ".pulumi/locks")
    lock = locks / f"organization/{PROJECT}/dev/0.json"

    def locked_by(user: str, host: str, pid: int) -> None:
        lock.parent.mkdir(parents=True, exist_ok=True)
        content = {"pid": pid, "username": user, "hostname": host}
        lock.write_text(json.dumps({**content, "timestamp": "2026-11-21T08:00:00Z"}))

    locked_by("ann", "elsewhere", 1)
    with pytest.raises(error_of("Locked", "delivery.engine.locks")) as refused:
        tier.engine.check()
    assert lines(refused) == [
        "The state of dev is locked by ann@elsewhere (process 1) since 2026-11-21T08:00:00Z. Wait "
        "for it; or, if it is gone for sure, `pulumi cancel dev`."
    ]
    with pytest.raises(error_of("Locked", "delivery.engine.locks")):
        tier.engine.mend(owners=["ben@elsewhere"])
    assert lock.exists()
    tier.engine.mend(owners=["ann@elsewhere"])
    assert not lock.exists()

    with subprocess.Popen(["bash", "-c", "exec -a pulumi sleep 5"]) as other:
        locked_by("ann", here, other.pid)
        tier.engine.check()  # sleep has got the number of an engine that has ended
        other.kill()
    assert not lock.exists()
