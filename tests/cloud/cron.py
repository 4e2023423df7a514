"""When a cron expression of five fields falls due, in a time zone.

Our own, since nothing in the lock reads cron and sixty lines are less than one more dependency.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
FURTHEST = timedelta(days=366 * 5)  # 29 February comes at least that often


class CronError(ValueError):
    """The expression is none."""


@dataclass(frozen=True, slots=True)
class Cron:
    """Five fields: minute, hour, day of the month, month, day of the week (0 or 7 is Sunday)."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool  # both kinds of day are restricted: one of them is enough

    @classmethod
    def parse(cls, text: str) -> "Cron":
        fields = text.split()
        if len(fields) != 5:
            raise CronError(f'"{text}" has {len(fields)} fields; a cron expression has 5')
        weekdays = {day % 7 for day in _field(fields[4], 0, 7, DAYS)}
        return cls(
            minutes=_field(fields[0], 0, 59),
            hours=_field(fields[1], 0, 23),
            days=_field(fields[2], 1, 31),
            months=_field(fields[3], 1, 12, ("", *MONTHS)),
            weekdays=frozenset(weekdays),
            either_day=not fields[2].startswith("*") and not fields[4].startswith("*"),
        )

    def next_after(self, moment: datetime, zone: str = "UTC") -> datetime | None:
        """The first time due after a moment. What the change to summer time skips is not due."""
        here = ZoneInfo(zone)
        day = moment.astimezone(here).date()
        last = day + FURTHEST
        while day <= last:
            for at in self._times(day):
                due = datetime.combine(day, at, here).astimezone(UTC)
                exists = due.astimezone(here).time() == at
                if exists and due > moment:
                    return due
            day += timedelta(days=1)
        return None

    def _times(self, day: date) -> Iterator[time]:
        of_month, of_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        right_day = (of_month or of_week) if self.either_day else (of_month and of_week)
        if right_day and day.month in self.months:
            yield from (
                time(hour, minute) for hour in sorted(self.hours) for minute in sorted(self.minutes)
            )


def _field(text: str, least: int, most: int, names: tuple[str, ...] = ()) -> frozenset[int]:
    found: set[int] = set()
    for part in text.lower().split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        if first == "*":
            low, high = least, most
        else:
            low = _number(first, names)
            high = _number(last, names) if dash else (most if step else low)
        if not least <= low <= high <= most:
            raise CronError(f'"{part}" is not within {least} to {most}')
        found.update(range(low, high + 1, _number(step, ()) if step else 1))
    return frozenset(found)


def _number(text: str, names: tuple[str, ...]) -> int:
    if text in names:
        return names.index(text)
    if not text.isdigit():
        raise CronError(f'"{text}" is not a number that a cron expression can have here')
    return int(text)
