"""Child processes of the demo: followed line by line, and never left behind."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from types import TracebackType
from typing import Self

# A child asked to end gets this long to clean up (the engine writes its state) before it is killed.
GRACE_SECONDS = 15


class ChildFailedError(Exception):
    """A command of the demo failed; holds the whole of what it printed."""

    def __init__(self, command: Sequence[str], code: int, output: str) -> None:
        super().__init__(f"`{' '.join(command)}` ended with exit code {code}")
        self.output = output


class Children:
    """The commands that the demo has under way; leaving the `with` block ends them all.

    Each runs in a session of its own, so that the terminal's Ctrl-C reaches the demo alone and
    the demo ends them in good order, whichever thread waits for them.
    """

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end_all()

    def start(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        shown: bool = False,
    ) -> subprocess.Popen[str]:
        """Start a command; its output, both streams in one, is a pipe of lines, unless shown."""
        with self._lock:
            if self._closed:
                raise KeyboardInterrupt
            child = subprocess.Popen(
                command,
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=None if shown else subprocess.PIPE,
                stderr=None if shown else subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
            self._running.add(child)
        return child

    def run(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        progress: Callable[[str], None] | None = None,
        shown: bool = False,
        codes: Iterable[int] = (0,),
    ) -> str:
        """Run a command to its end and return what it printed; `shown` prints it as it comes.

        Raises:
            ChildFailedError: The command ended with another exit code than `codes` has.
        """
        child = self.start(command, folder=folder, environment=environment, shown=shown)
        lines: list[str] = []
        with child.stdout or nullcontext([]) as output:  # no pipe where it is shown
            for line in output:
                lines.append(line)
                if progress and line.strip():
                    progress(line.strip())
        code = child.wait()
        with self._lock:
            self._running.discard(child)
        if code not in codes:
            raise ChildFailedError(command, code, "".join(lines))
        return "".join(lines)

    def end(self, child: subprocess.Popen[str]) -> None:
        """Ask a child and its children to end; kill what does not within the grace time."""
        with self._lock:
            self._running.discard(child)
        if child.poll() is not None:
            return
        os.killpg(child.pid, signal.SIGTERM)
        try:
            child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()

    def end_all(self) -> None:
        """End every child; none can be started after."""
        with self._lock:
            self._closed = True
            running = list(self._running)
        for child in running:
            self.end(child)
