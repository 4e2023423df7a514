"""Why a fleet is as large as it is, and whether the clock may size it."""

from collections.abc import Iterator
from dataclasses import dataclass

from stack.document import Document
from stack.settings import Settings

from ..deciding.capacity import bounded, roomy
from ..deciding.observed import Fleet, Observed
from ..document.past import weighted
from ..document.record import Sizes, rollout_of
from ..showing.sentences import ordered, sizes_said
from .drifted import Difference


@dataclass(frozen=True)
class Hours:
    """Sizes that settings give a fleet."""

    ordinary: Sizes
    now: Sizes  # that the clock means


def hours_of(settings: Settings, scheduled: Sizes) -> Hours:
    """Give both; `scheduled` is what the tier's policy says for now."""
    return Hours(Sizes(min_size=settings.min_size, max_size=settings.max_size), scheduled)


def sizes(document: Document, observed: Observed, hours: Hours) -> Iterator[Difference]:
    """Compare every fleet; what a half one lacks, as its group, is told elsewhere."""
    for name in ordered(document.releases):
        fleet = observed.fleets.get(name)
        if fleet and fleet.made == "whole":
            yield from _size(document, name, fleet, hours)
        if fleet:
            yield from _schedules(document, name, fleet)


def _size(document: Document, name: str, fleet: Fleet, hours: Hours) -> Iterator[Difference]:
    """Explain the bounds, or the instances between them."""
    rollout, floor = rollout_of(document), document.floors.get(name, 0)
    ordinary = bounded(hours.ordinary, floor)
    bounds = Sizes(min_size=fleet.min_size, max_size=fleet.max_size)
    if bounds == ordinary:
        if fleet.desired > fleet.min_size:
            what = f"it has {fleet.desired} instances, of {sizes_said(fleet)}"
            yield Difference(name, what, "load", "scaling has moved it within its bounds")
        return
    what = f"its size is {sizes_said(fleet)}; settings and document say {_said(ordinary)}"
    if rollout and name in rollout.used:
        why = f"the rollout of {rollout.release} sizes it, and sets it back at its close"
        yield Difference(name, what, "rollout", why)
    elif bounds in _by_clock(document, name, hours):
        why = "its hours are over until the morning" if hours.now.off else "an event is on"
        yield Difference(name, what, "clock", why)
    elif bounds == roomy(ordinary, fleet.desired):
        why = f"load has {fleet.desired} instances, and none is taken from its users"
        todo = f"once scaling lets them go, `deliver scale {document.tier}`"
        yield Difference(name, what, "load", why, todo)
    else:
        why = "neither clock nor load nor a rollout does that, or the settings have changed since"
        todo = f"`deliver scale {document.tier}` sets it"
        if name not in weighted(document):
            todo = "without traffic it may stay: the next rollout sizes it"
        yield Difference(name, what, "hand", why, todo)


def _by_clock(document: Document, name: str, hours: Hours) -> list[Sizes]:
    """List what the clock may have set: an event is for fleets with traffic, the night for all."""
    floor = document.floors.get(name, 0)
    if hours.now == hours.ordinary or not (hours.now.off or name in weighted(document)):
        return []
    most = bounded(hours.ordinary, floor).max_size  # which the night leaves as it is
    night = [Sizes(min_size=0, max_size=most)] if hours.now.off else []
    return [hours.now, bounded(hours.now, floor), *night]


def _schedules(document: Document, name: str, fleet: Fleet) -> Iterator[Difference]:
    """Explain why the clock may not size a fleet."""
    rollout = rollout_of(document)
    if not fleet.suspended:
        return
    what = "the clock is kept from sizing it"
    if rollout and name in rollout.used:
        why = f"the rollout of {rollout.release} does that until its close"
        yield Difference(name, what, "rollout", why)
    else:
        fleet_name = f"{document.service}-{document.tier}-{name}"
        todo = (
            f"`aws autoscaling resume-processes --auto-scaling-group-name {fleet_name} "
            "--scaling-processes ScheduledActions`"
        )
        yield Difference.hand(name, what, todo)


def _said(sizes: Sizes) -> str:
    return f"{sizes.min_size} to {sizes.max_size}"
