"""Rounds in which all cases take turns, so that a busy moment of the machine falls on each."""

import random
import statistics
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

ORDER = random.Random(7)  # noqa: S311 (the same order in every run)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One thing to measure."""

    group: str  # cases of a group are compared with its first, round by round
    name: str
    once: Callable[[], float]  # does it, and returns the seconds that count, or the megabytes
    factor: float = 1000  # shown times this: as milliseconds; megabytes as they are
    most_seconds: float | None = None  # what we promise
    most_ratio: float | None = None


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """Cases that take turns. Another one is a file beside bake.py and a line in __main__.py."""

    name: str
    question: str
    # Given a folder that is removed afterwards; cases can be run until the context is left.
    prepare: Callable[[Path], AbstractContextManager[Sequence[Case]]]
    rounds: int
    remark: str = ""


@dataclass(frozen=True)
class Spread:
    """The median, and the range in which the middle half of the rounds lies."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """What was measured of one case."""

    case: Case
    taken: Spread
    ratio: Spread | None

    @property
    def kept(self) -> bool | None:
        """Whether we keep what we promise; None where we promise nothing."""
        promises = []
        if self.case.most_seconds is not None:
            promises.append(self.taken.median <= self.case.most_seconds)
        if self.case.most_ratio is not None and self.ratio is not None:
            promises.append(self.ratio.median <= self.case.most_ratio)
        return all(promises) if promises else None


def measure(cases: Sequence[Case], rounds: int, progress: Callable[[int], None]) -> list[Row]:
    """Run every case once to warm up, then once per round in changing order."""
    times: list[list[float]] = [[] for _ in cases]
    for done in range(-1, rounds):
        progress(max(done, 0))
        for index in ORDER.sample(range(len(cases)), len(cases)):
            taken = cases[index].once()
            if done >= 0:
                times[index].append(taken)
    rows = []
    bases: dict[str, list[float]] = {}
    for case, taken in zip(cases, times, strict=True):
        base = bases.setdefault(case.group, taken)
        ratios = [one / other for one, other in zip(taken, base, strict=True)]
        rows.append(Row(case, spread(taken), spread(ratios) if base is not taken else None))
    return rows


def spread(values: Sequence[float]) -> Spread:
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(median, low, high)
