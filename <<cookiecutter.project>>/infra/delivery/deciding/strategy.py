"""The next step of a rollout: one pure function from the document and the live state.

Whoever drives it observes, asks, writes the step's document, does its actions in order, waits for
its gate, and asks again with the verdict. Dying anywhere in between is harmless: without a verdict
the same step comes again, and every action can be done again.

Rules it keeps, each a property in tests/delivery/deciding/test_strategy_properties.py:
- floors rise and targets are healthy before a weight rises;
- a step changes weights or lowers capacity, never both;
- fleets that had traffic keep at least their live size until the close;
- the engine runs twice: to add the new fleet, and at the close (for a first release it also
  makes the traffic rule between the two);
- a migration runs when its fleet is healthy and before it has traffic: once, and again only where
  nobody wrote down that it has ended;
- weights add up to 100, on five fleets at most, or there are none;
- the last good release stays until the new one carries all;
- a live weight of the release below the document's means abort, and it never rises again;
- an abort returns to the start: weights, floors, sizes, fleets;
- no fleet is sized below what load made it, or what a morning or an event that came wants;
- it ends.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from stack.document import Document

from ..document.record import changed, rollout_of
from . import capacity
from .actions import (
    Action,
    RemoveLeftovers,
    RemoveTraffic,
    ResumeSchedules,
    RunAdmin,
    SetScheduledSizes,
    SetSizes,
    SuspendSchedules,
    Unprotect,
    UnprotectTraffic,
    Up,
)
from .gates import Acted, Bake, Gate, Hold, Ready
from .observed import Observed, Policy
from .view import Step, View


@dataclass(frozen=True)
class Done:
    """Nothing is under way."""

    document: Document


def next_step(document: Document, observed: Observed, policy: Policy) -> Step | Done:
    """Give the next step towards the goal, or back to the start."""
    rollout = rollout_of(document)
    if rollout is None:
        return Done(document)
    view = View(document, rollout, observed, policy)
    reason = view.reason_to_abort()
    if reason:
        return returning(view.back(reason), urgent=True)
    return STAGES[rollout.stage](view)


def adding(view: View) -> Step:
    """Keep the sizes of the fleets with traffic, and make the new fleet."""
    gate = Acted("adding")
    if view.passed(gate):
        return raising(view.enter("raising", 0))
    rollout, fleets = view.rollout, view.observed.fleets
    if view.loose(rollout.start.weights):
        return suspending(view, rollout.start.weights)
    floors = capacity.pinned(view.document, rollout, view.observed)
    if rollout.release not in fleets:
        floors |= capacity.needed(view.document, rollout, view.observed, view.policy)
    floors = capacity.raised(view.document.floors, floors)
    new = rollout.release not in rollout.start.releases
    return view.step(
        *_resized(view, {name: floors.get(name, 0) for name in rollout.start.weights}),
        *([Up(adds=(rollout.release,))] if new else []),
        gate=gate,
        floors=floors,
    )


def suspending(view: View, names: Iterable[str]) -> Step:
    """Keep the clock out, and look again: until then it may have set other sizes than we saw."""
    return view.step(
        *(SuspendSchedules(name) for name in view.loose(names)), gate=Acted("suspending")
    )


def raising(view: View) -> Step:
    """Make the fleets large enough for the next shift, and wait until they are healthy."""
    rollout, observed = view.rollout, view.observed
    if view.loose(view.shift.weights):
        return suspending(view, view.shift.weights)
    needed = capacity.needed(view.document, rollout, observed, view.policy)
    floors = capacity.raised(view.document.floors, needed)
    floors = capacity.raised(floors, capacity.expected(rollout, view.policy))
    wanted = {name: floors.get(name, 0) for name in view.shift.weights}
    until = rollout.since + timedelta(seconds=view.policy.ready_seconds)
    quiet = not (observed.weights or {}).get(rollout.release)
    # Before its migration a release may not find what it needs to answer.
    probed = quiet and rollout.strategy != "all-at-once" and not rollout.migration
    probe = rollout.release if probed else None
    gate = Ready(tuple(sorted(wanted.items())), until, probe)
    lacking = view.lacking(wanted)
    if not lacking and view.passed(gate):
        return _onward(view)
    if lacking and observed.now >= until:
        found = ", ".join(
            f"{name} has {view.healthy(name)} of {wanted[name]} healthy" for name in lacking
        )
        return returning(view.back(f"not ready in {view.policy.ready_seconds} s: {found}"))
    return view.step(*_resized(view, wanted), gate=gate, floors=floors)


def _onward(view: View) -> Step:
    """Go on from fleets that are healthy."""
    if view.rollout.migration:
        return migrating(view.enter("migrating"))
    return shifting(view.enter("shifting"))


def migrating(view: View) -> Step:
    """Let the release add to the schema what it needs; then see that its fleet still is healthy."""
    rollout = view.rollout
    gate = Acted("migrating")
    if view.passed(gate) or not rollout.migration:
        done = rollout.model_copy(update={"migration": None})
        return raising(replace(view, rollout=done).enter("raising"))
    if view.lacking({rollout.release: view.document.floors.get(rollout.release, 1)}):
        return raising(view.enter("raising"))
    return view.step(RunAdmin(rollout.release, tuple(rollout.migration.split())), gate=gate)


def shifting(view: View) -> Step:
    """Move traffic to the shift's weights, and watch."""
    rollout, shift = view.rollout, view.shift
    gate = _watched(view)
    if view.passed(gate):
        if rollout.shift + 1 < len(rollout.shifts):
            return raising(view.enter("raising", rollout.shift + 1))
        return closing(view.enter("closing"))
    moves = view.moving(shift.weights, shift.sticky_seconds)
    if moves and view.lacking({name: view.document.floors.get(name, 0) for name in shift.weights}):
        # A deployer ended before the traffic moved, and the fleets are not what they were then.
        return raising(view.enter("raising"))
    until = gate.until if isinstance(gate, Bake | Hold) else rollout.since
    wait = (until - view.observed.now).total_seconds()
    held = until if wait > view.policy.attended_seconds else None
    view = replace(view, rollout=rollout.model_copy(update={"held_until": held}))
    if moves:
        return view.step(*moves, gate=gate, weights=shift.weights)
    # Who looks again in a long wait finds that another hour has come.
    floors = capacity.raised(view.document.floors, capacity.expected(rollout, view.policy))
    sizes = _resized(view, {name: floors.get(name, 0) for name in shift.weights})
    return view.step(*sizes, gate=gate, weights=shift.weights, floors=floors)


def returning(view: View, *, urgent: bool = False) -> Step:
    """Give the traffic back to those that had it: at once, without asking anything of them."""
    gate = Acted("returning")
    if view.passed(gate):
        return closing(view.enter("closing"))
    step = view.step(
        *view.moving(view.rollout.start.weights), gate=gate, weights=view.rollout.start.weights
    )
    return replace(step, urgent=urgent)


def closing(view: View) -> Step:
    """Remove the fleets that have no part in the goal."""
    rollout, observed = view.rollout, view.observed
    goal, leaving = rollout.goal, rollout.leaving
    if goal and any((observed.weights or {}).get(name) for name in leaving):
        # Somebody gave traffic to a fleet that is on its way out. First it goes to one that stays.
        floors = {name: view.document.floors.get(name, 0) for name in goal}
        if view.forward and view.document.releases.keys() >= {*leaving} and view.lacking(floors):
            return raising(view.enter("raising"))
        # Nobody can wait any more once the document has let go of it: any `up` would remove it.
        return view.step(*view.moving(goal), gate=Acted("clearing"), weights=goal)
    gate = Acted("closing")
    if view.passed(gate):
        return settling(view.enter("settling"))
    stays = {name: each for name, each in view.document.releases.items() if name not in leaving}
    actions: list[Action] = [Unprotect(name) for name in leaving]
    if not goal and observed.weights is not None:
        actions += [UnprotectTraffic(), RemoveTraffic()]
    # What the engine tried to make, and does not know to be there, uses what it is to delete now.
    actions += [RemoveLeftovers(name) for name in leaving if view.half_made(name)]
    # An abort that removes nothing has changed nothing that the engine keeps. A first release has
    # nothing to remove, but the engine that made its traffic rule may have died over it.
    if leaving or view.forward:
        actions.append(Up(removes=tuple(leaving)))
    return view.step(
        *actions,
        *(RemoveLeftovers(name) for name in leaving),
        gate=gate,
        releases=stays,
        weights=goal,
        floors={name: size for name, size in rollout.start.floors.items() if name in stays},
    )


def settling(view: View) -> Step:
    """Give the fleets that stay their ordinary sizes, and let the clock set them again."""
    gate = Acted("settling", (("scheduled", view.policy.scheduled),))
    if view.passed(gate):
        return Step(changed(view.document, rollout=None), (), Acted("done"))
    sizes = capacity.ordinary(view.rollout, view.observed, view.policy)
    return view.step(
        *(ResumeSchedules(name) for name in sizes),
        *(SetScheduledSizes(name, each) for name, each in sizes.items()),
        gate=gate,
    )


STAGES = {
    "adding": adding,
    "raising": raising,
    "migrating": migrating,
    "shifting": shifting,
    "returning": returning,
    "closing": closing,
    "settling": settling,
}


def _resized(view: View, floors: Mapping[str, int]) -> list[SetSizes]:
    """List what gives fleets at least these sizes."""
    room = max(view.policy.max_size, view.policy.scheduled.max_size)
    return [
        SetSizes(name, floor, max(fleet.max_size, room, floor))
        for name, floor in floors.items()
        if (fleet := view.observed.fleets.get(name)) and fleet.min_size < floor
    ]


def _watched(view: View) -> Gate:
    """Give the gate of the shift that was made."""
    rollout, shift, policy = view.rollout, view.shift, view.policy
    until = rollout.since + timedelta(seconds=shift.bake_seconds)
    if shift.held:
        return Hold(rollout.release, rollout.since, until)
    if not shift.bake_seconds:
        return Acted(f"shifting {rollout.shift}")
    return Bake(
        release=rollout.release,
        baseline=tuple(sorted(name for name in shift.weights if name != rollout.release)),
        since=rollout.since,
        until=until,
        latest=until + timedelta(seconds=policy.quiet_seconds),
        least_requests=policy.least_requests,
        pass_quiet=policy.pass_quiet,
    )
