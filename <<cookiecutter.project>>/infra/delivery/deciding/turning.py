"""How a rollout begins, turns back, is taken over, and how a split is decided."""

from datetime import datetime

from stack.document import MAX_WEIGHTS, Document, Release
from stack.names import MAX_RELEASE, release_number
from stack.refusal import Refused

from ..document.past import weighted
from ..document.record import Rollout, Shift, Sizes, Start, Strategy, Weights, changed, rollout_of
from ..showing.sentences import weights_said
from .observed import Observed, Policy


def next_name(document: Document) -> str:
    """Name the next release; a number that was ever used is not used again."""
    number = max([document.numbered, *map(release_number, document.releases)]) + 1
    if number > MAX_RELEASE:
        raise Refused([f"The service has had {MAX_RELEASE} releases, all there can be."])
    return f"v{number}"


def begun(
    document: Document,
    observed: Observed,
    policy: Policy,
    *,
    strategy: Strategy,
    release: str,
    shifts: list[Shift],
    content: Release | None = None,
    migration: str = "",
    who: str,
    why: str,
) -> Document:
    """Give the document of a rollout that begins; `content` where the release is a new one."""
    problems = list(_against(document, observed, release, shifts, content))
    if problems:
        raise Refused(problems, "`deliver status` shows the tier as it is.")
    rollout = Rollout(
        strategy=strategy,
        release=release,
        shifts=tuple(shifts),
        start=Start(
            releases=document.releases,
            weights=weighted(document),
            floors=document.floors,
            sizes={
                name: Sizes(min_size=each.min_size, max_size=each.max_size)
                for name, each in observed.fleets.items()
                if name in document.releases
            },
            scheduled=policy.scheduled,
        ),
        since=observed.now,
        migration=migration or None,
        started=observed.now,
        who=who,
        why=why,
    )
    return changed(
        document,
        releases={**document.releases, **({release: content} if content else {})},
        numbered=max(document.numbered, release_number(release)),
        rollout=rollout,
    )


def turned_back(document: Document, reason: str, now: datetime) -> Document:
    """Give the document of a rollout that goes back to its start."""
    rollout = _under_way(document)
    return changed(
        document,
        # Those that the close had taken out of the document are in it again.
        releases={**document.releases, **rollout.start.releases},
        weights=rollout.start.weights,
        rollout=rollout.model_copy(
            update={
                "intent": "abort",
                "reason": reason[:500],
                "stage": "returning",
                "since": now,
                "held_until": None,
            }
        ),
    )


def aborted(document: Document, observed: Observed, reason: str) -> Document:
    """Turn back because a person wants it; refuse what can no longer be undone."""
    rollout = _under_way(document)
    if rollout.intent == "abort":
        return document
    gone = [
        name
        for name in rollout.start.weights
        if name not in observed.fleets or observed.fleets[name].made != "whole"
    ]
    if rollout.stage == "settling" or (rollout.stage == "closing" and gone):
        raise Refused(
            [f"{', '.join(gone) or 'The old fleet'} is being removed: it cannot be aborted."],
            "Finish it with `deliver resume`; then roll back.",
        )
    return turned_back(document, reason, observed.now)


def taken_over(document: Document, now: datetime) -> Document:
    """Give fleets their whole time again: nobody may have asked them to grow until now."""
    rollout = _under_way(document)
    if rollout.stage != "raising":
        return document
    return changed(document, rollout=rollout.model_copy(update={"since": now}))


def decided(document: Document, goal: Weights, now: datetime) -> Document:
    """End a split now, with all traffic to a side of it."""
    rollout = _under_way(document)
    held = rollout.shifts[0]
    if rollout.strategy != "split" or rollout.shift or rollout.stage != "shifting":
        raise Refused(["No split is held now."], "`deliver status` shows what is under way.")
    if not goal.keys() <= held.weights.keys():
        raise Refused([f"The split is between {', '.join(sorted(held.weights))}: choose of them."])
    passed = max(0, int((now - rollout.since).total_seconds()))
    shifts = (
        held.model_copy(update={"bake_seconds": min(passed, held.bake_seconds)}),
        Shift(weights=goal, bake_seconds=0),
    )
    return changed(
        document, rollout=rollout.model_copy(update={"shifts": shifts, "held_until": None})
    )


def _under_way(document: Document) -> Rollout:
    rollout = rollout_of(document)
    if rollout is None:
        raise Refused(["No rollout is under way."], "`deliver status` shows the tier as it is.")
    return rollout


def _against(
    document: Document,
    observed: Observed,
    release: str,
    shifts: list[Shift],
    content: Release | None,
) -> list[str]:
    """List what speaks against beginning."""
    problems = []
    under_way = rollout_of(document)
    if under_way:
        problems.append(
            f"A rollout of {under_way.release} is under way, by {under_way.who}: "
            "`deliver resume` or `deliver abort` ends it."
        )
    now = weighted(document)
    if dict(observed.weights or {}) != now:
        problems.append(
            f"The balancer has the weights {weights_said(observed.weights or {})}, "
            f"the document {weights_said(now)}."
        )
    missing = [
        name for name in now if name not in observed.fleets or observed.fleets[name].made != "whole"
    ]
    problems += [f"The fleet of {name} has traffic, and is not whole." for name in missing]
    if content is None and release not in document.releases:
        problems.append(f"{release} is not in the document.")
    if content is not None and release_number(release) <= max(
        [document.numbered, *map(release_number, document.releases)]
    ):
        problems.append(f"{release} was used before; the next is {next_name(document)}.")
    if all(each.weights == now for each in shifts):
        problems.append(f"The traffic is already as it would be in the end: {weights_said(now)}.")
    problems += [
        f"{weights_said(each.weights)}: the balancer takes {MAX_WEIGHTS} releases."
        for each in shifts
        if len(each.weights) > MAX_WEIGHTS
    ]
    return problems
