import json
from datetime import UTC, datetime

import pytest
from samples import settings

from delivery.deciding.hours import scheduled_sizes
from delivery.document.record import Sizes

ON, OFF = Sizes(min_size=1, max_size=1), Sizes(min_size=0, max_size=1)


@pytest.mark.parametrize(
    ("now", "sizes"),
    [
        ("2026-11-20T05:59", OFF),  # a Friday
        ("2026-11-20T06:00", ON),
        ("2026-11-20T19:59", ON),
        ("2026-11-20T20:00", OFF),
        ("2026-11-21T12:00", OFF),  # Saturday has no morning
        ("2026-11-22T12:00", OFF),
        ("2026-11-23T05:59", OFF),
        ("2026-11-23T06:00", ON),
    ],
)
def test_a_night_lasts_until_the_morning_of_a_workday(now: str, sizes: Sizes) -> None:
    """As in tiers.py dev is off from 20:00 to 06:00."""
    assert scheduled_sizes(settings("dev"), at(now)) == sizes


def test_a_night_within_one_day_lasts_until_its_end() -> None:
    own = settings("dev", night="01:00-06:00")

    assert scheduled_sizes(own, at("2026-11-20T00:59")) == ON
    assert scheduled_sizes(own, at("2026-11-20T01:00")) == OFF
    assert scheduled_sizes(own, at("2026-11-20T06:00")) == ON


def test_hours_are_local() -> None:
    own = settings("dev", time_zone="America/New_York")

    assert scheduled_sizes(own, at("2026-11-21T00:59")) == ON  # Friday, 19:59
    assert scheduled_sizes(own, at("2026-11-21T01:00")) == OFF


@pytest.mark.parametrize(
    ("now", "sizes"),
    [
        ("2026-11-27T05:59", Sizes(min_size=3, max_size=12)),
        ("2026-11-27T06:00", Sizes(min_size=9, max_size=30)),
        ("2026-11-27T21:59", Sizes(min_size=9, max_size=30)),
        ("2026-11-27T22:00", Sizes(min_size=3, max_size=12)),
    ],
)
def test_an_event_has_its_sizes_while_it_lasts(now: str, sizes: Sizes) -> None:
    event = {"start": "2026-11-27T06:00", "end": "2026-11-27T22:00", "min_size": 9, "max_size": 30}
    own = settings("prod", events=json.dumps({"sale": event}))

    assert scheduled_sizes(own, at(now)) == sizes


def test_a_tier_without_either_has_its_ordinary_sizes() -> None:
    assert scheduled_sizes(settings("stage"), at("2026-11-22T03:00")) == Sizes(
        min_size=2, max_size=4
    )


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
