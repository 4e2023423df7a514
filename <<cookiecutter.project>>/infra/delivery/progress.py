"""What is being done right now: one line that changes on a terminal, a line for each elsewhere."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console

if TYPE_CHECKING:
    from rich.status import Status


class Progress:
    """As a context it can be told what happens next; on stderr, so that stdout has results only."""

    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._console = Console(stderr=True, highlight=False)
        self._status: Status | None = None

    def __call__(self, what: str) -> None:
        """Say what happens from now on."""
        if self._status:
            self._status.update(f"{self._verb}: {what}")
        else:
            print(f"{self._verb}: {what}", file=sys.stderr, flush=True)  # noqa: T201

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
