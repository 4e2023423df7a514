"""Measure and compare; exit 1 when something takes longer than promised."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tools.bench import bake, delivery, preview
from tools.bench.measure import Benchmark, Row, Spread, measure
from tools.bench.service.benchmark import SERVICE, ServiceBenchmark

# The service first: bakes are measured with another home, where no environment is kept ready.
BENCHMARKS = {
    benchmark.name: benchmark
    for benchmark in (SERVICE, preview.BENCHMARK, delivery.BENCHMARK, bake.BENCHMARK)
}


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
        broken += show(benchmark, wanted.rounds or benchmark.rounds, console)
    return 1 if broken else 0


def show(benchmark: Benchmark | ServiceBenchmark, rounds: int, console: Console) -> int:
    """Measure, print, and return how many promises are broken."""
    if isinstance(benchmark, ServiceBenchmark):
        return benchmark.show(rounds, console)
    rows = run(benchmark, rounds, console)
    console.print(table(benchmark, rows))
    return sum(row.kept is False for row in rows)


def run(benchmark: Benchmark, rounds: int, console: Console) -> Sequence[Row]:
    with (
        tempfile.TemporaryDirectory(prefix=f"bench-{benchmark.name}-") as folder,
        console.status(f"{benchmark.name}: preparing") as status,
    ):

        def progress(done: int) -> None:
            status.update(f"{benchmark.name}: {done} of {rounds} rounds")

        with benchmark.prepare(Path(folder)) as cases:
            return measure(cases, rounds, progress)


def table(benchmark: Benchmark, rows: Sequence[Row]) -> Table:
    """The median of every case, and where the middle half of its rounds lies."""
    shown = Table(title=benchmark.question, caption=benchmark.remark, caption_justify="left")
    for heading in ("", "", "ms", "ratio", "promised"):
        shown.add_column(heading, no_wrap=True, justify="right" if heading else "left")
    groups: set[str] = set()
    for row in rows:
        first = row.case.group not in groups
        groups.add(row.case.group)
        if first:
            shown.add_section()
        shown.add_row(
            row.case.group if first else "",
            row.case.name,
            numbers(row.taken, row.case.factor, 0),
            numbers(row.ratio, 1, 2) if row.ratio else "",
            promise(row),
        )
    return shown


def numbers(spread: Spread, factor: float, digits: int) -> str:
    parts = (spread.median, spread.low, spread.high)
    return "{} ({}-{})".format(*(f"{part * factor:.{digits}f}" for part in parts))


def promise(row: Row) -> str:
    case = row.case
    said = [f"{case.most_seconds:g} s"] if case.most_seconds is not None else []
    said += [f"{case.most_ratio:g}"] if case.most_ratio is not None else []
    return " ".join([*said, {True: "kept", False: "broken", None: ""}[row.kept]]).strip()


if __name__ == "__main__":
    sys.exit(main())
