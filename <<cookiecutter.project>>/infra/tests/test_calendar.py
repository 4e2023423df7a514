from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from stack.calendar import Event, Night, TimeZone, moment, night_recurrences

SALE = {"start": "2026-11-27T06:00", "end": "2026-11-28T02:00", "min_size": 6, "max_size": 20}


def test_a_night_ends_on_workdays_only() -> None:
    assert night_recurrences("20:30-07:00") == ("30 20 * * *", "0 7 * * MON-FRI")


@pytest.mark.parametrize(
    "night", ["20:00", "24:00-07:00", "20:00 - 07:00", "8pm-7am", "20:60-07:00"]
)
def test_what_is_no_night_is_refused(night: str) -> None:
    with pytest.raises(ValidationError, match="like 20:00-07:00"):
        TypeAdapter(Night).validate_python(night)


@pytest.mark.parametrize("zone", ["Berlin", "CET+1", "", "../etc/passwd", "Europe/"])
def test_what_is_no_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValidationError, match="a time zone like Europe/Berlin"):
        TypeAdapter(TimeZone).validate_python(zone)


@pytest.mark.parametrize(
    ("local", "zone", "hour"),
    [
        ("2026-01-01T12:00", "UTC", 12),
        ("2026-01-01T12:00", "Europe/Berlin", 11),
        ("2026-07-01T12:00", "Europe/Berlin", 10),  # summer time
        ("2026-01-01T12:00", "America/New_York", 17),
    ],
)
def test_local_time_means_a_moment(local: str, zone: str, hour: int) -> None:
    at = datetime.fromisoformat(local)

    assert moment(at, zone) == datetime(at.year, at.month, at.day, hour, tzinfo=UTC)


def test_an_event_has_times_and_sizes() -> None:
    event = Event.model_validate(SALE)

    assert (event.start.hour, event.min_size, event.max_size) == (6, 6, 20)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"end": "2026-11-27T06:00"}, "must end after it starts"),
        ({"min_size": 21}, "min_size that is at most its max_size"),
        ({"start": "2026-11-27T06:00+01:00"}, "it is local time"),
        ({"start": "tomorrow"}, "valid datetime"),
        ({"sizes": 3}, "not permitted"),
        ({"max_size": 0}, "greater than or equal to 1"),
    ],
)
def test_what_is_wrong_with_an_event_is_said(change: dict[str, object], rule: str) -> None:
    with pytest.raises(ValidationError, match=rule):
        Event.model_validate({**SALE, **change})
