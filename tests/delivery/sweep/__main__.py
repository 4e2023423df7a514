"""`make sweep`: run the points, say how it goes, and end with 1 if one did not survive."""

import argparse
import os
import sys
import time
from collections.abc import Sequence

from tests.delivery.sweep.bench import Bench
from tests.delivery.sweep.choosing import ChoiceError, exactly, named, sample, shard
from tests.delivery.sweep.ground import ground
from tests.delivery.sweep.points import LEFT_OUT, Point, points
from tests.delivery.sweep.recording import record
from tests.delivery.sweep.running import Sweep

HAND = 5  # every fifth point also has a `pulumi up` by hand, which takes as long as all the rest


def main() -> int:
    """Run what the command line asks for."""
    asked = _asked()
    _forget_the_persons_settings()
    began = time.monotonic()
    with ground() as (tier, folder):
        bench = Bench(tier, folder)
        recording = record(bench)
        chosen = sample() if asked.sample else exactly(asked.named)
        if not chosen:
            recording.listen(bench)
            chosen = _chosen(asked, points(recording))
        print(f"{len(chosen)} points; ready after {_since(began)}", flush=True)
        if asked.list:
            print(*(each.name for each in chosen), sep="\n")
            return 0
        sweep = Sweep(bench, recording)
        try:
            return _run(sweep, chosen)
        finally:
            sweep.close()


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make sweep", description=__doc__)
    parser.add_argument("--shard", default="", help="i/n: every n-th point from the i-th on")
    parser.add_argument("--named", default="", help="only points with this in their name")
    parser.add_argument("--sample", action="store_true", help="the few that `make test` runs")
    parser.add_argument("--list", action="store_true", help="name the points, run none")
    return parser.parse_args()


def _chosen(asked: argparse.Namespace, every: Sequence[Point]) -> list[Point]:
    try:
        chosen = named(every, asked.named) if asked.named else list(every)
        return shard(chosen, asked.shard) if asked.shard else chosen
    except ChoiceError as error:
        sys.exit(str(error))


def _run(sweep: Sweep, chosen: Sequence[Point]) -> int:
    began, failed = time.monotonic(), 0
    for number, point in enumerate(chosen, 1):
        since = time.monotonic()
        problems = sweep.problems(point, by_hand=number % HAND == 1)
        failed += bool(problems)
        said = "survived" if not problems else "DID NOT SURVIVE"
        print(
            f"{number}/{len(chosen)} {point.name} {said} ({time.monotonic() - since:.1f} s)",
            flush=True,
        )
        if problems:
            print(f"  {'; '.join(problems)}\n  again: make sweep K={point.name}", flush=True)
    print(f"{len(chosen)} points, {len(chosen) - failed} survived, in {_since(began)}")
    print(f"{sweep.alike} ways on began at a moment like one that had been tried")
    print("left out:", *LEFT_OUT, sep="\n  ")
    print(f"  `pulumi up` by hand at four of {HAND} points")
    return int(failed > 0)


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
