"""What the demo says while it works: numbered steps with their time, a sign of life in between."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape

# Without a terminal nothing moves on the screen, so a long step says now and then that it lives.
HEARTBEAT_SECONDS = 15


class Narrator:
    """Prints the steps of the demo; a moving line on a terminal, plain lines elsewhere."""

    def __init__(self, console: Console, steps: int) -> None:
        self.console = console
        self._steps = steps
        self._step = 0

    @contextmanager
    def step(self, title: str) -> Generator[Callable[[str], None]]:
        """One step; yields a function that takes the line that the work is at now."""
        with self._timed(title) as head:
            if self.console.is_terminal:
                with self.console.status(head) as status:
                    yield lambda line: status.update(f"{head} [dim]{escape(line[:100])}[/]")
            else:
                self.console.print(head)
                yield self._heartbeat()

    @contextmanager
    def shown(self, title: str) -> Generator[None]:
        """One step whose commands have the terminal to themselves."""
        with self._timed(title) as head:
            self.console.print(head)
            yield

    @contextmanager
    def _timed(self, title: str) -> Generator[str]:
        self._step += 1
        head = f"[bold]{self._step}/{self._steps}[/] {escape(title)}"
        began = time.monotonic()
        yield head
        self.console.print(f"{head} [green]done[/] in {time.monotonic() - began:.1f} s")

    def _heartbeat(self) -> Callable[[str], None]:
        said = time.monotonic()

        def progress(line: str) -> None:
            nonlocal said
            if time.monotonic() - said >= HEARTBEAT_SECONDS:
                said = time.monotonic()
                self.console.print(f"    {escape(line[:100])}", style="dim")

        return progress
