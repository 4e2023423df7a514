"""How large a fleet must be: for its share of today's load, and in ordinary hours again."""

from collections.abc import Mapping
from math import ceil

from stack.document import Document

from ..document.record import Rollout, Sizes
from .observed import Observed, Policy
from .plan import ALL

LARGEST = 200  # floor that a document takes


def pinned(document: Document, rollout: Rollout, observed: Observed) -> dict[str, int]:
    """Give floors that keep fleets with traffic at their live size; one that is off has none."""
    live = {
        name: max(document.floors.get(name, 0), observed.fleets[name].desired)
        for name in rollout.start.weights
        if name in observed.fleets
    }
    return {name: min(size, LARGEST) for name, size in live.items() if size}


def needed(
    document: Document, rollout: Rollout, observed: Observed, policy: Policy
) -> dict[str, int]:
    """Give the least size of each fleet whose share rises with the next shift.

    What a hand gave a fleet beyond the document says nothing of what it can carry.
    """
    load, most = _load(rollout, observed, policy)
    live = observed.weights or {}
    return {
        name: min(max(1, ceil(load * weight / ALL)), most)
        for name, weight in rollout.shifts[rollout.shift].weights.items()
        if weight > min(live.get(name, 0), document.weights.get(name, 0))
    }


def expected(rollout: Rollout, policy: Policy) -> dict[str, int]:
    """Give the floors of an hour that came meanwhile: a morning or an event, kept from the fleets.

    A rollout that began in the night would leave its old fleets off all day.
    """
    if policy.scheduled == rollout.start.scheduled:
        return {}
    return {
        name: min(floor, LARGEST)
        for name, weight in rollout.shifts[rollout.shift].weights.items()
        if (floor := ceil(policy.scheduled.min_size * weight / ALL))
    }


def _load(rollout: Rollout, observed: Observed, policy: Policy) -> tuple[int, int]:
    """Estimate how many instances all the traffic takes, and how many a fleet may have.

    The fleets that had it at the start show it, until scaling says more: a fleet that it moved
    above its minimum needs more than one instance less, for its share.
    """
    fleets = observed.fleets
    carried = sum(fleets[name].desired for name in rollout.start.weights if name in fleets)
    scaled = [
        ceil((fleets[name].desired - 1) * ALL / weight)
        for name, weight in (observed.weights or {}).items()
        if name in fleets and fleets[name].desired > fleets[name].min_size
    ]
    most = min(max(policy.max_size, policy.scheduled.max_size, carried), LARGEST)
    return max(carried, policy.scheduled.min_size, *scaled, 0), most


def ordinary(rollout: Rollout, observed: Observed, policy: Policy) -> dict[str, Sizes]:
    """Give the sizes of the used fleets that stay: as before, or as another hour wants them.

    A fleet that has more instances than it would be allowed keeps them; scaling lets them go.
    """
    return {
        name: roomy(_usual(name, rollout, policy), observed.fleets[name].desired)
        for name in rollout.used
        if name in observed.fleets and name not in rollout.leaving
    }


def _usual(name: str, rollout: Rollout, policy: Policy) -> Sizes:
    # One that was only standing by and now serves is no longer what it was.
    same = name in rollout.start.weights or name not in rollout.goal
    if policy.scheduled == rollout.start.scheduled and name in rollout.start.sizes and same:
        return rollout.start.sizes[name]
    return bounded(policy.scheduled, rollout.start.floors.get(name, 0))


def bounded(scheduled: Sizes, floor: int) -> Sizes:
    """Give the sizes that the clock means for a fleet with a floor; while it is off, none."""
    least = scheduled.min_size if scheduled.off else max(scheduled.min_size, floor)
    return Sizes(min_size=least, max_size=max(least, scheduled.max_size))


def roomy(sizes: Sizes, desired: int) -> Sizes:
    """Leave a fleet the instances that it has now, unless it is off."""
    if sizes.off:
        return sizes
    return Sizes(min_size=sizes.min_size, max_size=max(sizes.max_size, desired))


def raised(floors: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    """Give the higher of two floors for each fleet: during a rollout none falls."""
    return {name: max(floors.get(name, 0), more.get(name, 0)) for name in {**floors, **more}}
