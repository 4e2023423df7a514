"""What a bake holds a new release against: the tier's limits, and the other releases."""

from collections.abc import Iterator
from dataclasses import dataclass

from .chance import unlikely_alike, unlikely_within
from .measures import ALL, Measures

# A release must be worse by a fifth of the limit besides: among a million requests a difference
# that nobody feels is no chance either.
MARGIN = 0.2
SLOWER = 1.2  # times the others' p90; below that it is as slow as they are
UNCONNECTED = 5  # a minute, as the alarm has it: an instance that ends takes a few with it


@dataclass(frozen=True)
class Limits:
    """From when a fleet is bad, as its alarms have it."""

    failed_percent: int
    latency_ms: int
    least_requests: int


@dataclass(frozen=True)
class Fault:
    """What is wrong with a release; `watch` names the runbook about it."""

    watch: str
    words: str


def faults(
    release: str, new: Measures, others: Measures, limits: Limits, *, minutes: float, over: bool
) -> Iterator[Fault]:
    """Name what is wrong with a release; before its time is `over`, only what is beyond doubt.

    It fails when its failed share is at the limit or above, or clearly above that of the others; or
    clients hang up on it clearly more often than on the others, who are the same clients; or it is
    slower than the limit and the others; or the balancer cannot connect to it. Where too few
    requests came, the two shares are still held against chance.
    """
    enough = new.requests >= limits.least_requests
    share, limit = new.percent(new.failed), limits.failed_percent
    beyond = unlikely_within(new.failed, new.requests, limit / ALL)
    if beyond or (over and enough and share >= limit):
        yield Fault("failures", f"{_failing(release, new)}; {limit} % is the limit")
    elif _worse(new.failed, new, others.failed, others, limit):
        yield Fault(
            "failures",
            f"{_failing(release, new)}, the others {others.percent(others.failed):.2g} %",
        )
    if _worse(new.hung_up, new, others.hung_up, others, limit):
        yield Fault(
            "failures",
            f"clients hang up on {new.percent(new.hung_up):.2g} % of {release}'s requests, "
            f"on {others.percent(others.hung_up):.2g} % of the others'",
        )
    if over and enough:
        yield from _slow(release, new, others, limits)
        yield from _unconnected(release, new, others, minutes)


def _worse(bad: int, new: Measures, other_bad: int, others: Measures, limit: int) -> bool:
    more = new.percent(bad) - others.percent(other_bad)
    return more >= limit * MARGIN and unlikely_alike(bad, new.requests, other_bad, others.requests)


def _slow(release: str, new: Measures, others: Measures, limits: Limits) -> Iterator[Fault]:
    if new.p90 is None or new.p90 * 1000 < limits.latency_ms:
        return
    if others.p90 is not None and new.p90 < others.p90 * SLOWER:
        return  # all are slow: it is not the release
    beside = "" if others.p90 is None else f", the others {others.p90 * 1000:.0f}"
    yield Fault(
        "latency",
        f"one in ten of {release}'s requests takes {new.p90 * 1000:.0f} ms or longer{beside}; "
        f"{limits.latency_ms} ms is the limit",
    )


def _unconnected(release: str, new: Measures, others: Measures, minutes: float) -> Iterator[Fault]:
    alike = others.requests and not unlikely_alike(
        min(new.unconnected, new.requests),
        new.requests,
        min(others.unconnected, others.requests),
        others.requests,
    )
    if minutes and new.unconnected / minutes >= UNCONNECTED and not alike:
        yield Fault(
            "connections",
            f"the balancer could not connect to {release} {new.unconnected} times "
            f"in {minutes:.0f} minutes",
        )


def _failing(release: str, new: Measures) -> str:
    percent = new.percent(new.failed)
    return f"{release} fails {percent:.2g} % of its requests ({new.failed} of {new.requests})"
