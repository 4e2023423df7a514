"""Which release a rollback goes back to, and how."""

from typing import Any

import pytest
from places import IMAGE, Cloud, place, publish, write
from rollouts import rolled
from samples import release_data
from world import START

from delivery.deciding.observed import Fleet, Observed
from delivery.document.record import at
from delivery.releases.going_back import REMEMBERED, Return, restarted, way_back
from delivery.releases.releasing import same_content
from stack.document import Document, Release
from stack.refusal import Refused


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


class Tier:
    """A tier whose document goes through what a test says."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.place = place(cloud)
        self.builds: dict[str, str] = {}

    def release(self, number: int, build: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
        """Make a release of a build, which is published once."""
        if build not in self.builds:
            self.builds[build] = publish(self.cloud, build)
        data = release_data(number, **changes)
        return {**data, "build": {**data["build"], "sha256": self.builds[build], "version": build}}

    def lives(self, number: int, build: str, **changes: Any) -> None:  # noqa: ANN401
        """Have a release take all the traffic; the one before goes."""
        name = f"v{number}"
        releases = {name: self.release(number, build, **changes)}
        write(self.cloud, releases=releases, weights={name: 100})

    @property
    def document(self) -> Document:
        """Read the document as it is now."""
        return self.place.store.read().document

    def back(self, to: str | None = None, *standing: str) -> Return:
        """Look for the way back, where these fleets stand."""
        fleets = {name: Fleet(desired=3, healthy=3) for name in standing}
        live = {name: weight for name, weight in self.document.weights.items() if weight}
        observed = Observed(now=START, weights=live, fleets=fleets)
        return way_back(self.place, self.document, observed, to)

    def refused(self, to: str | None = None, *standing: str) -> str:
        """Look for it in vain."""
        with pytest.raises(Refused) as caught:
            self.back(to, *standing)
        return str(caught.value)


@pytest.fixture
def tier(cloud: Cloud) -> Tier:
    return Tier(cloud)


def test_while_the_old_fleet_stands_only_the_traffic_moves(tier: Tier) -> None:
    releases = {f"v{n}": tier.release(n, f"b{n}") for n in (1, 2, 3)}
    write(tier.cloud, releases=releases, weights={"v2": 100})

    back = tier.back(None, "v1", "v2", "v3")

    assert (back.way, back.name) == ("weights", "v1")
    assert tier.back("v3", "v1", "v2", "v3").name == "v3"
    assert not [key for what, key in tier.cloud.bucket.asked if what == "list_object_versions"]


def test_a_fleet_that_is_half_gone_does_not_stand(tier: Tier) -> None:
    tier.lives(1, "b1")
    releases = {f"v{n}": tier.release(n, f"b{n}") for n in (1, 2)}
    write(tier.cloud, releases=releases, weights={"v2": 100})

    fleets = {"v1": Fleet("part"), "v2": Fleet(desired=3)}
    observed = Observed(now=START, weights={"v2": 100}, fleets=fleets)

    assert way_back(tier.place, tier.document, observed).way == "release"


def test_when_it_is_gone_its_content_goes_out_again(tier: Tier) -> None:
    tier.lives(1, "b1", environment={"LEVEL": "debug"})
    former = tier.document.releases["v1"]
    tier.lives(2, "b2")

    back = tier.back(None, "v2")

    assert (back.way, back.name) == ("release", "v1")
    assert same_content(back.content, former)
    assert back.content.label != former.label
    assert at(back.content.created) == at(START)


@pytest.mark.parametrize(
    ("lives", "to"),
    [
        (["b1", "b2", "b3"], "v2"),
        (["b1", "b2", "b1"], None),  # v3 went back to b1: v2 is undone, and before b1 was nothing
        (["b1", "b2", "b3", "b2"], "v1"),
        (["b1", "b2", "b3", "b3"], "v2"),  # a restart undoes nothing
        (["b1", "b2", "b3", "b2", "b4"], "v4"),
        (["b1", "b2", "b2", "b3"], "v3"),
    ],
)
def test_what_was_gone_back_from_is_not_gone_back_to(
    tier: Tier, lives: list[str], to: str | None
) -> None:
    for number, build in enumerate(lives, 1):
        tier.lives(number, build)
    here = f"v{len(lives)}"

    if to:
        assert tier.back(None, here).name == to
    else:
        assert tier.refused(None, here).startswith("dev: no former release is known")


def test_a_fleet_that_got_its_traffic_back_undoes_what_had_it(tier: Tier) -> None:
    tier.lives(1, "b1")
    for weights in ({"v2": 100}, {"v3": 100}, {"v2": 100}):
        releases = {f"v{n}": tier.release(n, f"b{n}") for n in (2, 3)}
        write(tier.cloud, releases=releases, weights=weights)

    assert tier.back(None, "v2").name == "v1"


def test_what_never_had_all_the_traffic_at_rest_is_not_gone_back_to(tier: Tier) -> None:
    tier.lives(1, "b1")
    releases = {f"v{n}": tier.release(n, f"b{n}") for n in (1, 2)}
    write(tier.cloud, releases=releases, weights={"v1": 50, "v2": 50})
    tier.cloud.bucket.put(tier.place.names.document, b"nobody can read this")
    tier.lives(3, "b3")

    assert tier.back(None, "v3").name == "v1"
    assert tier.back("v2", "v3").name == "v2"  # a person may want it all the same


def test_no_more_of_the_past_is_read_than_makes_sense(tier: Tier) -> None:
    for number in range(1, REMEMBERED + 9):
        tier.lives(number, f"b{number}")
    tier.cloud.bucket.asked.clear()

    tier.back(None, f"v{REMEMBERED + 8}")

    read = [1 for what, key in tier.cloud.bucket.asked if what == "GetObject" and "rollouts" in key]
    assert len(read) <= REMEMBERED + 3


def test_a_way_back_that_leads_nowhere_is_refused(tier: Tier) -> None:
    write(tier.cloud, releases={}, weights={})
    assert tier.refused().startswith("dev has no release; there is nothing to go back from.")

    tier.lives(1, "b1")
    assert tier.refused(None, "v1").startswith("dev: no former release is known")
    assert tier.refused("v1", "v1").startswith("v1 has all the traffic already.")
    assert tier.refused("v7", "v1").startswith("dev: v7 never had traffic, or its history is gone.")


def test_a_former_release_whose_parts_are_gone_is_refused(tier: Tier) -> None:
    tier.lives(1, "b1")
    tier.lives(2, "b2")
    tier.cloud.images.clear()
    del tier.cloud.bucket.keys[tier.place.names.build(tier.builds["b1"])]

    build, image = tier.refused(None, "v2").splitlines()

    assert "is not there; no machine of a release of it could start" in build
    assert image.startswith(f"Image {IMAGE} does not exist")


def test_out_of_a_rollout_the_way_back_is_to_abort_it(tier: Tier) -> None:
    world = rolled({"v1": 100}).world

    back = way_back(tier.place, world.document, world.observe())

    assert (back.way, back.name) == ("abort", "v1")
    with pytest.raises(Refused, match="it can only go back to v1"):
        way_back(tier.place, world.document, world.observe(), "v9")


def test_out_of_a_first_release_there_is_no_way_back(tier: Tier) -> None:
    world = rolled({}).world

    with pytest.raises(Refused, match="is the tier's first release"):
        way_back(tier.place, world.document, world.observe())


def test_a_restart_is_the_live_release_again(tier: Tier) -> None:
    tier.lives(4, "b4", environment={"LEVEL": "debug"}, spot_percent=7)
    live: Release = tier.document.releases["v4"]

    again = restarted(tier.place, tier.document, START)

    assert same_content(again, live)
    assert again.label != live.label


def test_a_restart_needs_one_live_release_and_no_rollout(tier: Tier) -> None:
    def refused() -> str:
        with pytest.raises(Refused) as caught:
            restarted(tier.place, tier.document, START)
        return str(caught.value)

    write(tier.cloud, releases={}, weights={})
    assert refused().startswith("dev has no release")
    releases = {f"v{n}": tier.release(n, f"b{n}") for n in (1, 2)}
    write(tier.cloud, releases=releases, weights={"v1": 50, "v2": 50})
    assert refused().startswith("dev: v1, v2 share the traffic.")
