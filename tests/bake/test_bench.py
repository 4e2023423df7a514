"""The benchmark of bakes: its arithmetic, and that each of its cases still runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bake.baking import Workshop
from tools.bench import bake
from tools.bench.__main__ import promise
from tools.bench.measure import Case, measure


def case(group: str, seconds: list[float], **promised: float) -> Case:
    taken: Iterator[float] = iter([99.0, *seconds])  # the first run only warms up
    return Case(group=group, name="case", once=lambda: next(taken), **promised)


def test_ratios_are_taken_round_by_round() -> None:
    """So that a slow moment of the machine, which hits both, does not count."""
    base = case("a", [1.0, 10.0, 1.0, 1.0, 1.0])
    other = case("a", [2.0, 20.0, 2.0, 2.0, 2.0])
    first, second = measure([base, other], rounds=5, progress=lambda _: None)
    assert first.ratio is None
    assert second.ratio is not None
    assert (second.ratio.low, second.ratio.median, second.ratio.high) == (2.0, 2.0, 2.0)
    assert second.taken.median == 2.0


@pytest.mark.parametrize(
    ("promised", "said"),
    [
        ({}, ""),
        ({"most_seconds": 2.5}, "2.5 s kept"),
        ({"most_seconds": 1.5}, "1.5 s broken"),
        ({"most_ratio": 2.0}, "2 kept"),
        ({"most_ratio": 1.9}, "1.9 broken"),
        ({"most_seconds": 2.5, "most_ratio": 1.9}, "2.5 s 1.9 broken"),
    ],
)
def test_a_promise_is_kept_or_broken(promised: dict[str, float], said: str) -> None:
    cases = [case("a", [1.0, 1.0]), case("a", [2.0, 2.0], **promised)]
    assert promise(measure(cases, rounds=2, progress=lambda _: None)[1]) == said


def test_every_case_runs(workshop: Workshop, tmp_path: Path) -> None:
    folder = tmp_path / "bench"
    folder.mkdir()
    with bake.prepare(folder) as cases:
        assert {case.name for case in cases} == {"one file", "no hooks", "Slipway"}
        for each in cases:
            assert each.once() > 0
            assert [path.name for path in (folder / "shelf").iterdir()] == ["orders"]
            assert (folder / "shelf" / "orders" / ".git").exists() == (each.name == "Slipway")
    assert workshop.shelf.is_dir()
