from datetime import UTC, datetime
from typing import get_args

import pytest

from delivery.deciding import actions
from delivery.deciding.actions import (
    Action,
    RemoveLeftovers,
    RemoveTraffic,
    ResumeSchedules,
    RunAdmin,
    SetScheduledSizes,
    SetSizes,
    SetWeights,
    SuspendSchedules,
    Unprotect,
    UnprotectTraffic,
    Up,
)
from delivery.deciding.gates import Acted, Bake, Gate, Hold, Ready
from delivery.deciding.observed import Fleet
from delivery.document.record import Sizes, Stage
from delivery.driving.events import Measured
from delivery.showing.sentences import (
    duration_said,
    fleet_said,
    gate_said,
    measured_said,
    percent_said,
    plain,
    said,
    stage_said,
    weights_said,
)

THEN = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)

ACTIONS = [
    (Up(), "run the engine on the document"),
    (Up(adds=("v2",)), "run the engine: make the fleet of v2"),
    (Up(removes=("v1", "v2")), "run the engine: remove the fleet of v1 and v2"),
    (Up(("v3",), ("v1",)), "run the engine: make the fleet of v3, remove the fleet of v1"),
    (SetSizes("v2", 3, 12), "size v2 3 to 12"),
    (
        SetScheduledSizes("v2", Sizes(min_size=3, max_size=12)),
        "size v2 3 to 12, as the hour has it",
    ),
    (
        SetScheduledSizes("v2", Sizes(min_size=0, max_size=12)),
        "switch v2 off until its hours begin",
    ),
    (SetWeights((("v10", 5), ("v9", 95))), "move the traffic to v9 95 %, v10 5 %"),
    (
        SetWeights((("v1", 50), ("v2", 50)), 3600),
        "move the traffic to v1 50 %, v2 50 %; each client stays where it is for 1 h",
    ),
    (SuspendSchedules("v1"), "keep the clock from sizing v1"),
    (ResumeSchedules("v1"), "let the clock size v1 again"),
    (RunAdmin("v2", ("migrate", "--to", "5")), "run `migrate --to 5` on one instance of v2"),
    (Unprotect("v1"), "let the engine remove the fleet of v1"),
    (UnprotectTraffic(), "let the engine remove the traffic rule"),
    (RemoveTraffic(), "remove the traffic rule"),
    (RemoveLeftovers("v1"), "remove what may be left of the fleet of v1"),
]


@pytest.mark.parametrize(("action", "words"), ACTIONS, ids=lambda each: type(each).__name__)
def test_an_action_in_words(action: Action, words: str) -> None:
    assert said(action) == words


def test_every_action_has_words() -> None:
    assert {type(action) for action, _ in ACTIONS} == set(get_args(actions.Action))


@pytest.mark.parametrize("stage", get_args(Stage))
def test_every_stage_has_words_of_its_own(stage: Stage) -> None:
    words = stage_said(stage, "v2", {"v1": 95, "v2": 5})
    others = {stage_said(each, "v2", {"v1": 95, "v2": 5}) for each in get_args(Stage)} - {words}

    assert len(others) == len(get_args(Stage)) - 1


@pytest.mark.parametrize(
    ("gate", "words"),
    [
        (Acted("adding"), ""),
        (
            Ready((("v1", 3), ("v2", 1)), THEN, "v2"),
            "must be healthy by 08:30:00 UTC: 3 of v1 and 1 of v2; "
            "v2 must answer when asked by its label",
        ),
        (Ready((("v1", 3),), THEN), "must be healthy by 08:30:00 UTC: 3 of v1"),
        (
            Bake("v3", ("v1", "v2"), THEN, THEN, THEN, 200, pass_quiet=True),
            "v3 must be no worse than v1 and v2 until 08:30:00 UTC",
        ),
        (
            Bake("v3", (), THEN, THEN, THEN, 200, pass_quiet=True),
            "v3 must be within its limits until 08:30:00 UTC",
        ),
        (Hold("v2", THEN, THEN), "weights are held until 2026-11-21 08:30:00 UTC"),
    ],
)
def test_a_gate_in_words(gate: Gate, words: str) -> None:
    assert gate_said(gate) == words


def test_weights_are_told_oldest_first_and_none_is_told_too() -> None:
    assert weights_said({"v10": 5, "v9": 95}) == "v9 95 %, v10 5 %"
    assert weights_said({}) == "no traffic"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3, "0 s"),
        (0.4, "0 s"),
        (45, "45 s"),
        (60, "1 min"),
        (372, "6 min 12 s"),
        (3600, "1 h"),
        (5430, "1 h 30 min"),
    ],
)
def test_a_duration_in_words(seconds: float, words: str) -> None:
    assert duration_said(seconds) == words


def test_a_fleet_in_words() -> None:
    assert fleet_said(Fleet("whole", 3, 4, 12, 2)) == "2/4 healthy, 3 to 12"
    assert fleet_said(Fleet("part")) == "0/0 healthy, 0 to 0, half made"


def test_what_was_counted_in_words() -> None:
    assert measured_said(Measured()) == "0 requests"
    assert measured_said(Measured(1203, 1.25, 84.4)) == "1,203 requests, 1.2 % failed, p90 84 ms"


def test_a_small_share_is_not_told_as_none() -> None:
    assert [percent_said(each) for each in (0, 0.004, 0.1, 100)] == [
        "0.0 %",
        "0.004 %",
        "0.1 %",
        "100.0 %",
    ]


def test_text_from_elsewhere_steers_no_terminal() -> None:
    assert plain("a\x1b[31mb\nc\u202ed é 日") == "a [31mb c d é 日"
