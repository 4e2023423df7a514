import zoneinfo
from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from stack.calendar import Event, Night, TimeZone, clashes, moment, night_recurrences

SALE = {"start": "2026-11-27T06:00", "end": "2026-11-28T02:00", "min_size": 6, "max_size": 20}


def test_a_night_ends_on_workdays_only() -> None:
    assert night_recurrences("20:30-07:00") == ("30 20 * * *", "0 7 * * MON-FRI")


@pytest.mark.parametrize(
    "night", ["20:00", "24:00-07:00", "20:00 - 07:00", "8pm-7am", "20:60-07:00"]
)
def test_what_is_no_night_is_refused(night: str) -> None:
    with pytest.raises(ValidationError, match="like 20:00-07:00"):
        TypeAdapter(Night).validate_python(night)


def test_a_night_that_never_ends_is_refused() -> None:
    with pytest.raises(ValidationError, match="must end at another time than it begins"):
        TypeAdapter(Night).validate_python("20:00-20:00")


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


def event(start: str, end: str) -> Event:
    return Event.model_validate({**SALE, "start": start, "end": end})


def clashing(night: str = "", **events: Event) -> list[str]:
    return [name for name, _ in clashes(events, night)]


@pytest.mark.parametrize("start", ["2026-11-27T10:00", "2026-11-27T12:00"])
def test_events_follow_one_another(start: str) -> None:
    first = event("2026-11-27T08:00", "2026-11-27T12:00")

    assert clashing(first=first, second=event(start, "2026-11-27T18:00")) == ["second"]
    assert clashing(first=first, second=event("2026-11-27T12:01", "2026-11-27T18:00")) == []


@pytest.mark.parametrize(
    ("start", "end", "night", "clash"),
    [
        ("27T07:00", "27T19:00", "20:00-06:00", False),
        ("27T07:00", "27T20:00", "20:00-06:00", True),  # two actions of the same moment
        ("27T07:00", "27T22:00", "20:00-06:00", True),  # off in the middle, on again at the end
        ("27T05:00", "27T12:00", "20:00-06:00", True),  # its sizes end with the morning
        ("27T22:00", "27T23:00", "20:00-06:00", True),  # on at its end, all night
        ("27T07:00", "28T19:00", "20:00-06:00", True),  # a night in it
        ("27T08:00", "28T00:30", "01:00-06:00", False),  # past midnight, and no night yet
        ("27T02:00", "27T03:00", "01:00-06:00", True),
        ("27T06:00", "28T02:00", "", False),
    ],
)
def test_an_event_lies_between_two_nights(start: str, end: str, night: str, *, clash: bool) -> None:
    sale = event(f"2026-11-{start}", f"2026-11-{end}")

    assert clashing(night, sale=sale) == (["sale"] if clash else [])


def test_time_zones_are_known_where_the_machine_has_none() -> None:
    zoneinfo.reset_tzpath(to=())
    zoneinfo.ZoneInfo.clear_cache()
    try:
        noon = datetime.fromisoformat("2026-07-01T12:00")
        assert moment(noon, "Europe/Berlin") == datetime(2026, 7, 1, 10, tzinfo=UTC)
    finally:
        zoneinfo.reset_tzpath()
