"""How a rollout goes back: by a gate, by a person, by hand, and when it no longer can."""

import pytest
from deployer import Deployer
from rollouts import begin, rolled, table, until
from world import SETTINGS, World

from delivery.deciding.plan import shifts
from delivery.deciding.turning import aborted, next_name
from stack.refusal import Refused


def test_a_failed_gate_gives_the_traffic_back_at_once() -> None:
    deployer = rolled({"v1": 100})
    until(deployer, "v2:25")
    deployer.world.bad = True
    before = len(deployer.steps)
    deployer.run()

    assert table(deployer)[before:] == [
        "v1:100      | traffic v1:100 | done",
        "v1:100      | unprotect v2, up -v2, sweep v2 | done",
        "v1:100      | resume v1, size v1 3-12 as usual | done",
        "v1:100      | - | done",
    ]
    assert deployer.steps[before].urgent
    assert deployer.world.last
    assert deployer.world.last.reason == "5 % of requests failed"


def test_what_is_half_made_goes_by_name_before_the_engine_removes_what_it_uses() -> None:
    deployer = rolled({"v1": 100})
    until(deployer, "v2:25")
    deployer.world.fleets["v2"].made = "part"
    deployer.world.bad = True
    deployer.run()

    assert "v1:100      | unprotect v2, sweep v2, up -v2, sweep v2 | done" in table(deployer)


def test_an_abort_gives_sizes_back_that_somebody_had_set() -> None:
    world = World.serving({"v1": 100}, {"v1": 6})
    world.fleets["v1"].min_size, world.fleets["v1"].max_size = 5, 15
    deployer = begin(world)
    world.bad = True
    deployer.run()

    assert "resume v1, size v1 5-15 as usual" in table(deployer)[-2]


def test_a_first_release_that_fails_takes_its_rule_along() -> None:
    deployer = rolled({})
    deployer.world.bad = True
    deployer.run()

    assert table(deployer)[4:6] == [
        "-           | - | done",
        "-           | unprotect v1, unprotect traffic, sweep traffic, up -v1, sweep v1 | done",
    ]
    assert deployer.world.rule is None


def test_traffic_that_somebody_took_back_is_not_given_again() -> None:
    deployer = rolled({"v1": 100})
    until(deployer, "v2:25")
    deployer.world.rule = {"v1": 100}
    deployer = Deployer(deployer.world)
    deployer.run()

    assert table(deployer)[:2] == [
        "v1:100      | - | done",
        "v1:100      | unprotect v2, up -v2, sweep v2 | done",
    ]
    assert deployer.world.last
    assert deployer.world.last.reason == (
        "v2 has 0 % of the traffic, less than the document's 25 %: it was taken back"
    )


def test_an_abort_while_the_old_fleet_stands_undoes_the_close() -> None:
    deployer = rolled({"v1": 100}, "blue-green")
    until(deployer, "sweep")
    world = deployer.world  # the document is written, nothing is removed
    assert "v1" not in world.document.releases
    world.document = aborted(world.document, world.observe(), "not now")
    deployer = Deployer(world)
    deployer.run()

    assert world.rule == {"v1": 100}
    assert set(world.document.releases) == {"v1"}


def test_traffic_given_to_a_fleet_that_is_half_gone_goes_to_one_that_stands() -> None:
    deployer = rolled({"v1": 100}, "blue-green")
    until(deployer, "sweep")
    world = deployer.world
    world.fleets["v1"].made, world.rule = "part", {"v1": 100}
    deployer = Deployer(world)
    deployer.run()

    assert table(deployer)[:2] == [
        "v2:100      | traffic v2:100 | done",
        "v2:100      | unprotect v1, up -v1, sweep v1 | done",
    ]


def test_an_abort_after_that_is_refused() -> None:
    deployer = rolled({"v1": 100}, "blue-green")
    until(deployer, "sweep")
    world = deployer.world
    world.fleets["v1"].made = "part"

    with pytest.raises(Refused, match="v1 is being removed: it cannot be aborted"):
        aborted(world.document, world.observe(), "not now")


def test_a_number_is_never_used_again() -> None:
    deployer = rolled({"v1": 100})
    deployer.world.bad = True
    deployer.run()

    assert set(deployer.world.document.releases) == {"v1"}
    assert next_name(deployer.world.document) == "v3"


def test_a_fleet_that_stood_by_is_afterwards_as_it_was() -> None:
    world = World.serving({"v1": 100, "v2": 0}, {"v1": 6, "v2": 3})
    deployer = begin(world, plan=shifts("canary", SETTINGS, {"v1": 100}, "v2"), release="v2")
    world.bad = True
    deployer.run()

    assert table(deployer)[-2] == (
        "v1:100      | resume v1, resume v2, size v1 3-12 as usual, size v2 3-12 as usual | done"
    )
