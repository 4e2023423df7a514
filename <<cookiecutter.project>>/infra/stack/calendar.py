"""When a fleet's size is set by the clock: nights, and events that somebody knows of."""

from datetime import UTC, datetime, time
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


TimeZone = Annotated[str, AfterValidator(_zone)]
Night = Annotated[
    str,
    text(r"(([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9])?", "like 20:00-07:00"),
]
LocalTime = Annotated[datetime, AfterValidator(_local)]
EventName = Annotated[
    str, text(r"[a-z][a-z0-9]*(-[a-z0-9]+){0,5}", "lower-case words joined by hyphens")
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
    evening, morning = (time.fromisoformat(each) for each in night.split("-"))
    return _cron(evening, "*"), _cron(morning, WORKDAYS)


def moment(local: datetime, zone: str) -> datetime:
    """Give the moment that a local time means."""
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _cron(at: time, days: str) -> str:
    return f"{at.minute} {at.hour} * * {days}"
