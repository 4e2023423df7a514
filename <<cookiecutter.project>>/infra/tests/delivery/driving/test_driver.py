"""What a run does: in order, and when something goes wrong."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from crew import Stage
from world import SETTINGS, Machine, World, content

from delivery.deciding.actions import RunAdmin, SetWeights, Up
from delivery.deciding.gates import Bake, Gate
from delivery.deciding.observed import Observed
from delivery.deciding.plan import shifts, split
from delivery.deciding.turning import aborted, begun
from delivery.document.lease import acquire
from delivery.document.record import Shift, Strategy, changed, rollout_of
from delivery.document.store import TRIES as WRITES
from delivery.driving.driver import TRIES, drive
from delivery.driving.endings import Left
from delivery.driving.events import Began, Ended, Seen, Stepped, Turned
from delivery.driving.mending import refuse_half_removed
from delivery.engine.interrupted import Interrupted
from delivery.engine.state import Pending
from delivery.engine.urns import Urn
from delivery.judging.judging import Look
from stack.document import Document
from stack.refusal import Refused


def begin(
    stage: Stage,
    strategy: Strategy = "canary",
    plan: list[Shift] | None = None,
    migration: str = "",
) -> Stage:
    """Begin a rollout of v2 beside v1, in the document."""
    world = stage.world
    stage.write(
        begun(
            world.document,
            world.observe(),
            world.policy,
            strategy=strategy,
            release="v2",
            shifts=plan or shifts(strategy, SETTINGS, {"v1": 100}, "v2"),
            content=content(2),
            migration=migration,
            who="ann@laptop",
            why="a change",
        )
    )
    return stage


@pytest.fixture
def stage() -> Stage:
    return Stage(World.serving({"v1": 100}, {"v1": 6}))


def weights(stage: Stage) -> list[dict[str, int]]:
    """List the weights that the run has set."""
    return [dict(each.weights) for each in stage.done if isinstance(each, SetWeights)]


def at_rest(stage: Stage) -> Document:
    """Give the document, in which nothing is under way."""
    document = stage.store.read().document
    assert document.rollout is None
    return document


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


def test_a_failed_gate_undoes_it(stage: Stage) -> None:
    stage.world.bad = True

    assert drive(begin(stage).crew()) == "undone"

    assert weights(stage)[-1] == {"v1": 100}
    [turned] = [each for each in stage.told if isinstance(each, Turned)]
    assert turned.reason == "5 % of the requests failed"
    assert at_rest(stage).releases.keys() == {"v1"}


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


def test_a_migration_runs_once_before_the_traffic(stage: Stage) -> None:
    assert drive(begin(stage, migration="migrate --quietly").crew()) == "done"

    kinds = [type(each) for each in stage.done]
    assert kinds.count(RunAdmin) == 1
    assert kinds.index(RunAdmin) < kinds.index(SetWeights)


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


def test_a_fleet_that_was_being_made_when_its_deployer_was_killed_is_undone(stage: Stage) -> None:
    begin(stage)
    fleet = Urn("urn:pulumi:prod::orders::slipway:fleet:Fleet$aws:x/group:Group::v2-group")
    stage.interrupted = Interrupted(creates=(Pending(fleet, "creating"),))
    stage.world.fleets["v2"] = Machine("part", 3, 3, 12)

    assert drive(stage.crew("bob@runner"), resumed=True) == "undone"

    [turned] = [each for each in stage.told if isinstance(each, Turned)]
    assert turned.reason == "Making the fleet of v2 was interrupted."
    assert stage.mended == [((), ("v2",), ("v2", "v1")), ((), ("v2",), ("v2",))]
    assert not stage.interrupted
    assert stage.world.fleets.keys() == {"v1"}
    assert at_rest(stage).releases.keys() == {"v1"}


def test_an_engine_that_is_killed_alone_is_mended_by_the_same_run(stage: Stage) -> None:
    stage.refuse[Up] = 1
    fleet = Urn("urn:pulumi:prod::orders::slipway:fleet:Fleet$aws:x/group:Group::v2-group")
    stage.interrupted = Interrupted(creates=(Pending(fleet, "creating"),))

    assert drive(begin(stage).crew()) == "undone"

    assert stage.mended == [((), ("v2",), ("v2",))]
    assert not stage.interrupted
    assert at_rest(stage).releases.keys() == {"v1"}


def test_no_abort_while_the_old_fleet_is_half_removed(stage: Stage) -> None:
    begin(stage)

    def stop(seconds: float) -> None:
        stage.wanted = stage.world.rule == {"v2": 100}
        Stage.wait(stage, seconds)

    crew = replace(stage.crew(), stop=Stopping(stage, stop))
    with pytest.raises(Left):
        drive(crew)
    shifting = stage.store.read().document
    rollout = rollout_of(shifting)
    assert rollout
    closing = changed(shifting, rollout=rollout.model_copy(update={"stage": "closing"}))
    policy = Urn("urn:pulumi:prod::orders::slipway:scaling:Scaling$aws:x/policy:Policy::v1-cpu")
    stage.interrupted = Interrupted(others=(Pending(policy, "deleting"),))

    def nobody_asks() -> tuple[str, ...]:
        raise AssertionError("users wait for the traffic to go back")

    refuse_half_removed(crew.engine, shifting, nobody_asks)
    with pytest.raises(Refused, match=r"v1 is being removed: it cannot be aborted"):
        refuse_half_removed(crew.engine, closing, lambda: ("ann@laptop",))
    assert stage.mended == [(("ann@laptop",), ("v2",), ("v1",))]


def test_a_run_that_nobody_left_does_not_look_for_what_was(stage: Stage) -> None:
    drive(begin(stage).crew())

    assert stage.mended == []


def test_seen_has_what_the_gate_waits_for(stage: Stage) -> None:
    drive(begin(stage).crew())

    gates = {type(each.gate).__name__ for each in stage.told if isinstance(each, Seen)}
    assert {"Ready", "Bake"} <= gates


class Stopping:
    """The stage's stop, with another wait."""

    def __init__(self, stage: Stage, wait: Callable[[float], None]) -> None:
        self._stage = stage
        self.wait = wait

    @property
    def wanted(self) -> bool:
        """Tell whether somebody wants it to end."""
        return self._stage.wanted


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
