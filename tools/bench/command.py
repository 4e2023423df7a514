"""A command that is measured, with all that it starts."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# A small process in between: a command's memory counts from its fork, as large as who forks it.
WATCH = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:])
print("", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.returncode)
"""


class CommandError(Exception):
    """A command failed; the message holds what it printed."""


@dataclass(frozen=True)
class Command:
    """Words, and where they are run."""

    words: Sequence[str]
    folder: Path
    environment: Mapping[str, str]

    def seconds(self) -> float:
        """Run it; the time it took."""
        begun = time.perf_counter()
        self._run()
        return time.perf_counter() - begun

    def megabytes(self) -> float:
        """Run it; the most memory that any one of its processes had."""
        watched = Command([sys.executable, "-c", WATCH, *self.words], self.folder, self.environment)
        return int(watched._run().rpartition(" ")[2]) * 1024 / 1e6  # Linux counts in KiB

    def _run(self) -> str:
        done = subprocess.run(
            self.words,
            cwd=self.folder,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CommandError(f"{' '.join(self.words)} failed: {done.stdout.strip()}")
        return done.stdout
