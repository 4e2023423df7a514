"""`make sweep`: run the points, say how it goes, and end with 1 if one did not survive."""

import argparse
import os
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tests.delivery.sweep.choosing import SHARD, Asked, chosen, exactly, is_meant
from tests.delivery.sweep.ground import ground
from tests.delivery.sweep.points import LEFT_OUT, Point, points
from tests.delivery.sweep.recording import record
from tests.delivery.sweep.rollouts import ROLLOUTS
from tests.delivery.sweep.running import Sweep

HAND = 5  # every fifth point also has a `pulumi up` by hand, which takes as long as all the rest


@dataclass
class Tally:
    """What came of the points so far."""

    run: int = 0
    failed: int = 0
    alike: int = 0

    def add(self, point: Point, problems: list[str], seconds: float) -> None:
        """Count a point, and say how it went."""
        self.run += 1
        self.failed += bool(problems)
        went = "DID NOT SURVIVE" if problems else "survived"
        print(f"{self.run}. {point.name} {went} ({seconds:.1f} s)", flush=True)
        if problems:
            print(f"  {'; '.join(problems)}\n  again: make sweep K={point.name}", flush=True)


def main() -> int:
    """Run what the command line asks for."""
    asked = _asked()
    _forget_the_persons_settings()
    began, tally = time.monotonic(), Tally()
    with ground() as (make, folder):
        for rollout in ROLLOUTS:
            if not is_meant(rollout.name, asked):
                continue
            named = exactly(asked)
            bench = rollout.bench(make, folder)
            recording = record(bench)
            if not named:
                recording.listen(bench)
                found = filter(rollout.wants, points(rollout.name, recording))
                named = chosen(list(found), asked)
            print(f"{rollout.name}: {len(named)} points, ready after {_since(began)}", flush=True)
            if asked.list:
                print(*(each.name for each in named), sep="\n")
            else:
                _run(Sweep(bench, recording), named, tally)
    return 0 if asked.list else _end(tally, began)


def _run(sweep: Sweep, named: Sequence[Point], tally: Tally) -> None:
    try:
        for number, point in enumerate(named):
            since = time.monotonic()
            problems = sweep.problems(point, by_hand=number % HAND == 0)
            tally.add(point, problems, time.monotonic() - since)
        tally.alike += sweep.alike
    finally:
        sweep.close()


def _end(tally: Tally, began: float) -> int:
    if not tally.run:
        print("no point has that name; ARGS=--list names them")
        return 2
    print(f"{tally.run} points, {tally.run - tally.failed} survived, in {_since(began)}")
    print(f"{tally.alike} ways on began at a moment like one that had been tried")
    print("left out:", *LEFT_OUT, f"`pulumi up` by hand, at all but every {HAND}th", sep="\n  ")
    return int(tally.failed > 0)


def _asked() -> Asked:
    parser = argparse.ArgumentParser(prog="make sweep", description=__doc__)
    parser.add_argument("--shard", default="", help="i/n: every n-th point from the i-th on")
    parser.add_argument("--named", default="", help="only points with this in their name")
    parser.add_argument("--sample", action="store_true", help="the few that `make test` runs")
    parser.add_argument("--list", action="store_true", help="name the points, run none")
    asked = parser.parse_args(namespace=Asked())
    if asked.shard and not re.fullmatch(SHARD, asked.shard):
        parser.error(f"SHARD={asked.shard} is none; write SHARD=1/2 and SHARD=2/2")
    return asked


def _since(began: float) -> str:
    return f"{(time.monotonic() - began) / 60:.1f} min"


def _forget_the_persons_settings() -> None:
    """As tests do: nobody's accounts may be read."""
    for name in [each for each in os.environ if each.startswith(("AWS_", "PULUMI_"))]:
        del os.environ[name]
    os.environ |= {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


if __name__ == "__main__":
    sys.exit(main())
