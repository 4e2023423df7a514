"""Who carries out which action: the engine what it has made, the rest by calls to AWS."""

from collections.abc import Collection
from typing import Protocol

from stack.document import Document

from ..deciding.actions import Action, Unprotect, UnprotectTraffic, Up
from ..deciding.observed import Observed
from ..engine.interrupted import Interrupted
from ..live.moving import Move


class Live(Protocol):
    """The tier on AWS."""

    def observe(self) -> Observed:
        """Look."""

    def carry_out(self, action: Move) -> None:
        """Do what takes calls to AWS only."""


class Engine(Protocol):
    """Pulumi, for one tier."""

    def check(self) -> None:
        """Refuse where no run can begin."""

    def check_changes(
        self, document: Document, adds: Collection[str] = (), removes: Collection[str] = ()
    ) -> None:
        """Refuse if the document would change more than these fleets and what follows."""

    def mend(
        self,
        owners: Collection[str] = (),
        adds: Collection[str] = (),
        removes: Collection[str] = (),
    ) -> Interrupted:
        """Remove a lock that these have left, and say what is half done."""

    def forget(self, interrupted: Interrupted) -> None:
        """Let the state say that nothing is pending."""

    def up(
        self, document: Document, adds: Collection[str] = (), removes: Collection[str] = ()
    ) -> None:
        """Make the document's fleets and no others."""

    def unprotect(self, release: str) -> None:
        """Let a fleet be deleted."""

    def unprotect_traffic(self) -> None:
        """Let the traffic rule be deleted."""


class MovedMeanwhile(Exception):  # noqa: N818 it is no error
    """The tier is not any more as it was when the step was decided: decide again."""


def act(action: Action, document: Document, live: Live, engine: Engine) -> None:
    """Carry an action out; `document` is the one that was written before it."""
    match action:
        case Up():
            if action.removes and document.weights:
                now = live.observe().weights or {}
                if any(now.get(name) for name in action.removes):
                    raise MovedMeanwhile
            engine.up(document, action.adds, action.removes)
        case Unprotect():
            engine.unprotect(action.fleet)
        case UnprotectTraffic():
            engine.unprotect_traffic()
        case _:
            live.carry_out(action)
