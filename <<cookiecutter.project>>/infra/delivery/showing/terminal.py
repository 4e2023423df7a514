"""A rollout as it goes: a picture that follows it on a terminal, lines in a log."""

import time
from collections.abc import Callable
from datetime import timedelta
from types import TracebackType
from typing import Self

from rich.console import Console, RenderableType
from rich.control import Control
from rich.live import Live
from rich.text import Text

from ..driving.events import Event
from .lines import Lines
from .progress import on_stderr, print_line
from .screen import Screen
from .sentences import plain
from .situation import Situation, situation_after

A_SECOND = 2  # pictures


class Terminal:
    """As a context it takes events; `note` takes what is being done within a step."""

    def __init__(
        self,
        console: Console | None = None,
        verb: str = "deliver",
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._console = console or on_stderr()
        self._verb = verb
        self._ticks = ticks
        self._heard = ticks()
        self._lines = Lines()
        self._situation: Situation | None = None
        self._note = ""
        self._live: Live | None = None

    def __enter__(self) -> Self:
        """Begin; only a terminal gets a picture."""
        if self._console.is_terminal and not self._console.is_dumb_terminal:
            self._live = _Picture(
                console=self._console,
                get_renderable=self._picture,
                refresh_per_second=A_SECOND,
                redirect_stdout=False,  # what is printed there is the result
            )
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the last picture where it is."""
        if self._live:
            self._note = ""
            self._live.stop()
            self._live = None

    def __call__(self, event: Event) -> None:
        """Take what a run tells."""
        self._situation = situation_after(self._situation, event)
        self._heard = self._ticks()
        self._note = ""
        if self._live:
            self._live.refresh()
        elif line := self._lines.of(event):
            print_line(self._console, line)

    def note(self, what: str) -> None:
        """Take what is being done now, in words."""
        self._note = what
        if self._live:
            self._live.refresh()
        else:
            print_line(self._console, plain(f"{self._verb}: {what}"))

    def _picture(self) -> RenderableType:
        """Draw the situation; between two events the clock goes on as ours does."""
        if self._situation is None:
            return Text(plain(f"{self._verb}: {self._note or 'looking'}"))
        passed = timedelta(0)
        if not self._situation.ended:
            passed = timedelta(seconds=int(self._ticks() - self._heard))
        return Screen(self._situation, self._situation.at + passed, self._note)


class _Picture(Live):
    """Begins on an empty screen when its size has changed: what was drawn may have been wrapped."""

    def refresh(self) -> None:
        size = self.console.size
        if size != getattr(self, "_drawn_for", size):
            self.console.control(Control.clear(), Control.home())
        self._drawn_for = size
        super().refresh()
