"""What a balancer counted of a fleet, and what of it was the fleet's fault."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

ALL = 100


@dataclass(frozen=True)
class Period:
    """What was counted of one fleet in a minute, or in another length of time."""

    requests: int = 0
    answered: int = 0  # 2xx, 3xx and 4xx of the service
    broken: int = 0  # its 5xx
    unconnected: int = 0  # connections that the balancer could not make
    p90: float | None = None  # seconds, of the requests that were answered
    timed: int = 0  # how many those were


type Series = Mapping[datetime, Period]  # by the beginning of each


@dataclass(frozen=True)
class Readings:
    """What was read: the fleets by release, and the balancer's own 5xx, which name no fleet."""

    seconds: int  # of a period
    fleets: Mapping[str, Series]
    balancer: Mapping[datetime, int] = field(default_factory=dict)

    def of(self, releases: Iterable[str], start: datetime, end: datetime) -> "Measures":
        """Add up what these releases did from a time until another."""
        periods = [
            period
            for release in releases
            for at, period in self.fleets.get(release, {}).items()
            if start <= at < end
        ]
        own = sum(number for at, number in self.balancer.items() if start <= at < end)
        return summed(periods, own)


@dataclass(frozen=True)
class Measures:
    """What became of a fleet's requests.

    The balancer answers 502 or 504 where the fleet gave no answer, and counts that for itself. A
    client that hangs up before the answer (460 in the access log) leaves a request without an
    answer, too: RequestCount has it, because a target was chosen, and no HTTPCode_Target does. The
    balancer counts it among its 4xx, and neither count names a fleet ("CloudWatch metrics for your
    Application Load Balancer", "Troubleshoot your Application Load Balancers"). So of the
    unanswered requests, at most as many can have failed as the balancer had 5xx of its own; the
    rest are clients that hung up. Where another fleet, too, left requests unanswered, all of those
    5xx are laid at this one's door: in doubt a release fails.
    """

    requests: int = 0
    failed: int = 0
    hung_up: int = 0
    unconnected: int = 0
    p90: float | None = None

    def percent(self, part: int) -> float:
        """Give a part of the requests in per cent."""
        return ALL * part / self.requests if self.requests else 0.0


def summed(periods: Iterable[Period], own: int) -> Measures:
    """Add up periods; `own` are the balancer's 5xx meanwhile.

    The sums are subtracted, not each minute: a request and its answer may be in different ones.
    """
    periods = list(periods)
    requests = sum(each.requests for each in periods)
    broken = sum(each.broken for each in periods)
    answered = sum(each.answered for each in periods)
    unanswered = max(requests - answered - broken, 0)
    lost = min(unanswered, own)
    return Measures(
        requests=requests,
        failed=broken + lost,
        hung_up=unanswered - lost,
        unconnected=sum(each.unconnected for each in periods),
        p90=_usual_p90(periods),
    )


def _usual_p90(periods: Iterable[Period]) -> float | None:
    """Give the p90 of the period in which the middle one of all requests fell.

    Percentiles of parts do not make that of the whole. This one says how slow the fleet is most of
    the time, and one bad minute does not change it: for such minutes there is an alarm.
    """
    known = sorted((each.p90, each.timed) for each in periods if each.p90 is not None)
    half, passed = sum(timed for _, timed in known) / 2, 0
    for p90, timed in known:
        passed += timed
        if passed >= half:
            return p90
    return None
