"""What a verb means to do with a tier, found out and checked before anybody is asked or told.

A proposal is made from the document and the live state as they are; when it begins, both must
still be so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from stack.document import Document, Release
from stack.refusal import Refused

from ..builds.builds import find, refuse_dirty
from ..deciding.observed import Observed
from ..deciding.plan import ALL, MINUTE, shared, shifts, split
from ..deciding.turning import next_name
from ..document.past import weighted
from ..document.record import Shift, Strategy
from ..place import Place
from ..releases.difference import as_lines, differences
from ..releases.going_back import restarted, way_back
from ..releases.promoting import check_promotion, promoted
from ..releases.releasing import content
from ..showing.sentences import duration_said, weights_said
from .rolling import Plan


@dataclass(frozen=True)
class Seen:
    """A tier as it was when a verb began."""

    place: Place
    document: Document
    observed: Observed


@dataclass(frozen=True)
class Split:
    """A share that is held for a time, and where all the traffic goes after it."""

    percent: int  # of the new release
    minutes: int
    sticky_minutes: int
    keep: bool  # whether the new release has all of it in the end


@dataclass(frozen=True)
class Proposal:
    """A rollout, with what a person wants to know before it begins."""

    plan: Plan
    old: Release | None
    new: Release
    seen: Seen

    def lines(self) -> Iterator[str]:
        """Tell it to a person: what changes, and how the traffic moves."""
        plan, place = self.plan, self.seen.place
        version = self.new.build.version
        yield f"{place.names.tier}: {plan.release}, {version}, by {plan.strategy} ({plan.why})"
        yield from (f"  {each}" for each in as_lines(self._differences))
        if plan.migration:
            yield f"  migration    `{plan.migration}`, before {plan.release} has any traffic"
        for shift in plan.shifts:
            yield f"  traffic      {_shift_said(shift)}"

    @property
    def data(self) -> dict[str, Any]:
        """Tell it to a program."""
        return {
            "tier": self.seen.place.names.tier,
            "release": self.plan.release,
            "sha256": self.new.build.sha256,
            "version": self.new.build.version,
            "strategy": self.plan.strategy,
            "migration": self.plan.migration or None,
            "differences": [each.data for each in self._differences],
            "shifts": [each.model_dump() for each in self.plan.shifts],
        }

    @property
    def _differences(self) -> list[Any]:
        return differences(self.old, self.new, self.seen.place.project)


def deployment(
    seen: Seen,
    build: str | None,
    *,
    strategy: Strategy | None,
    held: Split | None = None,
    why: str | None,
) -> Proposal:
    """Propose the release of a build; without one, of the commit that is checked out."""
    place = seen.place
    found = find(place, build)
    refuse_dirty(place, found)
    check_promotion(place, found.sha256)
    new = content(place, found.sha256, found.manifest, seen.observed.now)
    return _migrated(_new(seen, new, strategy, why or f"deploy {new.build.version}", held))


def promotion(seen: Seen, *, strategy: Strategy | None, why: str | None) -> Proposal:
    """Propose the release of what is live in the tier before."""
    place = seen.place
    build = promoted(place)
    found = find(place, build.sha256)
    refuse_dirty(place, found)
    new = content(place, found.sha256, found.manifest, seen.observed.now)
    return _migrated(_new(seen, new, strategy, why or f"promote {new.build.version}"))


def restart(seen: Seen, *, strategy: Strategy | None, why: str | None) -> Proposal:
    """Propose the release of the same content, on new instances."""
    new = restarted(seen.place, seen.document, seen.observed.now)
    return _new(seen, new, strategy, why or f"restart {seen.document.leading}")


def rollback(seen: Seen, *, to: str | None, why: str | None) -> Proposal | None:
    """Propose the way back; None where that is to abort the rollout under way."""
    found = way_back(seen.place, seen.document, seen.observed, to)
    if found.way == "abort":
        return None
    why = why or f"roll back to {found.name}"
    if found.way == "release":
        return _new(seen, found.content, "blue-green", why)
    steps = shifts("all-at-once", seen.place.settings, weighted(seen.document), found.name)
    plan = Plan(found.name, "all-at-once", steps, why)
    return Proposal(plan, _leading(seen.document), found.content, seen)


def _new(
    seen: Seen, new: Release, strategy: Strategy | None, why: str, held: Split | None = None
) -> Proposal:
    """Give a content the next number, and the movements that bring it its traffic."""
    settings, start = seen.place.settings, weighted(seen.document)
    release = next_name(seen.document)
    chosen: Strategy = "split" if held else strategy or settings.strategy
    steps = _held(start, release, held) if held else shifts(chosen, settings, start, release)
    plan = Plan(release, chosen, steps, why, new)
    return Proposal(plan, _leading(seen.document), new, seen)


def _migrated(proposal: Proposal) -> Proposal:
    """Let a release that comes forward bring its migration; what has run here has had its own."""
    command = proposal.seen.place.settings.migration
    return replace(proposal, plan=replace(proposal.plan, migration=command))


def _held(start: Mapping[str, int], release: str, held: Split) -> list[Shift]:
    if not start:
        raise Refused(
            ["The tier has no release yet, so there is nobody to share the traffic with."],
            "Deploy the first one without a split.",
        )
    return split(
        shared(start, release, held.percent),
        {release: ALL} if held.keep else dict(start),
        seconds=held.minutes * MINUTE,
        sticky_seconds=held.sticky_minutes * MINUTE,
    )


def _leading(document: Document) -> Release | None:
    return document.releases[document.leading] if document.leading else None


def _shift_said(shift: Shift) -> str:
    said = weights_said(shift.weights)
    if shift.sticky_seconds:
        said += f", each client stays where it is for {duration_said(shift.sticky_seconds)}"
    if shift.bake_seconds:
        said += f", {'held' if shift.held else 'watched'} for {duration_said(shift.bake_seconds)}"
    return said
