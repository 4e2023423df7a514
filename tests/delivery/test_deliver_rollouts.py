"""What becomes of a rollout in stage, on the simulated cloud, with the real engine."""

from importlib import import_module
from typing import Any

import pytest

from tests.delivery.deploying import Deliver
from tests.delivery.engines import error_of
from tests.delivery.living import machines
from tests.delivery.released import at_step, killed

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("step", [{"v1": 95, "v2": 5}, {"v1": 50, "v2": 50}, {"v2": 100}])
@pytest.mark.parametrize("how", ["metric", "alarm"])
def test_a_release_that_fails_at_a_step_is_taken_back(
    deliver: Deliver, step: dict[str, int], how: str
) -> None:
    balancer = f"{deliver.tier.service}-stage"
    deliver.cloud.traffic.flow(balancer, 3000)
    before = deliver.sizes

    def fail() -> None:
        if how == "metric":
            deliver.cloud.traffic.behave(f"{balancer}-v2", failing=0.5)
        else:
            deliver.cloud.metrics.set_alarm_state(f"{balancer}-v2-latency", "ALARM")

    at_step(deliver, step, fail)

    assert deliver.deploy(deliver.proven(2)) == "undone"

    assert deliver.weights == {"v1": 100}
    assert deliver.sizes == before
    assert deliver.moves()[-2:] == [step, {"v1": 100}]
    [reason] = deliver.reasons()
    assert "/docs/runbooks/" in reason
    assert "v2" in reason
    document = deliver.document
    assert document.rollout is None
    assert document.numbered == 2


def test_a_fleet_that_never_becomes_healthy_gets_no_traffic_and_the_next_may(
    deliver: Deliver,
) -> None:
    deliver.cloud.instances.never(f"{deliver.tier.service}-stage-v2")

    assert deliver.deploy(deliver.proven(2)) == "undone"

    assert deliver.moves() == [{"v1": 100}]
    assert "v2 has 0 of " in deliver.reasons()[0]
    assert deliver.sizes.keys() == {"v1"}

    assert deliver.deploy(deliver.proven(3), "all-at-once") == "done"

    assert deliver.weights == {"v3": 100}


def test_a_release_that_answers_no_probe_gets_no_traffic(deliver: Deliver) -> None:
    deliver.refuse_probes = True

    assert deliver.deploy(deliver.proven(2)) == "undone"

    assert deliver.moves() == [{"v1": 100}]
    assert "asked for v2" in deliver.reasons()[0]


@pytest.mark.parametrize("until", [{"v1": 95, "v2": 5}, {"v2": 100}])
def test_rolled_back_while_the_old_fleet_stands_it_takes_no_engine_to_move_the_traffic(
    deliver: Deliver, until: dict[str, int]
) -> None:
    def stop() -> None:
        deliver.waiting.wanted = True

    at_step(deliver, until, stop)
    with pytest.raises(error_of("Left", "delivery.driving.endings")):
        deliver.deploy(deliver.proven(2))
    assert deliver.weights == until
    deliver.waiting.wanted = False
    deliver.cloud.calls.clear()

    assert deliver.rollback() == "undone"

    moved = [str(each) for each in deliver.cloud.calls.of(mutating=True)]
    first = next(n for n, each in enumerate(moved) if each == "elbv2.ModifyRule")
    assert {*moved[:first]} <= {"s3.PutObject"}
    assert deliver.weights == {"v1": 100}
    assert deliver.sizes.keys() == {"v1"}


def test_rolled_back_after_the_old_fleet_is_gone_its_content_goes_out_again(
    deliver: Deliver,
) -> None:
    old = deliver.document.releases["v1"]
    assert deliver.deploy(deliver.proven(2), "all-at-once") == "done"

    assert deliver.rollback() == "done"

    assert deliver.weights == {"v3": 100}
    new = deliver.document.releases["v3"]
    assert (new.build, new.image, new.secrets) == (old.build, old.image, old.secrets)
    assert new.label != old.label


def test_a_split_is_held_sticky_and_ends_cleanly(deliver: Deliver) -> None:
    held = import_module("delivery.driving.proposing").Split(40, 120, 10, keep=True)
    assert deliver.deploy(deliver.proven(2), held=held, wait=False) == "held"
    assert deliver.weights == {"v1": 60, "v2": 40}
    assert sticky(deliver) == 600

    deliver.cloud.clock.advance(3600)
    assert deliver.resume(wait=False) == "held"
    assert deliver.resume(wait=False, winner="v2") == "done"

    assert deliver.weights == {"v2": 100}
    assert sticky(deliver) == 0
    assert deliver.sizes.keys() == {"v2"}


def test_a_restart_replaces_every_instance(deliver: Deliver) -> None:
    before = machines(deliver.cloud, "stage")

    assert deliver.restart() == "done"

    assert deliver.weights == {"v2": 100}
    assert not before.keys() & machines(deliver.cloud, "stage").keys()


def test_pulumi_up_by_hand_at_every_step_moves_nothing(deliver: Deliver) -> None:
    seen: list[tuple[Any, ...]] = []

    def up() -> None:
        before = (deliver.weights, deliver.sizes, machines(deliver.cloud, "stage"))
        if before in seen:
            return
        seen.append(before)
        deliver.tier.by_hand()
        deliver.tier.by_hand(refresh=True)
        assert (deliver.weights, deliver.sizes, machines(deliver.cloud, "stage")) == before

    deliver.waiting.meanwhile = up
    deliver.cloud.traffic.flow(f"{deliver.tier.service}-stage", 3000)

    assert deliver.deploy(deliver.proven(2)) == "done"
    assert deliver.weights == {"v2": 100}
    assert {tuple(weights) for weights, *_ in seen} == {("v1",), ("v1", "v2"), ("v2",)}


def test_two_deployers_at_once(deliver: Deliver) -> None:
    other = Deliver(deliver.tier)
    refused: list[Exception] = []

    def begin_another() -> None:
        with pytest.raises(error_of("Refused", "stack.refusal")) as caught:
            other.deploy(other.proven(3))
        refused.append(caught.value)
        with pytest.raises(error_of("Busy", "delivery.document.lease")) as busy:
            other.abort()
        refused.append(busy.value)

    at_step(deliver, {"v1": 95, "v2": 5}, begin_another)

    assert deliver.deploy(deliver.proven(2)) == "done"
    assert "is under way" in str(refused[0])
    assert "is at work since" in str(refused[1])
    assert deliver.weights == {"v2": 100}


def test_a_stolen_lease_ends_the_first_deployer_and_the_second_undoes(deliver: Deliver) -> None:
    other = Deliver(deliver.tier)

    def undo() -> None:
        assert other.abort(steal=True) == "undone"

    at_step(deliver, {"v1": 50, "v2": 50}, undo)

    with pytest.raises(error_of("Left", "delivery.driving.endings"), match="lost its lease"):
        deliver.deploy(deliver.proven(2))

    assert deliver.weights == {"v1": 100}
    assert deliver.document.rollout is None
    assert deliver.sizes.keys() == {"v1"}


def test_an_expired_lease_is_taken_over(deliver: Deliver) -> None:
    killed(deliver, deliver.proven(2), {"v1": 50, "v2": 50})

    with pytest.raises(error_of("Busy", "delivery.document.lease")):
        deliver.resume()
    deliver.cloud.clock.advance(601)

    assert deliver.resume() == "done"
    assert deliver.weights == {"v2": 100}


def sticky(deliver: Deliver) -> int:
    observed = deliver.desk().live.observe()
    return int(observed.sticky_seconds)
