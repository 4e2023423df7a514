"""The engine: Pulumi, run with the team's own program in this process.

Everything it may touch is decided before it runs: from a preview, by changes.py. A run is told the
document that it was decided on, and the program refuses another (stack/program.py). Nothing is
written into the project: neither its files nor which stack a person has selected.
"""

import os
import runpy
import time
from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from pulumi.automation import CommandError, ConcurrentUpdateError, StackNotFoundError

from stack.document import Document
from stack.names import Names
from stack.program import DECIDED_ON
from stack.refusal import Refused

from ..children import in_one_line
from ..place import account_in
from .adopting import with_traffic_rule
from .changes import Bounds, Change, Heard
from .command import Command, find_command
from .interrupted import Interrupted, check_finished, names, understood
from .locks import Locked, parse_locks
from .running import Run, Trouble
from .state import State, parse_state

PATIENCE = 900.0  # seconds for an engine that outlived its deployer; it ends what it has begun
LOOK_EVERY = 2.0
TRAFFIC = ("slipway:traffic:Traffic",)


class Failed(Refused):
    """The engine has failed; what it had made by then is there."""


class Engine:
    """Pulumi for one tier of the project in whose folder `infra` is."""

    def __init__(
        self,
        infra: Path,
        names: Names,
        tell: Callable[[str], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._infra = infra
        self._names = names
        self._tell = tell
        self._sleep = sleep

    def check(self) -> None:
        """Refuse where no run can begin: no stack, somebody at work, something left half done."""
        state = self._state()
        if not state.made:
            raise Refused(
                [f"The stack {self._names.tier} has nothing in it yet."],
                f"Make the tier first: `pulumi up --stack {self._names.tier}`.",
            )
        self._unlock()
        understood(self._state(), self._names.tier)

    def mend(
        self,
        owners: Collection[str] = (),
        adds: Collection[str] = (),
        removes: Collection[str] = (),
    ) -> Interrupted:
        """After another deployer: remove the lock it may have left, and say what is half done.

        `owners` are those who are known to be gone. What is not understood is refused.
        """
        self._unlock(owners)
        return understood(self._state(), self._names.tier, adds, removes)

    def forget(self, interrupted: Interrupted) -> None:
        """Let the state say that nothing is pending, once what was made is removed by name.

        A traffic rule that was made is taken in: it may carry traffic.
        """
        state = self._state()
        if not state.pending:
            return
        if {*state.pending} - {*interrupted.all}:
            raise Locked(
                [f"The state of {self._names.tier} has changed since it was looked at."],
                "Somebody else is at work on it; try again.",
            )
        self._tell(f"forgetting what was interrupted: {names(state.pending)}")
        text = with_traffic_rule(state, account_in(self._infra, self._names))
        with self._explained("cleared"):  # an import drops what is pending, and nothing else
            self._say("stack", "import", fed=text)

    def changes(self, document: Document) -> list[Change]:
        """Say what an `up` with the document would touch."""
        heard = Heard()
        with self._deciding(document), self._explained("looked at"):
            self._run.preview(heard.step)
        return heard.changes

    def check_changes(
        self, document: Document, adds: Collection[str] = (), removes: Collection[str] = ()
    ) -> None:
        """Refuse if an `up` would touch what does not belong to the rollout."""
        state = self._state()
        check_finished(state, self._names.tier)
        Bounds(document, state, tuple(adds), tuple(removes)).check(
            self.changes(document), self._names.tier
        )

    def up(
        self, document: Document, adds: Collection[str] = (), removes: Collection[str] = ()
    ) -> None:
        """Make the document's fleets and no others, if that is all that would happen.

        `Failed` says that something may have been made; any other refusal, that nothing was.
        """
        self._tell("looking what the engine would do")
        self.check_changes(document, adds, removes)
        self._tell("the engine runs")
        with self._deciding(document), self._explained("brought up"):
            self._run.up()

    def unprotect(self, release: str) -> None:
        """Let a fleet be deleted."""
        self._unprotect(self._state().protected(release=release))

    def unprotect_traffic(self) -> None:
        """Let the traffic rule be deleted."""
        self._unprotect(self._state().protected(components=TRAFFIC))

    def _unprotect(self, urns: list[str]) -> None:
        if urns:
            with self._explained("changed"):
                self._say("state", "unprotect", "--yes", *urns)

    def _state(self) -> State:
        with self._explained("read"):
            return parse_state(self._say("stack", "export"))

    def _unlock(self, owners: Collection[str] = ()) -> None:
        """Remove a lock whose maker is surely gone; wait for one that runs on this machine."""
        until = time.monotonic() + PATIENCE
        waiting = False
        while True:
            try:
                return self._touch()
            except ConcurrentUpdateError as error:
                locks, locked = parse_locks(str(error)), self._locked(error)
            if not locks or not all(each.alive or each.left_by(owners) for each in locks):
                raise locked
            if not any(each.alive for each in locks):
                self._tell(f"removing the lock that {locks[0]} has left")
                self._say("cancel", "--yes")
            elif time.monotonic() >= until:
                raise locked
            else:
                if not waiting:
                    self._tell(f"waiting for the engine of {locks[0]}, which still runs")
                waiting = True
                self._sleep(LOOK_EVERY)

    def _touch(self) -> None:
        """Take the lock for a moment, by an edit that changes nothing: the root is never protected.

        A preview does without the lock, and would not notice that somebody holds it.
        """
        root = self._state().root
        if root:
            self._say("state", "unprotect", "--yes", root.text)

    def _say(self, *words: str, fed: str | None = None) -> str:
        return self._command.say(*words, "--stack", self._names.tier, at=self._infra, fed=fed)

    @cached_property
    def _command(self) -> Command:
        return find_command()

    @cached_property
    def _run(self) -> Run:
        # Here, in the main thread: imports of the SDK's parts disturb each other in several.
        program = runpy.run_path(str(self._infra / "__main__.py"), run_name="tier")["program"]
        return Run(self._command, self._infra, self._names.tier, program)

    @contextmanager
    def _deciding(self, document: Document) -> Generator[None]:
        """Tell the program, which runs in this process, which document is meant."""
        os.environ[DECIDED_ON] = document.fingerprint
        try:
            yield
        finally:
            del os.environ[DECIDED_ON]

    @contextmanager
    def _explained(self, what: str) -> Generator[None]:
        """Turn what the engine refuses into lines."""
        tier = self._names.tier
        try:
            yield
        except StackNotFoundError as error:
            raise Refused(
                [f"There is no stack {tier}, where Pulumi keeps what it has made."],
                f"Make it: `pulumi stack init {tier}`, then `pulumi up`.",
            ) from error
        except ConcurrentUpdateError as error:
            raise self._locked(error) from error
        except Trouble as trouble:
            if trouble.refusal:
                raise trouble.refusal from trouble
            problems = [f"{tier} cannot be {what}: {each}" for each in trouble.problems]
            raise Failed(problems) from trouble
        except CommandError as error:
            problem = f"The state of {tier} cannot be {what}: {in_one_line(str(error))}"
            raise Failed([problem]) from error

    def _locked(self, error: Exception) -> Locked:
        holders = ", ".join(str(each) for each in parse_locks(str(error)))
        return Locked(
            [f"The state of {self._names.tier} is locked by {holders or 'another run of Pulumi'}."],
            f"Wait for it; or, if it is gone for sure, `pulumi cancel {self._names.tier}`.",
        )
