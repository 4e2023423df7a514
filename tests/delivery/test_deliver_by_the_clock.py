"""A rollout that the clock meets: an event's start and end, a night's beginning and morning."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.cloud import Cloud
from tests.delivery.conftest import PROJECT, Account
from tests.delivery.deploying import Deliver
from tests.delivery.engines import EngineTier, copied
from tests.delivery.kept import Kept
from tests.delivery.released import in_cloud_time, released
from tests.delivery.stacks import Baked

pytestmark = pytest.mark.engine
SALE = {"start": "2026-11-23T12:00", "end": "2026-11-23T14:00", "min_size": 3, "max_size": 5}


@pytest.fixture(scope="module")
def first_release(
    account_of_module: Account,
    baked: Baked,
    cloud: Cloud,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[EngineTier, Kept]]:
    """Dev, which sleeps from 20 to 6 o'clock, with a sale at Monday's noon."""
    folder = tmp_path_factory.mktemp("by-the-clock")
    account_of_module.set_up("dev", certified=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PULUMI_BACKEND_URL", account_of_module.state)
        in_cloud_time(cloud, patch)
        tier = EngineTier(cloud, copied(baked.infra, folder), "dev", PROJECT)
        with released(tier, folder, events={"sale": SALE}) as found:
            yield found


DAY, EVENT, NIGHT = (1, 1), (3, 5), (0, 1)
AFTER, ITS_NIGHT = (1, 3), (0, 3)  # nothing is sized below what it has: scaling lets the three go


@pytest.mark.parametrize(
    ("begun", "sizes", "later", "then"),
    [
        ("2026-11-23T11:57:00Z", EVENT, "2026-11-23T14:01:00Z", DAY),
        ("2026-11-23T13:57:00Z", AFTER, "2026-11-23T20:01:00Z", ITS_NIGHT),
        ("2026-11-23T19:57:00Z", NIGHT, "2026-11-24T06:01:00Z", DAY),
        ("2026-11-24T05:57:00Z", DAY, "2026-11-24T20:01:00Z", NIGHT),
        ("2026-11-23T22:00:00Z", NIGHT, "2026-11-24T06:01:00Z", DAY),
    ],
    ids=["an event begins", "an event ends", "night falls", "morning comes", "all by night"],
)
def test_a_rollout_goes_on_by_the_clock_and_leaves_what_the_hour_means(
    deliver: Deliver, begun: str, sizes: tuple[int, int], later: str, then: tuple[int, int]
) -> None:
    clock = deliver.cloud.clock
    clock.advance_to(begun)
    slept = deliver.sizes["v1"][1] == 0

    assert deliver.deploy(deliver.publish(2), "canary") == "done"

    assert deliver.moves() == [{"v1": 100}, {"v1": 50, "v2": 50}, {"v2": 100}]
    assert_served(deliver, slept=slept)
    assert deliver.sizes.keys() == {"v2"}
    assert bounds(deliver) == sizes
    observed = deliver.desk().live.observe()
    assert not observed.fleets["v2"].suspended
    clock.advance_to(later)
    assert bounds(deliver) == then, "the clock sets sizes again"


def bounds(deliver: Deliver) -> tuple[int, int]:
    """The least and the most; what runs lies between, or is on its way down from a larger hour."""
    least, running, most = deliver.sizes["v2"]
    assert running >= least
    return least, most


def assert_served(deliver: Deliver, *, slept: bool) -> None:
    """Whoever has traffic has instances, and no fewer than before as long as traffic may return."""
    seen = [each for each in deliver.told if type(each).__name__ == "Seen" and each.weights]
    for each in seen:
        for name, weight in each.weights.items():
            healthy = each.fleets[name].healthy
            assert healthy or (slept and name == "v1"), f"{each.at}: {name} has {weight} %"
    for before, after in pairwise(seen):
        for name in before.fleets.keys() & after.fleets.keys():
            if after.weights.get(name) and "v1" in after.fleets:
                assert after.fleets[name].desired >= before.fleets[name].desired, after.at
