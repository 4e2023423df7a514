"""One build's way through all four tiers, with each strategy, on the real engine."""

from typing import Any

import pytest

from tests.cloud import Cloud
from tests.delivery.conftest import PROJECT
from tests.delivery.deploying import MORNING, Deliver
from tests.delivery.engines import Make, error_of

pytestmark = [pytest.mark.engine, pytest.mark.timeout(1200)]  # eight rollouts, in four tiers
# Each tier's own strategy, and the shares of its new release before it has all the traffic.
ROLLOUTS: dict[str, tuple[str, list[int]]] = {
    "dev": ("all-at-once", []),
    "test": ("blue-green", []),
    "stage": ("canary", [5, 50]),
    "prod": ("canary", [5, 25, 50]),
}


def test_a_build_goes_from_dev_to_prod_by_its_digest(tier_of: Make, cloud: Cloud) -> None:
    cloud.clock.set(MORNING)
    cloud.instances.as_on_aws()
    tiers = {name: Deliver(tier_of(name)) for name in ROLLOUTS}
    for name in tiers:
        cloud.traffic.flow(f"{PROJECT}-{name}", 3000)
    with pytest.raises(error_of("Refused", "stack.refusal"), match="dev is the first tier"):
        tiers["dev"].promote()
    with pytest.raises(error_of("Refused", "stack.refusal"), match="dev has no release yet"):
        tiers["test"].promote()

    for number in (1, 2):
        build = tiers["dev"].publish(number)
        release = f"v{number}"
        for name, deliver in tiers.items():
            deliver.told.clear()
            after = following(name, tiers)
            refused = refused_meanwhile(deliver, after) if after else []

            outcome = deliver.deploy(build) if name == "dev" else deliver.promote()

            assert outcome == "done", deliver.reasons()
            assert deliver.weights == {release: 100}
            document = deliver.document
            assert document.releases[release].build.sha256 == build
            assert (document.rollout, document.lease) == (None, None)
            assert deliver.sizes.keys() == {release}
            if number > 1:
                strategy, shares = ROLLOUTS[name]
                assert deliver.strategy == strategy
                moved = [each[release] for each in deliver.moves() if release in each]
                assert moved == [*shares, 100]
            if after:
                assert refused == [f"{name}: a rollout of {release} is under way"]
        with pytest.raises(error_of("Refused", "stack.refusal"), match="not live in stage"):
            tiers["prod"].deploy(tiers["dev"].publish(9))

    live = {name: deliver.document.releases["v2"] for name, deliver in tiers.items()}
    assert len({each.build.sha256 for each in live.values()}) == 1
    assert len({each.label for each in live.values()}) == len(tiers), "else it is the tier's own"


def following(name: str, tiers: dict[str, Deliver]) -> Deliver | None:
    names = list(tiers)
    at = names.index(name) + 1
    return tiers[names[at]] if at < len(names) else None


def refused_meanwhile(deliver: Deliver, after: Deliver) -> list[str]:
    """Try to promote what is still on its way; gives what came of it."""
    told: list[Any] = []

    def try_to_promote() -> None:
        deliver.waiting.meanwhile = None
        with pytest.raises(error_of("Refused", "stack.refusal")) as refused:
            after.promote()
        told.append(str(refused.value).partition(", by ")[0])

    deliver.waiting.meanwhile = try_to_promote
    return told
