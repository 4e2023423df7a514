"""A deployer in a process of its own, which the harness kills. It waits in the cloud's time.

`python -m tests.delivery.sweep.deployer PROJECT TIER SERVICE` gets ready, and then goes on with
what the first line of its input names. Each of its lines asks for seconds of the cloud's time; the
answer is a line, too.
"""

import os
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from tests.delivery.engines import EngineTier
from tests.delivery.sweep.bench import Watched, hasten

# What a run needs; to import it takes longer than most runs.
NEEDED = (
    "driving.desk",
    "engine.engine",
    "judging.judging",
    "live.moving",
    "place",
    "driving.proposing",
    "driving.rolling",
)


@dataclass
class Clock:
    """The cloud's clock, at the harness."""

    ask: IO[str]

    def sleep(self, seconds: float) -> None:
        """Wait until that much of the cloud's time is over."""
        self.ask.write(f"{seconds}\n")
        self.ask.flush()
        sys.stdin.readline()


@dataclass
class Cloud:
    """As much of the cloud as a deployer needs besides its endpoint."""

    clock: Clock


def main(project: str, tier: str, service: str) -> None:
    """Get ready, wait for the word, and do it."""
    asked = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever else is said goes elsewhere
    sys.path.insert(0, f"{project}/infra")
    for each in NEEDED:
        import_module(f"delivery.{each}")
    import_module("stack.program")
    hasten()
    cloud: Any = Cloud(Clock(asked))
    deliver = Watched(EngineTier(cloud, Path(project), tier, service))
    verb, _, build = sys.stdin.readline().strip().partition(" ")
    if verb == "deploy":
        deliver.deploy(build)
    else:
        deliver.resume(steal=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
