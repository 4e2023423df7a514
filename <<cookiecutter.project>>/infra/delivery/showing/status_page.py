"""A tier's status as a page of text."""

from collections.abc import Iterator

from ..document.record import Lease, Rollout, at
from .sentences import fleet_said, stage_said
from .status import Line, Status


def page(status: Status) -> str:
    """Write it."""
    return "\n".join(_lines(status))


def _lines(status: Status) -> Iterator[str]:
    yield f"{status.tier} at {at(status.now)}"
    if not status.lines:
        yield f"  no release yet; `deliver deploy {status.tier}` makes the first"
    width = max((len(each.version or "") for each in status.lines), default=0)
    for each in status.lines:
        yield f"  {each.name:<6}{each.weight:>4} %  {each.version or '?':<{width}}  {_fleet(each)}"
    if status.sticky_seconds:
        yield f"  clients stay with a release for {status.sticky_seconds} s"
    if status.rollout:
        yield from _rollout(status.rollout, status.tier)
    else:
        yield "  no rollout is under way"
    if status.lease:
        yield from _lease(status.lease)
    if status.maintenance:
        yield f"  the maintenance page is on; `deliver maintenance off {status.tier}` ends it"
    yield from (f"  differs: {each}" for each in status.differs)


def _fleet(line: Line) -> str:
    if line.fleet is None:
        return "no fleet"
    clock = "; the clock is kept from its sizes" if line.fleet.suspended else ""
    return fleet_said(line.fleet) + clock


def _rollout(rollout: Rollout, tier: str) -> Iterator[str]:
    weights = rollout.shifts[rollout.shift].weights
    way = "is being undone" if rollout.intent == "abort" else "is under way"
    yield (
        f"  {rollout.strategy} of {rollout.release} {way}, by {rollout.who} "
        f"since {at(rollout.started)} ({rollout.why})"
    )
    step = f"step {rollout.shift + 1} of {len(rollout.shifts)}"
    yield f"    {step}: {stage_said(rollout.stage, rollout.release, weights)}, {at(rollout.since)}"
    if rollout.reason:
        yield f"    because: {rollout.reason}"
    if rollout.held_until:
        yield f"    held until {at(rollout.held_until)}"
    yield f"    `deliver resume {tier}` goes on, `deliver abort {tier}` undoes it"


def _lease(lease: Lease) -> Iterator[str]:
    yield (
        f"  {lease.owner} is at work since {at(lease.since)}, last heard of at "
        f"{at(lease.heartbeat)}"
    )
