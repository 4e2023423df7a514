"""What a rollout may begin from."""

from dataclasses import replace

import pytest
from rollouts import rolled
from world import SETTINGS, World, content

from delivery.deciding.plan import shifts
from delivery.deciding.turning import begun
from stack.refusal import Refused


def test_a_rollout_begins_from_what_is_true() -> None:
    world = World.serving({"v1": 100}, {"v1": 6})
    seen = replace(world.observe(), weights={"v1": 90, "v2": 10}, fleets={})

    with pytest.raises(Refused) as caught:
        begun(
            world.document,
            seen,
            world.policy,
            strategy="canary",
            release="v1",
            shifts=shifts("canary", SETTINGS, {"v1": 100}, "v1"),
            content=content(1),
            who="ann@laptop",
            why="a change",
        )

    assert str(caught.value).splitlines() == [
        "The balancer has the weights v1 90 %, v2 10 %, the document v1 100 %.",
        "The fleet of v1 has traffic, and is not whole.",
        "v1 was used before; the next is v2.",
        "The traffic is already as it would be in the end: v1 100 %.",
        "`deliver status` shows the tier as it is.",
    ]


def test_there_is_one_rollout_at_a_time() -> None:
    world = rolled({"v1": 100}).world

    with pytest.raises(Refused, match="A rollout of v2 is under way, by ann@laptop"):
        begun(
            world.document,
            world.observe(),
            world.policy,
            strategy="canary",
            release="v3",
            shifts=shifts("canary", SETTINGS, {"v1": 100}, "v3"),
            content=content(3),
            who="bob@runner",
            why="another",
        )


def test_six_releases_cannot_share() -> None:
    five = {f"v{number}": 20 for number in range(1, 6)}

    with pytest.raises(Refused, match="the balancer takes 5 releases"):
        rolled(five)
    rolled(five, "blue-green").run()
