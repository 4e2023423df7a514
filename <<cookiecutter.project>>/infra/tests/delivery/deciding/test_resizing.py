"""The sizes that settings and hour want for living fleets."""

import pytest
from rollouts import rolled
from samples import document, release_data
from world import START

from delivery.deciding.actions import SetScheduledSizes
from delivery.deciding.observed import Fleet, Observed
from delivery.deciding.resizing import resized
from delivery.document.record import Sizes
from stack.document import Document
from stack.refusal import Refused

WANTED = Sizes(min_size=4, max_size=16)
TWO = document("prod", releases={"v1": release_data(1), "v2": release_data(2)}, weights={"v2": 100})


def observed(**fleets: Fleet) -> Observed:
    return Observed(now=START, weights={"v2": 100}, fleets=fleets)


def resizes(
    fleet: Fleet, given: Document = TWO, scheduled: Sizes = WANTED
) -> list[tuple[str, object]]:
    return [(each.line, each.action) for each in resized(given, observed(v2=fleet), scheduled)]


def test_a_fleet_with_traffic_gets_the_sizes_of_the_hour() -> None:
    assert resizes(Fleet(min_size=3, desired=5, max_size=12)) == [
        ("v2: 3 to 12 -> 4 to 16 instances", SetScheduledSizes("v2", WANTED))
    ]


def test_nothing_is_done_where_they_are_right() -> None:
    assert resizes(Fleet(min_size=4, desired=5, max_size=16)) == []


def test_a_floor_of_the_document_holds() -> None:
    given = TWO.model_copy(update={"floors": {"v2": 6}})

    assert resizes(Fleet(min_size=3, desired=5, max_size=12), given) == [
        (
            "v2: 3 to 12 -> 6 to 16 instances",
            SetScheduledSizes("v2", Sizes(min_size=6, max_size=16)),
        )
    ]


def test_no_instance_is_taken_from_its_users() -> None:
    [(line, action)] = resizes(Fleet(min_size=3, desired=20, max_size=24))

    assert line.startswith("v2: 3 to 24 -> 4 to 20 instances; it has 20 now")
    assert action == SetScheduledSizes("v2", Sizes(min_size=4, max_size=20))


def test_in_the_night_a_fleet_is_off() -> None:
    night = Sizes(min_size=0, max_size=16)

    assert resizes(Fleet(min_size=4, desired=20, max_size=16), scheduled=night) == [
        ("v2: 4 to 16 -> 0 to 16 instances", SetScheduledSizes("v2", night))
    ]


def test_a_rollout_sets_sizes_itself() -> None:
    world = rolled({"v1": 100}).world

    with pytest.raises(Refused, match="it sets the sizes when it closes"):
        resized(world.document, world.observe(), WANTED)


def test_a_fleet_that_is_not_whole_is_told() -> None:
    with pytest.raises(Refused, match="The fleet of v2 has traffic, and is not whole"):
        resizes(Fleet("part"))
    with pytest.raises(Refused, match="The fleet of v2 has traffic, and is not whole"):
        resized(TWO, observed(), WANTED)
