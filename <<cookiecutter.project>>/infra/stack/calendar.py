"""When a fleet's size is set by the clock: nights, and events that somebody knows of."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from itertools import combinations
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from .fields import text

WORKDAYS = "MON-FRI"


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("must be a time zone like Europe/Berlin or UTC") from None
    return value


def _local(value: datetime) -> datetime:
    if value.tzinfo is not None:
        raise ValueError("must have no offset: it is local time, see time_zone")
    return value


def _ends(value: str) -> str:
    if value and len(set(night_hours(value))) == 1:
        raise ValueError("must end at another time than it begins")
    return value


TimeZone = Annotated[str, AfterValidator(_zone)]
Night = Annotated[
    str,
    text(r"(([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9])?", "like 20:00-07:00"),
    AfterValidator(_ends),
]
LocalTime = Annotated[datetime, AfterValidator(_local)]
EventName = Annotated[
    str,
    text(
        r"(?=.{1,64}$)[a-z][a-z0-9]*(-[a-z0-9]+)*",
        "lower-case words joined by hyphens, at most 64 characters",
    ),
]


class Event(BaseModel):
    """A time for which load is expected."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: LocalTime
    end: LocalTime
    min_size: Annotated[int, Field(ge=1, le=200)]
    max_size: Annotated[int, Field(ge=1, le=200)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end <= self.start:
            raise ValueError("must end after it starts")
        if self.min_size > self.max_size:
            raise ValueError("must have a min_size that is at most its max_size")
        return self


def night_recurrences(night: str) -> tuple[str, str]:
    """Write a night as cron: off every evening, on again in the morning of a workday."""
    evening, morning = night_hours(night)
    return _cron(evening, "*"), _cron(morning, WORKDAYS)


def clashes(events: Mapping[str, Event], night: str) -> Iterator[tuple[str, str]]:
    """Give each event whose sizes the clock would undo, and by what.

    An action by the clock knows nothing of the others: the one that comes later has its way.
    """
    coming = sorted(events.items(), key=lambda each: each[1].start)
    for (earlier, one), (later, other) in combinations(coming, 2):
        if other.start <= one.end:  # AWS refuses two actions of the same moment, too
            yield later, f"must start after {earlier} has ended, which would take its sizes away"
    for name, event in coming:
        if night and not _within_a_day(event, night):
            yield name, f"must begin and end between two nights, and night is {night}"


def _within_a_day(event: Event, night: str) -> bool:
    """Tell whether an event lies between a morning and the evening that follows."""
    evening, morning = night_hours(night)
    dusk = datetime.combine(event.start, evening)
    if dusk <= event.start:
        dusk += timedelta(days=1)
    dawn = datetime.combine(dusk, morning)
    if dawn >= dusk:
        dawn -= timedelta(days=1)
    return dawn < event.start and event.end < dusk


def night_hours(night: str) -> tuple[time, time]:
    """Give the evening and the morning of a night."""
    evening, morning = (time.fromisoformat(each) for each in night.split("-"))
    return evening, morning


def moment(local: datetime, zone: str) -> datetime:
    """Give the moment that a local time means."""
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _cron(at: time, days: str) -> str:
    return f"{at.minute} {at.hour} * * {days}"
