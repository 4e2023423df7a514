"""Tells an alarm about failures that only clients set off, by hanging up.

The alarm counts every request without an answer, since by the minute and the fleet CloudWatch tells
no more. A bake knows more: what the balancer failed at, and how clients do on the other releases.
"""

from collections.abc import Iterable
from datetime import datetime

from .chance import unlikely_alike
from .measures import ALL, Measures, Period, Readings, summed

WATCH = "failures"
# As stack/alarms.py has them; it would bring all of Pulumi's AWS provider along.
LEAST_REQUESTS = 10  # in a minute that counts
BAD = 3  # minutes that set it off


def only_clients(
    readings: Readings, release: str, since: datetime, others: Measures, limit: int
) -> bool:
    """Tell whether without the hang-ups the alarm would not be in ALARM, and others have as many.

    A release that never answers looks the same but for the others: where nobody else is or was
    asked, the alarm holds.
    """
    minutes = {at: each for at, each in readings.fleets.get(release, {}).items() if at >= since}
    counted = [
        (each, summed([each], readings.balancer.get(at, 0)))
        for at, each in minutes.items()
        if each.requests >= LEAST_REQUESTS
    ]
    if _reaching((_missing(each) for each, _ in counted), limit) < BAD:
        return False
    if _reaching((known.percent(known.failed) for _, known in counted), limit) >= BAD:
        return False
    own = sum(number for at, number in readings.balancer.items() if at >= since)
    new = summed(minutes.values(), own)
    alike = not unlikely_alike(new.hung_up, new.requests, others.hung_up, others.requests)
    return others.requests >= LEAST_REQUESTS and alike


def _missing(each: Period) -> float:
    """Give the share that the alarm sees."""
    return ALL * (1 - each.answered / each.requests)


def _reaching(shares: Iterable[float], limit: int) -> int:
    return sum(share >= limit for share in shares)
