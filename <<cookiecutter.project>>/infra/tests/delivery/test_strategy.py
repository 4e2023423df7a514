"""What each strategy does, step by step: read these tables to learn a rollout."""

from dataclasses import replace

import pytest
from world import SETTINGS, Deployer, World, content

from delivery.actions import (
    Action,
    RemoveLeftovers,
    ResumeSchedules,
    SetScheduledSizes,
    SetSizes,
    SetWeights,
    SuspendSchedules,
    Unprotect,
    UnprotectTraffic,
    Up,
)
from delivery.gates import Acted, Bake, Gate, Hold, Ready
from delivery.plan import shifts, split
from delivery.record import Shift, Strategy, rollout_of
from delivery.turning import aborted, begun, decided, next_name
from stack.refusal import Refused


def rolled(
    start: dict[str, int], strategy: Strategy = "canary", plan: list[Shift] | None = None
) -> Deployer:
    """Begin a rollout of the next release, where each fleet has six instances."""
    return begin(World.serving(start, dict.fromkeys(start, 6)), strategy, plan)


def begin(world: World, strategy: Strategy = "canary", plan: list[Shift] | None = None) -> Deployer:
    """Begin a rollout of the next release."""
    start = world.document.weights
    release = next_name(world.document)
    world.write(
        begun(
            world.document,
            world.observe(),
            world.policy,
            strategy=strategy,
            release=release,
            shifts=plan or shifts(strategy, SETTINGS, start, release),
            content=content(int(release[1:])),
            who="ann@laptop",
            why="a change",
        )
    )
    return Deployer(world)


def table(deployer: Deployer) -> list[str]:
    """Write the steps as lines: the weights of the document, what is done, what must hold."""
    return [
        f"{_weights(step.document.weights):<12}| "
        f"{', '.join(_said(each) for each in step.actions) or '-'} | {_gate(step.gate)}"
        for step in deployer.steps
    ]


def _weights(weights: dict[str, int]) -> str:
    return " ".join(f"{name}:{weight}" for name, weight in weights.items()) or "-"


def _said(action: Action) -> str:
    match action:
        case Up():
            parts = [
                *(f"+{each}" for each in action.adds),
                *(f"-{each}" for each in action.removes),
            ]
            words = " ".join(["up", *parts])
        case SetSizes():
            words = f"size {action.fleet} {action.min_size}-{action.max_size}"
        case SetScheduledSizes():
            words = f"size {action.fleet} {action.sizes.min_size}-{action.sizes.max_size} as usual"
        case SetWeights():
            sticky = f" sticky {action.sticky_seconds} s" if action.sticky_seconds else ""
            words = f"traffic {_weights(dict(action.weights))}{sticky}"
        case SuspendSchedules():
            words = f"suspend {action.fleet}"
        case ResumeSchedules():
            words = f"resume {action.fleet}"
        case Unprotect():
            words = f"unprotect {action.fleet}"
        case UnprotectTraffic():
            words = "unprotect traffic"
        case RemoveLeftovers():
            words = f"sweep {action.fleet}"
    return words


def _gate(gate: Gate) -> str:
    match gate:
        case Acted():
            return "done"
        case Ready():
            healthy = " ".join(f"{name}:{floor}" for name, floor in gate.floors)
            return f"healthy {healthy}" + (f", probe {gate.probe}" if gate.probe else "")
        case Bake():
            against = " ".join(gate.baseline)
            minutes = (gate.until - gate.since).seconds // 60
            return f"bake {minutes} min" + (f" against {against}" if against else "")
        case Hold():
            return f"hold {(gate.until - gate.since).seconds // 60} min"


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


SPLIT = split({"v1": 50, "v2": 50}, {"v1": 100}, seconds=7200, sticky_seconds=600)


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


def test_only_a_split_that_is_held_can_be_decided() -> None:
    world = rolled({"v1": 100}).world
    with pytest.raises(Refused, match="No split is held now"):
        decided(world.document, {"v2": 100}, world.now)

    deployer = rolled({"v1": 100}, "split", SPLIT)
    until(deployer, "hold")
    with pytest.raises(Refused, match="The split is between v1, v2: choose of them"):
        decided(deployer.world.document, {"v3": 100}, deployer.world.now)


def test_the_first_release_gets_its_traffic_rule_from_the_engine() -> None:
    deployer = rolled({})
    deployer.run()

    assert table(deployer) == [
        "-           | up +v1 | done",
        "-           | suspend v1 | done",
        "-           | - | healthy v1:3, probe v1",
        "v1:100      | up | bake 15 min",
        "v1:100      | - | done",
        "v1:100      | resume v1, size v1 3-12 as usual | done",
        "v1:100      | - | done",
    ]


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
        "-           | unprotect v1, unprotect traffic, up -v1, sweep v1 | done",
    ]
    assert deployer.world.rule is None


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


def test_resume_does_a_step_again() -> None:
    deployer = rolled({"v1": 100})
    until(deployer, "v2:25")
    deployer = Deployer(deployer.world)
    deployer.run()

    assert table(deployer)[:2] == [
        "v1:75 v2:25 | - | bake 10 min against v1",
        "v1:75 v2:25 | size v2 3-12 | healthy v1:6 v2:3",
    ]


def test_a_wait_of_more_than_half_an_hour_is_left_to_a_later_resume() -> None:
    deployer = rolled({"v1": 100}, "split", SPLIT)
    until(deployer, "hold")

    rollout = deployer.world.rollout
    assert rollout
    assert rollout.held_until
    assert (rollout.held_until - rollout.since).seconds == 7200


def test_load_that_came_meanwhile_makes_the_new_fleet_larger() -> None:
    deployer = rolled({"v1": 100})
    until(deployer, "v2:50")
    deployer.world.fleets["v2"].desired = 6  # scaling found 5 too few for half of the traffic
    before = len(deployer.steps)
    deployer.run()

    assert table(deployer)[before] == "v1:50 v2:50 | size v2 10-12 | healthy v2:10"


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


def test_six_releases_cannot_share() -> None:
    five = {f"v{number}": 20 for number in range(1, 6)}

    with pytest.raises(Refused, match="the balancer takes 5 releases"):
        rolled(five)
    rolled(five, "blue-green").run()


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


def until(deployer: Deployer, words: str) -> None:
    """Go on until a step that says this is written and acted upon, or only written at the close."""
    for _ in range(200):
        assert deployer.advance()
        found = bool(deployer.steps) and words in table(deployer)[-1]
        if found and deployer.step and (not deployer.todo or _closing(deployer)):
            return
    raise AssertionError(words)


def _closing(deployer: Deployer) -> bool:
    rollout = rollout_of(deployer.world.document)
    return rollout is not None and rollout.stage == "closing"
