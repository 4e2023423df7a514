"""Which sizes the clock means now: those that its last action has set."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from stack.calendar import moment, night_hours
from stack.settings import Settings

from ..document.record import Sizes

WEEKEND = 5  # Saturday is the first day without a morning
DAYS_BACK = 8  # a week always has an evening and a morning


def scheduled_sizes(settings: Settings, now: datetime) -> Sizes:
    """Give a fleet's sizes for this hour: of an event, of the night, or the ordinary ones."""
    for event in settings.events.values():
        zone = settings.time_zone
        if moment(event.start, zone) <= now < moment(event.end, zone):
            return Sizes(min_size=event.min_size, max_size=event.max_size)
    off = bool(settings.night) and _asleep(settings.night, settings.time_zone, now)
    return Sizes(min_size=0 if off else settings.min_size, max_size=settings.max_size)


def _asleep(night: str, zone: str, now: datetime) -> bool:
    """Tell whether the last action by the clock was an evening's."""
    evening, morning = night_hours(night)
    today = now.astimezone(ZoneInfo(zone)).date()
    past: list[tuple[datetime, bool]] = []
    for back in range(-1, DAYS_BACK):
        day = today - timedelta(days=back)
        actions: list[tuple[time, bool]] = [(evening, True)]
        if day.weekday() < WEEKEND:
            actions.append((morning, False))
        past += [
            (when, off)
            for at, off in actions
            if (when := moment(datetime.combine(day, at), zone)) <= now
        ]
    return max(past)[1]
