"""A split: held, decided early or at its end, and without stickiness afterwards."""

import pytest
from deployer import Deployer
from rollouts import SPLIT, begin, rolled, table, until
from world import World

from delivery.deciding.plan import split
from delivery.deciding.turning import decided
from stack.refusal import Refused


def test_split_ends_where_it_began() -> None:
    deployer = rolled({"v1": 100}, "split", SPLIT)
    deployer.run()

    assert table(deployer) == [
        "v1:100      | suspend v1 | done",
        "v1:100      | size v1 6-12, up +v2 | done",
        "v1:100      | suspend v2 | done",
        "v1:100      | - | healthy v1:6 v2:3, probe v2",
        "v1:50 v2:50 | traffic v1:50 v2:50 sticky 600 s | hold 120 min",
        "v1:50 v2:50 | - | healthy v1:6",
        "v1:100      | traffic v1:100 | done",
        "v1:100      | unprotect v2, up -v2, sweep v2 | done",
        "v1:100      | resume v1, size v1 3-12 as usual | done",
        "v1:100      | - | done",
    ]


def test_split_is_decided_for_the_new_release() -> None:
    deployer = rolled({"v1": 100}, "split", SPLIT)
    until(deployer, "hold")
    world = deployer.world
    world.tick(60)
    world.document = decided(world.document, {"v2": 100}, world.now)
    deployer = Deployer(world)
    deployer.run()

    assert table(deployer) == [
        "v1:50 v2:50 | - | hold 1 min",
        "v1:50 v2:50 | size v2 6-12 | healthy v2:6",
        "v2:100      | traffic v2:100 | done",
        "v2:100      | unprotect v1, up -v1, sweep v1 | done",
        "v2:100      | resume v2, size v2 3-12 as usual | done",
        "v2:100      | - | done",
    ]


def test_a_split_that_stays_ends_without_stickiness() -> None:
    half = {"v1": 50, "v2": 50}
    deployer = rolled({"v1": 100}, "split", split(half, half, seconds=7200, sticky_seconds=600))
    deployer.run()

    assert "v1:50 v2:50 | traffic v1:50 v2:50 | done" in table(deployer)
    assert deployer.world.sticky == 0


def test_only_a_split_that_is_held_can_be_decided() -> None:
    world = rolled({"v1": 100}).world
    with pytest.raises(Refused, match="No split is held now"):
        decided(world.document, {"v2": 100}, world.now)

    deployer = rolled({"v1": 100}, "split", SPLIT)
    until(deployer, "hold")
    with pytest.raises(Refused, match="The split is between v1, v2: choose of them"):
        decided(deployer.world.document, {"v3": 100}, deployer.world.now)


def test_a_wait_of_more_than_half_an_hour_is_left_to_a_later_resume() -> None:
    deployer = rolled({"v1": 100}, "split", SPLIT)
    until(deployer, "hold")

    rollout = deployer.world.rollout
    assert rollout
    assert rollout.held_until
    assert (rollout.held_until - rollout.since).seconds == 7200


def test_traffic_given_to_a_side_that_loses_goes_back_when_the_other_can_take_it() -> None:
    deployer = rolled({"v1": 100}, "split", SPLIT)
    until(deployer, "traffic v1:100")
    while deployer.step:
        deployer.advance()
    deployer.world.rule = {"v1": 80, "v2": 20}
    deployer.world.fleets["v1"].healthy -= 1
    before = len(deployer.steps)
    deployer.run()

    assert table(deployer)[before : before + 3] == [
        "v1:100      | - | healthy v1:6",
        "v1:100      | traffic v1:100 | done",
        "v1:100      | unprotect v2, up -v2, sweep v2 | done",
    ]


def test_traffic_given_to_a_side_that_the_document_has_let_go_of_goes_back_at_once() -> None:
    deployer = begin(World.serving({"v1": 100}, {"v1": 6}, {"v1": 6}), "split", SPLIT)
    until(deployer, "sweep")
    world = deployer.world
    world.rule = {"v1": 80, "v2": 20}
    world.fleets["v1"].healthy -= 1
    deployer = Deployer(world)
    deployer.run()

    assert table(deployer)[:2] == [
        "v1:100      | traffic v1:100 | done",
        "v1:100      | unprotect v2, up -v2, sweep v2 | done",
    ]
