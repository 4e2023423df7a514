"""The rules of a rollout, as objections to what a step does to the model tier.

In words they are in delivery/deciding/strategy.py.
"""

from typing import TYPE_CHECKING

from machine import Sizing

from delivery.deciding.actions import Action, RunAdmin, SetScheduledSizes, SetSizes, SetWeights, Up
from delivery.deciding.observed import Observed
from delivery.deciding.view import Step
from delivery.document.record import Rollout, rollout_of

if TYPE_CHECKING:
    from world import World


def one_step(world: "World", step: Step) -> None:
    """Object to a step that does what no single step may."""
    ups = any(isinstance(each, Up) for each in step.actions)
    moves = any(isinstance(each, SetWeights) for each in step.actions) or (
        world.rule is None and step.document.weights and ups
    )
    assert not (moves and any(map(_lowers, step.actions))), (
        "a step changes weights or lowers capacity, never both"
    )
    if world.seen and world.seen.verdict and not world.seen.verdict.passed:
        rollout = rollout_of(step.document)
        assert rollout
        assert step.urgent, "a failed gate is answered at once"
        assert step.document.weights == rollout.start.weights, "by giving the traffic back"


def _lowers(action: Action) -> bool:
    return isinstance(action, SetScheduledSizes) or (
        isinstance(action, Up) and bool(action.removes)
    )


def moving(world: "World", weights: dict[str, int]) -> None:
    """Object to weights that may not be set now."""
    rollout, seen = _under_way(world)
    assert sum(weights.values()) == 100, "weights add up to 100"
    assert 1 <= len(weights) <= 5, "a balancer takes five"
    for name, weight in weights.items():
        assert world.fleets[name].made == "whole", "no weight on a fleet that is not whole"
        if weight > (world.rule or {}).get(name, 0):
            assert name not in world.lost or name in rollout.start.weights, "it never rises again"
        # What a hand gave a fleet meanwhile was nobody's decision that it can carry it.
        decided = min((world.rule or {}).get(name, 0), world.before.get(name, 0))
        if weight > decided and world.intent == "forward":
            _carries(world, seen, name, weight)
    if world.intent == "forward" and rollout.stage == "shifting":
        assert not rollout.migration, "what the release needs is there before its traffic"
    if world.intent == "forward" and rollout.stage == "shifting" and rollout.shift:
        assert _proven(world, rollout.shift - 1), "the shift before was watched to its end"


def migrating(world: "World", action: RunAdmin) -> None:
    """Object to a migration that comes at a wrong time."""
    rollout, seen = _under_way(world)
    assert rollout.intent == "forward", "the way back needs no new schema"
    assert action.fleet == rollout.release, "the new release brings its schema"
    assert action.words == ("migrate", "--quietly"), "as it was written"
    assert not world.document.weights.get(action.fleet), "it runs before the release has traffic"
    floor = world.document.floors[action.fleet]
    assert seen.fleets[action.fleet].healthy >= floor > 0, "on a fleet that is healthy"


def _carries(world: "World", seen: Observed, name: str, weight: int) -> None:
    floor, carried = world.document.floors.get(name, 0), sum(world.kept.values())
    if _letting_go(world, seen):  # what stays must take all as it is, and still has its size
        floor = world.fleets[name].min_size
    else:
        assert seen.fleets[name].healthy >= floor, (
            "targets are healthy at the floor before a weight rises"
        )
    assert floor * 100 >= min(carried, 12) * weight, "the floor is right for the share"


def _proven(world: "World", shift: int) -> bool:
    return world.proven is None or shift in world.proven


def _letting_go(world: "World", seen: Observed) -> bool:
    """Tell whether the close has begun to remove, or would with any run of the engine."""
    rollout, _ = _under_way(world)
    return rollout.stage == "closing" and any(
        each not in world.document.releases
        or each not in seen.fleets
        or seen.fleets[each].made != "whole"
        for each in rollout.leaving
    )


def removing(world: "World", name: str, action: Up) -> None:
    """Object to the removal of a fleet that must stay."""
    rollout, _ = _under_way(world)
    assert name in action.removes, "the engine removes what the step says"
    assert not world.fleets[name].protected, "the fleet can be deleted"
    assert not (world.rule or {}).get(name), "no fleet with traffic is removed"
    if name in rollout.start.weights:
        assert rollout.intent == "forward", "an abort removes nothing that was there"
        assert rollout.stage == "closing", "the last good release stays"
        assert _proven(world, len(rollout.shifts) - 1), "until the new one has carried all"
        stay = [each for each, weight in (world.rule or {}).items() if weight]
        assert all(world.fleets[each].made == "whole" for each in stay), "all are served"


def sizing(world: "World", action: Sizing) -> None:
    """Object to sizes that a fleet may not have."""
    rollout, seen = _under_way(world)
    each = world.fleets[action.fleet]
    if isinstance(action, SetSizes):
        assert action.min_size >= each.min_size, "no fleet gets a lower floor"
        assert action.max_size >= each.max_size, "no fleet gets less room"
    if isinstance(action, SetScheduledSizes):
        assert rollout.stage == "settling", "sizes fall after the close only"
        least = seen.fleets[action.fleet].desired
        assert action.sizes.off or action.sizes.max_size >= least, (
            "no fleet is sized below what load made it"
        )


def _under_way(world: "World") -> tuple[Rollout, Observed]:
    assert world.rollout
    assert world.seen
    return world.rollout, world.seen
