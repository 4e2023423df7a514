"""What each strategy does, step by step: read these tables to learn a rollout."""

from deployer import Deployer
from rollouts import rolled, table, until


def test_canary() -> None:
    deployer = rolled({"v1": 100})
    deployer.run()

    assert table(deployer) == [
        "v1:100      | suspend v1 | done",
        "v1:100      | size v1 6-12, up +v2 | done",
        "v1:100      | suspend v2 | done",
        "v1:100      | - | healthy v1:6 v2:1, probe v2",
        "v1:95 v2:5  | traffic v1:95 v2:5 | bake 10 min against v1",
        "v1:95 v2:5  | size v2 2-12 | healthy v1:6 v2:2",
        "v1:75 v2:25 | traffic v1:75 v2:25 | bake 10 min against v1",
        "v1:75 v2:25 | size v2 3-12 | healthy v1:6 v2:3",
        "v1:50 v2:50 | traffic v1:50 v2:50 | bake 10 min against v1",
        "v1:50 v2:50 | size v2 6-12 | healthy v2:6",
        "v2:100      | traffic v2:100 | bake 15 min",
        "v2:100      | unprotect v1, up -v1, sweep v1 | done",
        "v2:100      | resume v2, size v2 3-12 as usual | done",
        "v2:100      | - | done",
    ]


def test_blue_green() -> None:
    deployer = rolled({"v1": 100}, "blue-green")
    deployer.run()

    assert table(deployer) == [
        "v1:100      | suspend v1 | done",
        "v1:100      | size v1 6-12, up +v2 | done",
        "v1:100      | suspend v2 | done",
        "v1:100      | - | healthy v2:6, probe v2",
        "v2:100      | traffic v2:100 | bake 15 min",
        "v2:100      | unprotect v1, up -v1, sweep v1 | done",
        "v2:100      | resume v2, size v2 3-12 as usual | done",
        "v2:100      | - | done",
    ]


def test_all_at_once() -> None:
    deployer = rolled({"v1": 100}, "all-at-once")
    deployer.run()

    assert table(deployer) == [
        "v1:100      | suspend v1 | done",
        "v1:100      | size v1 6-12, up +v2 | done",
        "v1:100      | suspend v2 | done",
        "v1:100      | - | healthy v2:6",
        "v2:100      | traffic v2:100 | done",
        "v2:100      | unprotect v1, up -v1, sweep v1 | done",
        "v2:100      | resume v2, size v2 3-12 as usual | done",
        "v2:100      | - | done",
    ]


def test_the_first_release_gets_its_traffic_rule_from_the_engine() -> None:
    deployer = rolled({})
    deployer.run()

    assert table(deployer) == [
        "-           | up +v1 | done",
        "-           | suspend v1 | done",
        "-           | - | healthy v1:3, probe v1",
        "v1:100      | up | bake 15 min",
        "v1:100      | up | done",
        "v1:100      | resume v1, size v1 3-12 as usual | done",
        "v1:100      | - | done",
    ]


def test_resume_does_a_step_again() -> None:
    deployer = rolled({"v1": 100})
    until(deployer, "v2:25")
    deployer = Deployer(deployer.world)
    deployer.run()

    assert table(deployer)[:2] == [
        "v1:75 v2:25 | - | bake 10 min against v1",
        "v1:75 v2:25 | size v2 3-12 | healthy v1:6 v2:3",
    ]
