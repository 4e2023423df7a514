"""A migration: on the new fleet once it is healthy, before it has traffic; else all goes back."""

from deployer import Deployer
from rollouts import rolled, table, until

from delivery.deciding.turning import aborted

COMMAND = "migrate --quietly"
RUNS = "v1:100      | run migrate --quietly on v2 | done"


def test_it_runs_on_a_healthy_fleet_that_answers_only_afterwards() -> None:
    deployer = rolled({"v1": 100}, migration=COMMAND)
    deployer.run()

    assert table(deployer)[:6] == [
        "v1:100      | suspend v1 | done",
        "v1:100      | size v1 6-12, up +v2 | done",
        "v1:100      | suspend v2 | done",
        "v1:100      | - | healthy v1:6 v2:1",
        RUNS,
        "v1:100      | - | healthy v1:6 v2:1, probe v2",
    ]
    assert table(deployer)[6:] == table(unmigrated())[4:]
    assert deployer.world.migrated == 1


def unmigrated() -> Deployer:
    """Go the same way without a migration."""
    deployer = rolled({"v1": 100})
    deployer.run()
    return deployer


def test_the_first_release_brings_one_too() -> None:
    deployer = rolled({}, migration=COMMAND)
    deployer.run()

    assert table(deployer)[2:6] == [
        "-           | - | healthy v1:3",
        "-           | run migrate --quietly on v1 | done",
        "-           | - | healthy v1:3, probe v1",
        "v1:100      | up | bake 15 min",
    ]


def test_one_that_fails_takes_the_release_back() -> None:
    deployer = rolled({"v1": 100}, migration=COMMAND)
    deployer.world.schema = False
    deployer.run()

    assert table(deployer)[4:7] == [
        RUNS,
        "v1:100      | - | done",
        "v1:100      | unprotect v2, up -v2, sweep v2 | done",
    ]
    assert deployer.world.migrated == 0


def test_who_takes_over_runs_it_again() -> None:
    deployer = rolled({"v1": 100}, migration=COMMAND)
    until(deployer, "run migrate")
    deployer = Deployer(deployer.world)
    deployer.run()

    assert table(deployer)[0] == RUNS
    assert deployer.world.migrated == 2


def test_one_that_has_ended_is_not_run_again() -> None:
    deployer = rolled({"v1": 100}, migration=COMMAND)
    until(deployer, "probe v2")
    deployer = Deployer(deployer.world)
    deployer.run()

    assert deployer.world.migrated == 1


def test_it_waits_for_a_fleet_that_lost_its_instance() -> None:
    deployer = rolled({"v1": 100}, migration=COMMAND)
    until(deployer, "run migrate")
    world = deployer.world
    world.fleets["v2"].healthy = 0
    deployer = Deployer(world)
    deployer.run()

    assert table(deployer)[:2] == ["v1:100      | - | healthy v1:6 v2:1", RUNS]


def test_an_abort_meanwhile_runs_nothing_more() -> None:
    deployer = rolled({"v1": 100}, migration=COMMAND)
    until(deployer, "run migrate")
    world = deployer.world
    world.document = aborted(world.document, world.observe(), "not now")
    deployer = Deployer(world)
    deployer.run()

    assert table(deployer)[0] == "v1:100      | - | done"
    assert world.migrated == 1
