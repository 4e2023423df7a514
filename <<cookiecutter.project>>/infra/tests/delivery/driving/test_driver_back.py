"""What a run does once its release is known to be bad, whatever fails on the way back."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from crew import Stage, at_rest, begin, weights
from world import World

from delivery.deciding.actions import RunAdmin, SetWeights, Up
from delivery.deciding.gates import Bake, Gate
from delivery.deciding.observed import Observed
from delivery.deciding.turning import aborted
from delivery.document.record import rollout_of
from delivery.document.store import TRIES as WRITES
from delivery.driving.driver import TRIES, drive
from delivery.driving.endings import Left
from delivery.driving.events import Began, Turned
from delivery.judging.judging import Look


@pytest.fixture
def stage() -> Stage:
    return Stage(World.serving({"v1": 100}, {"v1": 6}))


def test_a_failed_gate_undoes_it(stage: Stage) -> None:
    stage.world.bad = True

    assert drive(begin(stage).crew()) == "undone"

    assert weights(stage)[-1] == {"v1": 100}
    [turned] = [each for each in stage.told if isinstance(each, Turned)]
    assert turned.reason == "5 % of the requests failed"
    assert at_rest(stage).releases.keys() == {"v1"}


def test_stopped_by_hand_while_a_gate_fails_the_traffic_goes_back_first(stage: Stage) -> None:
    crew = begin(stage).crew()
    judged = crew.judge.look

    def look(gate: Gate, observed: Observed) -> Look:
        if isinstance(gate, Bake):
            stage.wanted = stage.world.bad = True
        return judged(gate, observed)

    crew.judge.look = look  # ty: ignore[invalid-assignment]
    with pytest.raises(Left, match="was stopped by hand"):
        drive(crew)

    assert stage.world.rule == {"v1": 100}
    rollout = rollout_of(stage.store.read().document)
    assert rollout
    assert rollout.intent == "abort"
    assert "v2" in stage.world.fleets, "what takes longer is left to whoever goes on"


def test_a_run_that_takes_up_the_way_back_says_why(stage: Stage) -> None:
    world, document = stage.world, begin(stage).store.read().document
    stage.write(aborted(document, world.observe(), "wanted by hand"))

    assert drive(stage.crew(), resumed=True) == "undone"

    first, second, *_ = stage.told
    assert isinstance(first, Began)
    assert isinstance(second, Turned)
    assert second.reason == "wanted by hand"


def test_what_fails_on_the_way_forward_turns_it_back(stage: Stage) -> None:
    stage.refuse[Up] = 1

    assert drive(begin(stage).crew()) == "undone"

    [turned] = [each for each in stage.told if isinstance(each, Turned)]
    assert turned.reason == "Up is refused. Mend it."
    assert stage.world.rule == {"v1": 100}
    assert at_rest(stage).releases.keys() == {"v1"}


def test_a_migration_that_fails_turns_it_back(stage: Stage) -> None:
    stage.refuse[RunAdmin] = 1

    assert drive(begin(stage, migration="migrate --quietly").crew()) == "undone"

    [turned] = [each for each in stage.told if isinstance(each, Turned)]
    assert turned.reason == "RunAdmin is refused. Mend it."
    assert weights(stage) == []
    assert at_rest(stage).releases.keys() == {"v1"}


def test_what_fails_on_the_way_back_is_tried_again(stage: Stage) -> None:
    stage.world.bad = True
    refuse_the_way_back(stage, TRIES - 1)

    assert drive(begin(stage).crew()) == "undone"
    assert weights(stage).count({"v1": 100}) == TRIES
    assert stage.world.rule == {"v1": 100}


def test_what_fails_on_the_way_back_for_good_is_left_and_said(stage: Stage) -> None:
    stage.world.bad = True
    refuse_the_way_back(stage, TRIES)

    with pytest.raises(Left) as caught:
        drive(begin(stage).crew())

    assert "SetWeights is refused." in str(caught.value)
    assert "`deliver resume prod` then goes on" in str(caught.value)
    rollout = rollout_of(stage.store.read().document)
    assert rollout
    assert rollout.intent == "abort"


def test_traffic_goes_back_while_the_document_cannot_be_written(stage: Stage) -> None:
    stage.world.bad = True
    crew = begin(stage).crew()
    answered = threading.Event()
    put = stage.s3.put_object

    def slow(**given: Any) -> dict[str, Any]:  # noqa: ANN401 as boto3's
        if b'"returning"' in given["Body"]:
            assert answered.wait(30), "the traffic has moved before S3 answers"
        return put(**given)

    stage.s3.put_object = slow
    done = stage.done

    class Watched(list[Any]):
        def append(self, item: Any) -> None:  # noqa: ANN401 any action
            super().append(item)
            if isinstance(item, SetWeights) and dict(item.weights) == {"v1": 100}:
                answered.set()

    stage.done = Watched(done)
    assert drive(crew) == "undone"
    assert at_rest(stage).weights == {"v1": 100}


def test_what_failed_is_not_tried_again_because_s3_took_no_write(stage: Stage) -> None:
    stage.refuse[RunAdmin] = 1
    when_it_turns(stage, lambda: stage.s3.troubles.extend(["SlowDown"] * WRITES))

    assert drive(begin(stage, migration="migrate --quietly").crew()) == "undone"

    assert sum(isinstance(each, RunAdmin) for each in stage.done) == 1
    assert weights(stage) == []


def test_while_s3_takes_no_write_the_traffic_goes_back_and_the_rest_waits(stage: Stage) -> None:
    stage.world.bad = True
    when_it_turns(stage, lambda: stage.s3.troubles.extend(["SlowDown"] * 2 * WRITES))
    crew = begin(stage).crew()

    with pytest.raises(Left, match="cannot be written"):
        drive(crew)

    assert weights(stage) == [{"v1": 95, "v2": 5}, {"v1": 100}]
    rollout = rollout_of(stage.store.read().document)
    assert rollout
    assert rollout.intent == "forward"
    crew.holder.release()
    stage.world.bad, stage.told = False, []
    assert drive(stage.crew("bob@runner"), resumed=True) == "undone"
    assert weights(stage)[2:] == []


def refuse_the_way_back(stage: Stage, times: int) -> None:
    """Let the balancer refuse once the release has been found bad."""
    when_it_turns(stage, lambda: stage.refuse.update({SetWeights: times}))


def when_it_turns(stage: Stage, then: Callable[[], None]) -> None:
    """Let something happen once the release has been found bad, before anything is done."""
    told = stage.told

    class Watched(list[Any]):
        def append(self, item: Any) -> None:  # noqa: ANN401 any event
            super().append(item)
            if isinstance(item, Turned):
                then()

    stage.told = Watched(told)
