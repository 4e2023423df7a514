"""Rollouts across the night and an event: the clock is kept out, and has its say at the end."""

from deployer import Deployer
from rollouts import SPLIT, begin, rolled, table, until
from world import EVENT, NIGHT, ORDINARY, World


def test_a_night_that_comes_meanwhile_waits_for_the_close() -> None:
    deployer = rolled({"v1": 100})
    until(deployer, "v2:25")
    deployer.world.fire(NIGHT)
    assert deployer.world.fleets["v1"].desired == 6
    deployer.run()

    assert table(deployer)[-2] == "v2:100      | resume v2, size v2 0-12 as usual | done"
    assert deployer.world.fleets["v2"].desired == 0


def test_a_rollout_by_night_has_what_it_needs_and_ends_as_the_night_wants() -> None:
    world = World.serving({"v1": 100}, {"v1": 3})
    world.fire(NIGHT)
    deployer = begin(world)
    deployer.run()

    assert "healthy v1:0 v2:1, probe v2" in table(deployer)[3]
    assert "size v2 0-12 as usual" in table(deployer)[-2]


def test_an_event_that_starts_meanwhile_makes_both_fleets_larger() -> None:
    world = World.serving({"v1": 100}, {"v1": 3})
    deployer = begin(world)
    until(deployer, "v2:25")
    world.fire(EVENT)
    before = len(deployer.steps)
    deployer.run()

    # In the shift that follows v1 has half of the event's six, too, and it has as many already.
    assert table(deployer)[before] == "v1:75 v2:25 | size v2 3-24 | healthy v1:3 v2:3"
    assert "v1:50 v2:50 | size v2 6-24 | healthy v2:6" in table(deployer)
    assert "size v2 6-24 as usual" in table(deployer)[-2]


def test_a_morning_that_comes_meanwhile_wakes_the_old_fleet() -> None:
    world = World.serving({"v1": 100}, {"v1": 3})
    world.fire(NIGHT)
    deployer = begin(world)
    until(deployer, "v2:25")
    world.fire(ORDINARY)
    assert world.fleets["v1"].desired == 0
    before = len(deployer.steps)
    deployer.run()

    assert table(deployer)[before].startswith("v1:75 v2:25 | size v1 2-12, size v2 2-12 | ")


def test_who_looks_during_a_hold_finds_the_morning() -> None:
    world = World.serving({"v1": 100}, {"v1": 3})
    world.fire(NIGHT)
    deployer = begin(world, "split", SPLIT)
    until(deployer, "hold")
    world.fire(ORDINARY)
    deployer = Deployer(world)
    deployer.run()

    assert table(deployer)[0] == "v1:50 v2:50 | size v1 2-12, size v2 2-12 | hold 120 min"


def test_an_event_that_ends_meanwhile_leaves_ordinary_sizes() -> None:
    world = World.serving({"v1": 100}, {"v1": 3})
    world.fire(EVENT)
    deployer = begin(world)
    until(deployer, "v2:25")
    world.fire(ORDINARY)
    deployer.run()

    assert "size v2 3-12 as usual" in table(deployer)[-2]


def test_an_abort_in_another_hour_gives_the_sizes_of_that_hour() -> None:
    deployer = rolled({"v1": 100})
    until(deployer, "v2:25")
    deployer.world.fire(EVENT)
    deployer.world.bad = True
    deployer.run()

    assert "size v1 6-24 as usual" in table(deployer)[-2]
