"""How a verb sets a rollout going, takes up one that was left, or turns one back."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from stack.document import Document, Release
from stack.refusal import Refused

from ..deciding.actions import SetWeights
from ..deciding.resizing import resized
from ..deciding.turning import aborted, begun, decided
from ..document.heartbeat import Heartbeat
from ..document.lease import Holder, acquire, who
from ..document.record import Shift, Strategy, rollout_of, unleased
from ..document.store import Unwritten
from .desk import Desk
from .driver import drive
from .endings import Left
from .events import Outcome
from .mending import refuse_half_removed


@dataclass(frozen=True)
class Plan:
    """A rollout that is to begin."""

    release: str
    strategy: Strategy
    shifts: list[Shift]
    why: str
    content: Release | None = None  # where the release is a new one
    migration: str = ""  # command that it runs before it has traffic

    def begun(self, desk: Desk, document: Document) -> Document:
        """Give the document in which it is under way; refuse what speaks against it."""
        observed = desk.live.observe()
        return begun(
            document,
            observed,
            desk.place.policy(observed.now),
            strategy=self.strategy,
            release=self.release,
            shifts=self.shifts,
            content=self.content,
            migration=self.migration,
            who=who(),
            why=self.why,
        )


@contextmanager
def leased(desk: Desk, *, steal: bool = False) -> Generator[Holder]:
    """Be the one who may change the tier; afterwards others may."""
    holder = acquire(desk.place.store, who(), steal=steal)
    try:
        yield holder
    finally:
        try:
            holder.release()
        except Refused as refusal:  # what was done is done, and the lease ends by itself
            desk.note(f"the lease was not given back: {refusal}")


def check(desk: Desk, plan: Plan, document: Document) -> None:
    """Refuse what could not go well, before anybody is asked and anything is written.

    Other changes go first, by an `up` of their own: then what the gates see is the release.
    """
    plan.begun(desk, document)
    desk.engine.check()
    desk.note("looking at what the engine would change besides")
    desk.engine.check_changes(document)


def begin(desk: Desk, plan: Plan, seen: Document) -> Outcome:
    """Set a rollout going and drive it; `seen` is the document that it was decided on."""
    with leased(desk) as holder:
        document = holder.document
        if unleased(document) != unleased(seen):
            raise Refused(
                [f"{desk.place.store.where} has changed since it was read; nothing was done."],
                "Run the command again.",
            )
        holder.write(plan.begun(desk, document), instead_of=document)
        return drive(desk.crew(holder))


def carry_on(desk: Desk, *, winner: str | None = None, steal: bool = False) -> Outcome:
    """Take up the rollout that is under way; with a winner, end its split."""
    with leased(desk, steal=steal) as holder:
        document = _under_way(desk, holder.document)
        if winner:
            now = desk.live.observe().now
            holder.write(decided(document, {winner: 100}, now), instead_of=document)
        return drive(desk.crew(holder), resumed=True)


def turn_back(desk: Desk, *, reason: str, steal: bool = False) -> Outcome:
    """Undo the rollout that is under way; users do not wait until S3 takes writes again."""
    try:
        with leased(desk, steal=steal) as holder:
            document = _under_way(desk, holder.document)
            crew = desk.crew(holder)
            refuse_half_removed(desk.engine, document, crew.gone)
            holder.write(aborted(document, desk.live.observe(), reason), instead_of=document)
            return drive(crew, resumed=True)
    except Unwritten as trouble:
        _traffic_only(desk, reason)
        tier = desk.place.names.tier
        raise Left(
            [*str(trouble).splitlines(), "The traffic is back where it was; the rest waits."],
            f"`deliver abort {tier}` undoes the rest, once S3 takes writes again.",
        ) from trouble


def _traffic_only(desk: Desk, reason: str) -> None:
    """Move the traffic back without a word in the document.

    It needs no lease: a live weight of the release below the document's means abort to whoever
    drives the rollout now or later.
    """
    observed = desk.live.observe()
    document = _under_way(desk, desk.place.store.read().document)
    back = aborted(document, observed, reason).weights
    if back and dict(observed.weights or {}) != back:
        desk.live.carry_out(SetWeights(tuple(back.items()), 0))


def _under_way(desk: Desk, document: Document) -> Document:
    if rollout_of(document) is None:
        raise Refused(
            [f"{desk.place.names.tier}: no rollout is under way."],
            "`deliver status` shows the tier as it is.",
        )
    return document


def scale(desk: Desk) -> Outcome:
    """Give living fleets the sizes that settings and hour want now."""
    with leased(desk) as holder, Heartbeat(holder):
        observed = desk.live.observe()
        found = resized(holder.document, observed, desk.place.policy(observed.now).scheduled)
        for each in found:
            desk.note(each.line)
            desk.live.carry_out(each.action)
        if not found:
            desk.note("every fleet has the sizes that it should have")
    return "done"
