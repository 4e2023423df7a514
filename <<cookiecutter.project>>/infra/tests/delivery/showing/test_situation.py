from dataclasses import replace

from told import BACK, BEGAN, FORWARD, UNDONE, after

from delivery.driving.events import Ended, Event, Stepped
from delivery.showing.situation import Situation, situation_after, track


def after_all(events: list[Event]) -> Situation:
    situation = None
    for event in events:
        situation = situation_after(situation, event)
    assert situation
    return situation


def states(events: list[Event]) -> list[tuple[str, str]]:
    return [(each.words, each.state) for each in track(after_all(events))]


def test_nothing_stands_before_something_begins() -> None:
    assert situation_after(None, FORWARD[1]) is None


def test_the_track_follows_the_way_forward() -> None:
    assert states(FORWARD) == [
        ("make v2 ready", "done"),
        ("v1 95 %, v2 5 %", "now"),
        ("v1 50 %, v2 50 %", "next"),
        ("v2 100 %", "next"),
        ("remove what has no part any more", "next"),
    ]
    assert {state for _, state in states(FORWARD[:1])} == {"next"}


def test_a_finished_rollout_has_done_it_all() -> None:
    closing = Stepped(after(3000), "closing", 2, ())
    done = Ended(after(3100), "done", {"v2": 100}, "v2 is done")

    assert [state for _, state in states([*FORWARD, closing])] == ["done"] * 4 + ["now"]
    assert {state for _, state in states([*FORWARD, closing, done])} == {"done"}


def test_a_turn_leaves_out_what_was_to_come() -> None:
    not_done = [
        ("make v2 ready", "done"),
        ("v1 95 %, v2 5 %", "not done"),
        ("v1 50 %, v2 50 %", "not done"),
        ("v2 100 %", "not done"),
    ]
    ends = ["traffic back to where it was", "remove what has no part any more"]

    assert states([*FORWARD, *BACK[:3]]) == [*not_done, (ends[0], "now"), (ends[1], "next")]
    assert states([*FORWARD, *BACK[:5]]) == [*not_done, (ends[0], "done"), (ends[1], "now")]
    assert states(UNDONE) == [*not_done, *((each, "done") for each in ends)]


def test_a_stopped_rollout_stays_where_it_is() -> None:
    stopped = Ended(after(80), "stopped", {"v1": 95, "v2": 5}, "stopped by hand")

    assert states([*FORWARD, stopped]) == states(FORWARD)


def test_a_resumed_rollout_knows_what_was_told_before_and_another_does_not() -> None:
    resumed = replace(BEGAN, at=after(300), resumed=True)
    other = replace(resumed, release="v3")

    assert after_all([*FORWARD, *BACK[:3], resumed]).back
    assert after_all([*FORWARD, *BACK[:3], other]) == Situation(other)


def test_a_gate_is_not_shown_when_its_stage_is_over() -> None:
    shown = after_all(FORWARD).seen
    assert shown
    assert shown.gate

    over = after_all([*FORWARD, *BACK[:3]]).seen
    assert over
    assert over.gate is None
    assert over.alarms
