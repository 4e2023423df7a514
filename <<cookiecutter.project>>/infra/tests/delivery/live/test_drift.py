"""Drift: what the clock, load and rollouts do is explained; the rest was done by hand."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from rollouts import canary
from samples import document, release_data

from delivery.deciding.observed import Fleet, Observed
from delivery.document.record import Shift, Sizes, Start, changed
from delivery.live.drift import Drift, drift
from delivery.live.drift_sizes import Hours
from delivery.live.forwarding import forward
from delivery.live.live import Sight
from delivery.live.parts import Parts
from stack.document import Document

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
ORDINARY = Sizes(min_size=3, max_size=12)
EVENT = Sizes(min_size=6, max_size=24)
NIGHT = Sizes(min_size=0, max_size=12)
FLEET = Fleet("whole", 3, 3, 12, 3)


def at_rest(**changes: Any) -> Document:  # noqa: ANN401 parts of a document
    return document("prod", **{"weights": {"v1": 100}, **changes})


def under_way(given: Document, stage: Any = "shifting", **changes: Any) -> Document:  # noqa: ANN401
    """Begin a canary of v2, whose next movement is to 10 %."""
    both = at_rest(
        releases={"v1": release_data(1), "v2": release_data(2)}, weights=dict(given.weights)
    )
    rollout = canary(given.releases, ORDINARY, NOW, 10)
    return changed(both, rollout=rollout.model_copy(update={"stage": stage, **changes}))


def parts(number: int, **changes: Any) -> Parts:  # noqa: ANN401
    arn = f"arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/orders-prod-v{number}/a"
    config = {"HttpHeaderName": "X-Release", "Values": [f"{number:032x}"]}
    rule = {
        "Priority": str(100 + number),
        "Conditions": [{"Field": "http-header", "HttpHeaderConfig": config}],
        "Actions": forward({arn: 1}, 0),
    }
    whole = Parts({"TargetGroupARNs": [arn]}, "lt-1", arn, rule)
    return replace(whole, **changes)


def found(
    given: Document,
    *,
    weights: Mapping[str, int] | None = None,
    fleets: Mapping[str, Fleet] | None = None,
    there: Mapping[str, Parts] | None = None,
    rules: list[Any] | None = None,
    now: Sizes = ORDINARY,
    sticky: int = 0,
    no_rule: bool = False,
) -> Drift:
    """Compare a document with a live tier that is as it says, but for what is given."""
    names = given.releases
    observed = Observed(
        now=NOW,
        weights=None if no_rule else weights or dict(given.weights),
        fleets=fleets or dict.fromkeys(names, FLEET),
        sticky_seconds=sticky,
    )
    sight = Sight(NOW, rules or [], dict(there or {name: parts(int(name[1:])) for name in names}))
    return drift(given, sight, observed, Hours(ORDINARY, now))


def causes(given: Drift) -> list[tuple[str, str]]:
    return [(each.about, each.cause) for each in given.differences]


def test_a_tier_as_it_is_written_has_no_difference() -> None:
    given = found(at_rest())

    assert given.differences == ()
    assert given.explained


@pytest.mark.parametrize(
    ("fleet", "now", "cause"),
    [
        (Fleet("whole", 3, 7, 12, 7), ORDINARY, "load"),
        (Fleet("whole", 3, 14, 14, 14), ORDINARY, "load"),  # room that a rollout's close has left
        (Fleet("whole", 6, 6, 24, 6), EVENT, "clock"),
        (Fleet("whole", 0, 0, 12, 0), NIGHT, "clock"),
        (Fleet("whole", 6, 6, 24, 6), ORDINARY, "hand"),
        (Fleet("whole", 0, 0, 12, 0), ORDINARY, "hand"),
        (Fleet("whole", 5, 5, 12, 5), EVENT, "hand"),
        (Fleet("whole", 3, 3, 20, 3), ORDINARY, "hand"),
    ],
)
def test_a_size_is_explained_by_load_or_clock_or_is_by_hand(
    fleet: Fleet, now: Sizes, cause: str
) -> None:
    given = found(at_rest(), fleets={"v1": fleet}, now=now)

    assert causes(given) == [("v1", cause)]
    assert given.explained == (cause != "hand")


def test_a_floor_of_the_document_is_ordinary() -> None:
    given = found(at_rest(floors={"v1": 5}), fleets={"v1": Fleet("whole", 5, 5, 12, 5)})

    assert given.differences == ()


def test_an_event_is_not_for_a_fleet_without_traffic() -> None:
    two = at_rest(
        releases={"v1": release_data(1), "v2": release_data(2)}, weights={"v1": 100, "v2": 0}
    )
    large = Fleet("whole", 6, 6, 24, 6)

    given = found(two, weights={"v1": 100}, fleets={"v1": large, "v2": large}, now=EVENT)

    assert causes(given) == [("v1", "clock"), ("v2", "hand")]


def test_a_rollout_explains_sizes_schedules_and_a_fleet_that_is_being_made() -> None:
    given = found(
        under_way(at_rest()),
        fleets={"v1": replace(FLEET, min_size=5, desired=5, suspended=True), "v2": Fleet("part")},
        there={"v1": parts(1), "v2": parts(2, group=None)},
    )

    assert causes(given) == [("v2", "rollout"), ("v1", "rollout"), ("v1", "rollout")]
    assert given.explained


def test_schedules_that_are_suspended_without_a_rollout_are_by_hand() -> None:
    given = found(at_rest(), fleets={"v1": replace(FLEET, suspended=True)})

    [difference] = given.differences
    assert difference.by_hand
    assert "resume-processes --auto-scaling-group-name orders-prod-v1" in difference.todo


@pytest.mark.parametrize(
    ("weights", "cause"),
    [
        ({"v1": 90, "v2": 10}, "rollout"),  # moved, not yet written
        ({"v2": 100}, "rollout"),
        ({"v1": 50, "v2": 50}, "hand"),
    ],
)
def test_a_rollout_explains_the_weights_of_its_own_steps(
    weights: dict[str, int], cause: str
) -> None:
    assert causes(found(under_way(at_rest()), weights=weights)) == [("traffic", cause)]


def test_traffic_that_was_taken_back_is_followed_by_the_rollout() -> None:
    shifted = under_way(at_rest(weights={"v1": 100}))
    shifted = changed(shifted, weights={"v1": 90, "v2": 10})

    [difference] = found(shifted, weights={"v1": 100}).differences

    assert (difference.cause, difference.todo) == ("rollout", "`deliver resume prod`")
    assert "v2 was taken back" in difference.because


@pytest.mark.parametrize("weights", [{"v1": 60, "other": 40}, {"v9": 100}])
def test_other_weights_at_rest_are_by_hand(weights: dict[str, int]) -> None:
    given = found(at_rest(), weights=weights)

    assert causes(given) == [("traffic", "hand")]
    assert not given.explained


def test_a_missing_traffic_rule_is_by_hand_but_for_a_first_release() -> None:
    assert causes(found(at_rest(), no_rule=True)) == [("traffic", "hand")]

    start = Start(releases={}, weights={}, floors={}, sizes={}, scheduled=ORDINARY)
    first = changed(under_way(at_rest(), start=start), weights={"v2": 100})
    assert causes(found(first, no_rule=True)) == [("traffic", "rollout")]


def test_stickiness_belongs_to_a_split() -> None:
    assert causes(found(at_rest(), sticky=60)) == [("traffic", "hand")]

    held = Shift(weights={"v1": 50, "v2": 50}, bake_seconds=3600, sticky_seconds=60, held=True)
    split = under_way(at_rest(), shifts=(held, Shift(weights={"v1": 100}, bake_seconds=0)))
    assert causes(found(split, sticky=60)) == [("traffic", "rollout")]


def test_what_is_missing_of_a_fleet_is_named() -> None:
    given = found(
        at_rest(),
        fleets={"v1": Fleet("part")},
        there={"v1": parts(1, template=None, rule=None)},
    )

    [difference] = given.differences
    assert difference.differs == "there is no launch template, there is no release rule"
    assert difference.by_hand

    [difference] = found(at_rest(), fleets={"v7": FLEET}, there={"v7": parts(7)}).differences[:1]
    assert difference.differs == "there is nothing of its fleet"


def test_a_fleet_that_no_document_names_is_a_leftover_unless_a_rollout_removes_it() -> None:
    there = {"v1": parts(1), "v3": parts(3)}
    fleets = {"v1": FLEET, "v3": FLEET}
    given = found(at_rest(), fleets=fleets, there=there)
    assert causes(given) == [("v3", "hand")]

    given = found(at_rest(), weights={"v1": 90, "v3": 10}, fleets=fleets, there=there)
    assert "with 10 % of the traffic" in given.differences[1].differs

    closing = under_way(at_rest(), "settling")
    closing = changed(
        closing,
        releases={"v2": closing.releases["v2"]},
        weights={"v2": 100},
    )
    given = found(
        closing, fleets={"v1": FLEET, "v2": FLEET}, there={"v1": parts(1), "v2": parts(2)}
    )
    assert causes(given) == [("v1", "rollout")]


def test_a_rule_with_another_label_is_by_hand() -> None:
    given = found(at_rest(), there={"v1": replace(parts(1), rule={**(parts(2).rule or {})})})

    assert causes(given) == [("v1", "hand"), ("v1", "hand")]
    assert "another label" in given.differences[1].differs


PAGE = {
    "Priority": "2",
    "Conditions": [],
    "Actions": [{"FixedResponseConfig": {"MessageBody": "Back at ten."}}],
}
TOKEN = {
    "Priority": "1",
    "Conditions": [
        {"HttpHeaderConfig": {"HttpHeaderName": "X-Maintenance-Token", "Values": ["b" * 32]}}
    ],
    "Actions": [],
}


@pytest.mark.parametrize(
    ("meant", "rules", "differs"),
    [
        (("Back at ten.", "b" * 32), [PAGE, TOKEN], []),
        (None, [PAGE, TOKEN], ["it is on, the document says off"]),
        (("Back at ten.", "b" * 32), [TOKEN], ["the document says on, but there is no page"]),
        (
            ("Back at noon.", "c" * 32),
            [PAGE, TOKEN],
            [
                "people read another text than the document's",
                "the document's token lets nobody through",
            ],
        ),
    ],
)
def test_the_maintenance_page_is_as_the_document_says(
    meant: tuple[str, str] | None, rules: list[Any], differs: list[str]
) -> None:
    page = {"text": meant[0], "token": meant[1]} if meant else None

    given = found(at_rest(maintenance=page), rules=rules)

    assert [each.differs for each in given.differences] == differs


def test_every_difference_is_a_line_and_data() -> None:
    given = found(at_rest(), fleets={"v1": Fleet("whole", 3, 7, 12, 7)})

    [difference] = given.differences
    assert difference.line == (
        "v1: it has 7 instances, of 3 to 12. Load: scaling has moved it within its bounds; "
        "nothing to do."
    )
    assert given.data["explained"] is True
    assert given.data["differences"][0]["cause"] == "load"
