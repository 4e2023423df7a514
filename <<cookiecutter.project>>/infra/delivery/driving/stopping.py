"""Ctrl-C: the first ends the run in order, after the step that it is at; the second at once.

A pipeline's cancel button sends the same signal, or SIGTERM, which is taken alike.
"""

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType


class Stop:
    """Whether somebody wants the run to end, and a wait that ends with that."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._wanted = threading.Event()

    @property
    def wanted(self) -> bool:
        """Tell whether it is to end."""
        return self._wanted.is_set()

    def wait(self, seconds: float) -> None:
        """Wait, unless it is to end."""
        self._wanted.wait(seconds)

    @contextmanager
    def heeded(self) -> Generator[None]:
        """Take the signals, as long as the block runs."""
        kinds = (signal.SIGINT, signal.SIGTERM)
        before = {kind: signal.signal(kind, self._heed) for kind in kinds}
        try:
            yield
        finally:
            for kind, handler in before.items():
                signal.signal(kind, handler)

    def _heed(self, _number: int, _frame: FrameType | None) -> None:
        if self.wanted:
            raise KeyboardInterrupt
        self._wanted.set()
        self._tell("stopping after this step; once more stops at once")
