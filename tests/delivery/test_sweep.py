"""A sample of the fault sweep; `make sweep` runs all of it."""

from collections.abc import Iterator

import pytest

from tests.delivery.engines import EngineTier
from tests.delivery.kept import Kept
from tests.delivery.sweep.bench import Bench
from tests.delivery.sweep.choosing import SAMPLE, Asked, chosen
from tests.delivery.sweep.points import parse
from tests.delivery.sweep.recording import record
from tests.delivery.sweep.running import Sweep

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def sweep(
    first_release: tuple[EngineTier, Kept], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sweep]:
    """The moments of one canary in stage, with whatever runs the points."""
    tier, kept = first_release
    kept.restore()
    bench = Bench(tier, tmp_path_factory.mktemp("sweep"))
    sweep = Sweep(bench, record(bench))
    yield sweep
    sweep.close()


def test_shards_are_all_points_in_whatever_order_each_has_recorded_them() -> None:
    points = [parse(name) for name in SAMPLE]
    first = chosen(points, Asked(named="canary", shard="1/2"))
    second = chosen([*reversed(points)], Asked(named="canary", shard="2/2"))

    assert sorted(each.name for each in [*first, *second]) == sorted(SAMPLE)


@pytest.mark.parametrize("name", SAMPLE)
def test_a_canary_survives(sweep: Sweep, name: str) -> None:
    assert sweep.problems(parse(name)) == []
