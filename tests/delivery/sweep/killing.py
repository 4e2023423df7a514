"""Killing a deployer of the sweep's own, with what it has begun or without."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile

from tests.delivery.sweep.bench import Bench

ROOT = Path(__file__).parents[3]
PATIENCE = 120.0  # seconds for an engine that lost its deployer
QUIET = 0.4  # seconds without a call: the provider of the tests has ended what it was at


class Victim:
    """A deployer that is ready, and waits to be told what to do."""

    def __init__(self, bench: Bench) -> None:
        tier = bench.tier
        self._said = TemporaryFile("w+")  # noqa: SIM115  it ends with the process
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                f"{__package__}.deployer",
                tier.project,
                tier.tier,
                tier.service,
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
        )
        self.engines: list[int] = []

    def run(self, order: str, sleep: Callable[[float], None]) -> str:
        """Let it work until it ends or is killed; gives what it said unless it was killed."""
        process = self._process
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{order}\n")
        process.stdin.flush()
        for line in process.stdout:
            sleep(float(line))
            try:
                process.stdin.write("\n")
                process.stdin.flush()
            except BrokenPipeError:
                break
        code = process.wait()
        self._said.seek(0)
        said = self._said.read()
        return "" if code == -signal.SIGKILL else f"it ended with {code}: {said[-600:]}"

    def kill(self, *, engines: bool) -> None:
        """Kill it, and then its engines where they are not to outlive it."""
        self.engines = descendants(self._process.pid)
        os.kill(self._process.pid, signal.SIGKILL)
        for each in self.engines if engines else ():
            os.kill(each, signal.SIGKILL)

    def wait_for_engines(self) -> None:
        """Wait until nothing of it runs any more."""
        until = time.monotonic() + PATIENCE
        while any(map(_runs, self.engines)):
            assert time.monotonic() < until, f"the engine {self.engines} does not end"
            time.sleep(0.05)

    def close(self) -> None:
        """Let one go that is not needed."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()


class Victims:
    """Deployers, the next of which gets ready while one is at work."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._next: Victim | None = None

    def take(self) -> Victim:
        """Give one, and have another get ready."""
        taken = self._next or Victim(self._bench)
        self._next = Victim(self._bench)
        return taken

    def close(self) -> None:
        """Let the last one go."""
        if self._next:
            self._next.close()
            self._next = None


def descendants(pid: int) -> list[int]:
    """The processes that a process has begun, and those that these have."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        fields = _stat(int(folder.name))
        if fields:
            parents[int(folder.name)] = int(fields[1])
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found[1:]


def quieten(bench: Bench) -> None:
    """Wait until nobody makes calls any more."""
    seen = -1
    while seen != len(bench.cloud.calls):
        seen = len(bench.cloud.calls)
        time.sleep(QUIET)


def _runs(pid: int) -> bool:
    fields = _stat(pid)
    return bool(fields) and fields[0] != "Z"


def _stat(pid: int) -> list[str]:
    """State, parent and so on; nothing where there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return text.rpartition(")")[2].split()
