"""Measure and compare: python -m tools.bench [NAME...] [--rounds N]; exit 1 if a promise is broken."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tools.bench import bake
from tools.bench.measure import Benchmark, Row, Spread, measure

BENCHMARKS = {benchmark.name: benchmark for benchmark in (bake.BENCHMARK,)}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--rounds", type=int, help="how often each case is measured")
    wanted = parser.parse_args()
    unknown = [name for name in wanted.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there is {', '.join(BENCHMARKS)}")
    console = Console()
    broken = 0
    for name in wanted.names or BENCHMARKS:
        benchmark = BENCHMARKS[name]
        rows = run(benchmark, wanted.rounds or benchmark.rounds, console)
        console.print(table(benchmark, rows))
        console.print(benchmark.remark)
        broken += sum(row.kept is False for row in rows)
    return 1 if broken else 0


def run(benchmark: Benchmark, rounds: int, console: Console) -> Sequence[Row]:
    with (
        tempfile.TemporaryDirectory(prefix=f"bench-{benchmark.name}-") as folder,
        console.status(f"{benchmark.name}: preparing") as status,
    ):

        def progress(done: int) -> None:
            status.update(f"{benchmark.name}: {done} of {rounds} rounds")

        return measure(benchmark.prepare(Path(folder)), rounds, progress)


def table(benchmark: Benchmark, rows: Sequence[Row]) -> Table:
    shown = Table(title=benchmark.question, title_justify="left")
    shown.add_column("case")
    for heading in ("seconds", "half of rounds", "ratio", "half of rounds", "promised"):
        shown.add_column(heading, justify="right")
    for row in rows:
        shown.add_row(
            row.case.name,
            f"{row.seconds.median:.3f}",
            between(row.seconds, 3),
            f"{row.ratio.median:.2f}" if row.ratio else "",
            between(row.ratio, 2) if row.ratio else "",
            promise(row),
            end_section=row.kept is not None,
        )
    return shown


def between(spread: Spread, digits: int) -> str:
    return f"{spread.low:.{digits}f}-{spread.high:.{digits}f}"


def promise(row: Row) -> str:
    case = row.case
    said = [f"{case.most_seconds:g} s"] if case.most_seconds is not None else []
    said += [f"ratio {case.most_ratio:g}"] if case.most_ratio is not None else []
    verdict = {True: "kept", False: "broken", None: ""}[row.kept]
    return " ".join([*said, verdict]).strip()


if __name__ == "__main__":
    sys.exit(main())
