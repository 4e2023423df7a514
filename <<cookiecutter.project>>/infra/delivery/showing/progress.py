"""What is being done right now: one line that changes on a terminal, a line for each elsewhere."""

import os
import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.text import Text

from .sentences import plain

if TYPE_CHECKING:
    from rich.status import Status


def on_stderr() -> Console:
    """Give the console of everything that moves: stdout has results only.

    Only a terminal moves, whatever FORCE_COLOR says to a log; NO_COLOR is heeded on both.
    """
    moving = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    return Console(stderr=True, highlight=False, force_terminal=moving)


def print_line(console: Console, line: str) -> None:
    """Print a line as it is: not wrapped, nothing in it taken for markup."""
    console.print(line, markup=False, highlight=False, soft_wrap=True)


class Progress:
    """As a context it can be told what happens next."""

    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._console = on_stderr()
        self._status: Status | None = None

    def __call__(self, what: str) -> None:
        """Say what happens from now on."""
        if self._status:
            self._status.update(Text(plain(f"{self._verb}: {what}")))
        else:
            print_line(self._console, f"{self._verb}: {what}")

    def __enter__(self) -> Self:
        """Begin; a terminal shows that it goes on."""
        if self._console.is_terminal:
            self._status = self._console.status(f"{self._verb}: starting")
            self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the terminal as it was."""
        if self._status:
            self._status.stop()
