"""Each strategy from its first call to its last, on the simulated cloud, with the real engine."""

from collections.abc import Callable

import pytest

from tests.cloud import Cloud
from tests.delivery.deploying import Deliver
from tests.delivery.engines import EngineTier

pytestmark = pytest.mark.engine
MORNING = "2026-11-23T08:00:00Z"


@pytest.fixture
def deliver_in(tier_of: Callable[[str], EngineTier], cloud: Cloud) -> Callable[[str], Deliver]:
    """Makes a tier without a release, in which `deliver` is tried."""

    def make(tier: str) -> Deliver:
        cloud.clock.set(MORNING)
        cloud.instances.as_on_aws()
        return Deliver(tier_of(tier))

    return make


def test_the_first_release_and_then_each_strategy(
    deliver_in: Callable[[str], Deliver],
) -> None:
    deliver = deliver_in("dev")
    first = deliver.publish(1)

    assert deliver.deploy(first) == "done"

    assert deliver.weights == {"v1": 100}
    assert deliver.document.releases["v1"].build.sha256 == first
    for number, strategy in enumerate(("all-at-once", "blue-green", "canary"), 2):
        deliver.told.clear()
        assert deliver.deploy(deliver.publish(number), strategy) == "done"
        assert deliver.weights == {f"v{number}": 100}
        assert deliver.sizes.keys() == {f"v{number}"}
        assert deliver.document.rollout is None
        assert deliver.document.lease is None
    assert deliver.moves() == [{"v3": 100}, {"v3": 50, "v4": 50}, {"v4": 100}]
