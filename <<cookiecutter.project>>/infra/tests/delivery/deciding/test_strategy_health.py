"""Fleets that are not healthy, or not large enough, before traffic comes to them."""

from deployer import Deployer
from rollouts import rolled, table, until


def test_a_fleet_that_never_becomes_healthy_gets_no_traffic() -> None:
    deployer = rolled({"v1": 100})
    deployer.world.sick = frozenset({"v2"})
    deployer.run()

    assert table(deployer)[4:6] == [
        "v1:100      | - | done",
        "v1:100      | unprotect v2, up -v2, sweep v2 | done",
    ]


def test_a_fleet_that_lost_an_instance_since_it_was_ready_is_waited_for_again() -> None:
    deployer = rolled({"v1": 100})
    until(deployer, "healthy v1:6 v2:1")
    while deployer.step:
        deployer.advance()
    assert deployer.verdict
    assert deployer.verdict.passed
    deployer.world.fleets["v1"].healthy -= 1
    deployer.advance()

    assert table(deployer)[-1] == "v1:100      | - | healthy v1:6 v2:1, probe v2"


def test_a_fleet_that_comes_and_goes_is_not_waited_for_forever() -> None:
    deployer = rolled({"v1": 100})
    until(deployer, "healthy v1:6 v2:1")
    while deployer.step:
        deployer.advance()
    deployer.world.tick(901)
    deployer.world.fleets["v2"].healthy = 0
    deployer.run()

    assert deployer.world.last
    assert deployer.world.last.reason == "not ready in 900 s: v2 has 0 of 1 healthy"


def test_a_rule_that_was_not_made_waits_for_healthy_fleets_again() -> None:
    deployer = rolled({})
    until_written = "v1:100      | up | bake 15 min"
    while not deployer.steps or table(deployer)[-1] != until_written:
        deployer.advance()
    deployer.advance()  # the document is written, then the deployer ends
    deployer.world.fleets["v1"].healthy = 0
    deployer = Deployer(deployer.world)
    deployer.run()

    assert table(deployer)[0] == "v1:100      | - | healthy v1:3, probe v1"


def test_load_that_came_meanwhile_makes_the_new_fleet_larger() -> None:
    deployer = rolled({"v1": 100})
    until(deployer, "v2:50")
    deployer.world.fleets["v2"].desired = 6  # scaling found 5 too few for half of the traffic
    before = len(deployer.steps)
    deployer.run()

    assert table(deployer)[before] == "v1:50 v2:50 | size v2 10-12 | healthy v2:10"


def test_what_a_hand_gave_a_fleet_does_not_show_that_it_can_carry_it() -> None:
    deployer = rolled({"v1": 100})
    until(deployer, "v2:5 ")
    deployer.world.rule = {"v1": 50, "v2": 50}
    before = len(deployer.steps)
    deployer.run()

    assert table(deployer)[before : before + 2] == [
        "v1:95 v2:5  | size v2 2-12 | healthy v1:6 v2:2",
        "v1:75 v2:25 | traffic v1:75 v2:25 | bake 10 min against v1",
    ]


def test_who_takes_over_gives_fleets_their_whole_time_again() -> None:
    deployer = rolled({"v1": 100})
    until(deployer, "healthy v1:6 v2:1")
    world = deployer.world
    world.sick = frozenset({"v2"})
    world.tick(901)
    world.sick = frozenset()
    deployer = Deployer(world)
    deployer.run()

    assert world.rule == {"v2": 100}
