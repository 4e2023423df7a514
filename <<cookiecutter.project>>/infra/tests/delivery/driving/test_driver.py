"""What a run does on the way forward, and who ends it."""

import threading
from dataclasses import replace

import pytest
from crew import Stage, Stopping, at_rest, begin, weights
from world import SETTINGS, World

from delivery.deciding.actions import RunAdmin, SetWeights, Up
from delivery.deciding.plan import split
from delivery.document.lease import acquire
from delivery.document.record import changed, rollout_of
from delivery.driving.driver import drive
from delivery.driving.endings import Left
from delivery.driving.events import Began, Ended, Seen, Stepped


@pytest.fixture
def stage() -> Stage:
    return Stage(World.serving({"v1": 100}, {"v1": 6}))


def test_a_canary_goes_from_step_to_step(stage: Stage) -> None:
    outcome = drive(begin(stage).crew())

    assert outcome == "done"
    steps = [*SETTINGS.canary_percents, 100]
    assert [each["v2"] for each in weights(stage)] == steps
    assert stage.world.rule == {"v2": 100}
    assert at_rest(stage).releases.keys() == {"v2"}
    assert sum(isinstance(each, Up) for each in stage.done) == 2


def test_what_happens_is_told(stage: Stage) -> None:
    drive(begin(stage).crew())

    first, *_, last = stage.told
    assert isinstance(first, Began)
    assert (first.release, first.strategy, first.resumed) == ("v2", "canary", False)
    assert isinstance(last, Ended)
    assert (last.outcome, last.weights) == ("done", {"v2": 100})
    stages = [each.stage for each in stage.told if isinstance(each, Stepped)]
    assert stages[0] == "adding"
    assert stages[-1] == "settling"
    told = [(each.at, each.stage, each.shift, each.actions) for each in stage.told
            if isinstance(each, Stepped)]  # fmt: skip
    assert len(told) == len({each[1:] for each in told}), "no step is told twice"


def test_stopped_by_hand_it_is_left_where_it_is_and_another_goes_on(stage: Stage) -> None:
    begin(stage)

    def stop(seconds: float) -> None:
        if stage.world.rule == {"v1": 95, "v2": 5}:
            stage.wanted = True
        Stage.wait(stage, seconds)

    crew = replace(stage.crew(), stop=Stopping(stage, stop))
    with pytest.raises(Left, match="was stopped by hand"):
        drive(crew)
    crew.holder.release()

    rollout = rollout_of(stage.store.read().document)
    assert rollout
    assert rollout.stage == "shifting"
    assert stage.world.rule == {"v1": 95, "v2": 5}
    stage.wanted = False
    assert drive(stage.crew("bob@runner"), resumed=True) == "done"
    assert stage.world.rule == {"v2": 100}


def test_a_migration_runs_once_before_the_traffic(stage: Stage) -> None:
    assert drive(begin(stage, migration="migrate --quietly").crew()) == "done"

    kinds = [type(each) for each in stage.done]
    assert kinds.count(RunAdmin) == 1
    assert kinds.index(RunAdmin) < kinds.index(SetWeights)


def test_who_has_lost_the_lease_does_nothing_more(stage: Stage) -> None:
    crew = begin(stage).crew()

    def steal(seconds: float) -> None:
        if stage.world.rule == {"v1": 95, "v2": 5} and "bob" not in str(
            stage.store.read().document.lease
        ):
            acquire(stage.store, "bob@runner", steal=True)
        Stage.wait(stage, seconds)

    with pytest.raises(Left, match="has lost its lease: bob@runner"):
        drive(replace(crew, stop=Stopping(stage, steal)))

    assert weights(stage) == [{"v1": 95, "v2": 5}]


def test_a_document_written_by_hand_in_between_is_taken_in(stage: Stage) -> None:
    crew = begin(stage).crew()
    changed_once = threading.Event()

    def edit(seconds: float) -> None:
        if not changed_once.is_set():
            changed_once.set()
            stored = stage.store.read()
            floors = {**stored.document.floors, "v1": 7}
            stage.store.write(changed(stored.document, floors=floors), stored.etag)
        Stage.wait(stage, seconds)

    assert drive(replace(crew, stop=Stopping(stage, edit))) == "done"


def test_a_long_split_is_held_and_goes_on_when_its_time_is_over(stage: Stage) -> None:
    held = split({"v1": 50, "v2": 50}, {"v2": 100}, seconds=7200, sticky_seconds=600)
    crew = begin(stage, "split", held).crew()

    assert drive(crew) == "held"
    crew.holder.release()
    assert stage.world.rule == {"v1": 50, "v2": 50}
    document = stage.store.read().document
    rollout = rollout_of(document)
    assert rollout
    assert rollout.held_until

    early = stage.crew()
    assert drive(early, resumed=True) == "held"
    early.holder.release()

    stage.wait(7200)
    assert drive(stage.crew(), resumed=True) == "done"
    assert stage.world.rule == {"v2": 100}
    assert stage.world.sticky == 0


def test_a_fleet_that_got_traffic_again_is_not_removed(stage: Stage) -> None:
    crew = begin(stage).crew()
    closing = [0]

    def unprotect(release: str) -> None:
        closing[0] += 1
        if closing[0] == 1:
            stage.world.rule = {"v1": 100}  # somebody moves it by hand, just now
        type(crew.engine).unprotect(crew.engine, release)

    crew.engine.unprotect = unprotect  # ty: ignore[invalid-assignment]

    drive(crew)

    assert stage.world.rule in ({"v1": 100}, {"v2": 100})
    assert stage.world.rule.keys() <= stage.world.fleets.keys()


def test_seen_has_what_the_gate_waits_for(stage: Stage) -> None:
    drive(begin(stage).crew())

    gates = {type(each.gate).__name__ for each in stage.told if isinstance(each, Seen)}
    assert {"Ready", "Bake"} <= gates
