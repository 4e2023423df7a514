"""What a deployer or an engine that was killed has left, and how a run goes on from it."""

from dataclasses import replace

import pytest
from crew import Stage, Stopping, at_rest, begin
from world import Machine, World

from delivery.deciding.actions import Up
from delivery.document.record import changed, rollout_of
from delivery.driving.driver import drive
from delivery.driving.endings import Left
from delivery.driving.events import Turned
from delivery.driving.mending import refuse_half_removed
from delivery.engine.interrupted import Interrupted
from delivery.engine.state import Pending
from delivery.engine.urns import Urn
from stack.refusal import Refused


@pytest.fixture
def stage() -> Stage:
    return Stage(World.serving({"v1": 100}, {"v1": 6}))


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
