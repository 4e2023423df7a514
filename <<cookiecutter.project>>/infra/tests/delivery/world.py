"""A tier as a model: it does what AWS and the engine would, and objects to what breaks a rule."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from samples import document, release_data, settings

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
from delivery.gates import Acted, Gate, Hold, Ready, Verdict
from delivery.observed import Fleet, Observed, Policy
from delivery.policy import policy_of
from delivery.record import Rollout, Sizes, rollout_of, written
from delivery.strategy import Done, Step, next_step
from delivery.turning import taken_over
from stack.document import Document, Release
from stack.names import Names

NAMES = Names("orders", "prod")
START = datetime(2026, 11, 21, 8, tzinfo=UTC)
SETTINGS = settings("prod")
POLICY = policy_of(SETTINGS, START)
ORDINARY = Sizes(min_size=3, max_size=12)
NIGHT = Sizes(min_size=0, max_size=12)
EVENT = Sizes(min_size=6, max_size=24)

Fault = Literal["before", "half", "after"] | None


class Died(Exception):  # noqa: N818 it is no error
    """The deployer is gone, or what it called has failed it: the next one begins by looking."""


def content(number: int) -> Release:
    """Give what a release of that number is made of."""
    return Release.model_validate_json(json.dumps(release_data(number)))


@dataclass
class Machine:
    """A fleet that lives."""

    made: Literal["part", "whole"]
    min_size: int
    desired: int
    max_size: int
    healthy: int = 0
    suspended: bool = False
    protected: bool = True

    def bounded(self) -> None:
        """Move the desired size into the bounds, as AWS does."""
        self.desired = min(max(self.desired, self.min_size), self.max_size)
        self.healthy = min(self.healthy, self.desired)


@dataclass
class World:
    """The live tier, its document, and the clock."""

    document: Document
    fleets: dict[str, Machine]
    rule: dict[str, int] | None
    sticky: int = 0
    now: datetime = START
    scheduled: Sizes = ORDINARY
    sick: frozenset[str] = frozenset()  # fleets that never become healthy
    bad: bool = False  # whether bakes find the release bad
    ups: int = 0
    seen: Observed | None = None
    lost: set[str] = field(default_factory=set)  # releases whose weight may not rise again
    kept: dict[str, int] = field(default_factory=dict)  # sizes that must not fall
    protected_rule: bool = True
    last: Rollout | None = None
    intent: str = "forward"  # of the step that is done, also if its document could not be written

    @staticmethod
    def serving(weights: dict[str, int], sizes: dict[str, int]) -> "World":
        """Make a tier at rest."""
        given = document(
            "prod",
            releases={name: release_data(int(name[1:])) for name in weights},
            weights=weights,
        )
        fleets = {name: Machine("whole", 3, size, 12, healthy=size) for name, size in sizes.items()}
        return World(given, fleets, dict(weights) or None)

    @property
    def policy(self) -> Policy:
        """Give what settings and hour say."""
        return replace(POLICY, scheduled=self.scheduled)

    @property
    def rollout(self) -> Rollout | None:
        """Give the rollout under way."""
        return rollout_of(self.document)

    def observe(self, verdict: Verdict | None = None) -> Observed:
        """Look."""
        self.seen = Observed(
            now=self.now,
            weights=None if self.rule is None else dict(self.rule),
            sticky_seconds=self.sticky,
            fleets={
                name: Fleet(
                    each.made,
                    each.min_size,
                    each.desired,
                    each.max_size,
                    each.healthy,
                    each.suspended,
                )
                for name, each in self.fleets.items()
            },
            verdict=verdict,
        )
        rollout = self.rollout
        if rollout and self.rule is not None and rollout.stage in ("adding", "raising", "shifting"):
            expected = self.document.weights.get(rollout.release, 0)
            if self.rule.get(rollout.release, 0) < expected:
                self.lost.add(rollout.release)
        return self.seen

    def tick(self, seconds: int = 60) -> None:
        """Let time pass: instances boot."""
        self.now += timedelta(seconds=seconds)
        for name, each in self.fleets.items():
            each.healthy = 0 if name in self.sick or each.made == "part" else each.desired

    def fire(self, sizes: Sizes) -> None:
        """Let the clock set other sizes, where it may."""
        self.scheduled = sizes
        for name, each in self.fleets.items():
            if each.suspended or each.made == "part":
                continue
            if sizes.off:
                each.min_size = each.desired = each.healthy = 0
            elif (self.rule or {}).get(name):
                each.min_size, each.max_size = sizes.min_size, sizes.max_size
                each.bounded()

    def write(self, given: Document) -> None:
        """Keep a document, once both checkers have read it."""
        written(NAMES, given, "the document")
        rollout = rollout_of(given)
        if rollout and rollout.intent == "abort":
            self.lost.add(rollout.release)
        self.last = rollout or self.last
        self.document = given

    def judge(self, step: Step) -> None:
        """Object to a step that does what no single step may."""
        rollout = rollout_of(step.document) or self.rollout
        assert rollout
        self.intent = rollout.intent
        moves = any(isinstance(each, SetWeights) for each in step.actions) or (
            self.rule is None and step.document.weights and any_up(step.actions)
        )
        lowers = any(
            isinstance(each, SetScheduledSizes) or (isinstance(each, Up) and each.removes)
            for each in step.actions
        )
        assert not (moves and lowers), "a step changes weights or lowers capacity, never both"
        if rollout.stage == "adding" and self.seen:
            self.kept = {
                name: self.seen.fleets[name].desired
                for name in rollout.start.weights
                if name in self.seen.fleets
            }

    def do(self, action: Action, fault: Fault = None) -> None:
        """Carry out an action, or fail before it, half-way or after it."""
        if fault == "before":
            raise Died
        match action:
            case Up():
                self._up(action, half=fault == "half")
            case SetWeights():
                self._move(dict(action.weights), action.sticky_seconds)
            case SetSizes() | SetScheduledSizes() | SuspendSchedules() | ResumeSchedules():
                self._size(action)
            case Unprotect() | UnprotectTraffic() | RemoveLeftovers():
                self._let_go(action)
        if fault:
            raise Died

    def _up(self, action: Up, *, half: bool) -> None:
        wanted = self.document
        if wanted.weights and any((self.rule or {}).get(name) for name in action.removes):
            raise Died  # as the action says: somebody has moved traffic since we looked
        self.ups += 1
        for name in wanted.releases:
            if name in self.fleets and self.fleets[name].made == "whole":
                continue
            assert name in action.adds, "the engine adds what the step says"
            floor = wanted.floors.get(name, ORDINARY.min_size)
            most = max(floor, ORDINARY.max_size)
            self.fleets[name] = Machine("part" if half else "whole", floor, floor, most)
        if half and action.adds:
            return
        if self.rule is None and wanted.weights:
            self._move(dict(wanted.weights), 0, made=True)
        gone = self.fleets.keys() - wanted.releases.keys()
        if self.rule is not None and not wanted.weights:
            assert not self.protected_rule, "the rule can be deleted"
            assert gone, "no rule goes without its fleet"
            self.rule = None
        for name in gone:
            assert name in action.removes, "the engine removes what the step says"
            assert not self.fleets[name].protected, "the fleet can be deleted"
            assert not (self.rule or {}).get(name), "no fleet with traffic is removed"
            if half:
                self.fleets[name].made = "part"
            else:
                del self.fleets[name]

    def _move(self, weights: dict[str, int], sticky: int, *, made: bool = False) -> None:
        rollout, seen = self.rollout, self.seen
        assert rollout
        assert seen
        assert made or self.rule is not None, "a rule that is not there cannot be changed"
        assert sum(weights.values()) == 100, "weights add up to 100"
        assert 1 <= len(weights) <= 5, "a balancer takes five"
        live = self.rule or {}
        for name, weight in weights.items():
            assert self.fleets[name].made == "whole", "no weight on a fleet that is not whole"
            if weight <= live.get(name, 0):
                continue
            assert name not in self.lost or name in rollout.start.weights, "it never rises again"
            half_gone = any(
                each not in seen.fleets or seen.fleets[each].made != "whole"
                for each in rollout.leaving
            )
            if self.intent == "forward" and not (rollout.stage == "closing" and half_gone):
                floor = self.document.floors.get(name, 0)
                healthy = seen.fleets[name].healthy
                assert healthy >= floor, "targets are healthy at the floor before a weight rises"
                carried = sum(self.kept.values())
                assert floor * 100 >= min(carried, 12) * weight, "the floor is right for the share"
        if self.intent == "forward" and set(weights) != {*rollout.goal}:
            for name in rollout.start.weights:
                if name not in rollout.goal:
                    assert name in self.fleets, "the last good release stays"
        self.rule, self.sticky = weights, sticky

    def _size(
        self, action: SetSizes | SetScheduledSizes | SuspendSchedules | ResumeSchedules
    ) -> None:
        each = self.fleets[action.fleet]
        match action:
            case SuspendSchedules():
                each.suspended = True
            case ResumeSchedules():
                each.suspended = False
            case SetScheduledSizes():
                self._schedule(action)
            case SetSizes():
                assert action.min_size >= each.min_size, "no fleet gets a lower floor"
                assert action.max_size >= each.max_size, "no fleet gets less room"
                each.min_size, each.max_size = action.min_size, action.max_size
                each.bounded()

    def _let_go(self, action: Unprotect | UnprotectTraffic | RemoveLeftovers) -> None:
        match action:
            case Unprotect():
                if action.fleet in self.fleets:
                    self.fleets[action.fleet].protected = False
            case UnprotectTraffic():
                self.protected_rule = False
            case RemoveLeftovers():
                left = self.fleets.get(action.fleet)
                assert left is None or left.made == "part", "only what the engine left goes by name"
                self.fleets.pop(action.fleet, None)

    def _schedule(self, action: SetScheduledSizes) -> None:
        rollout, seen = self.rollout, self.seen
        assert rollout
        assert seen
        assert rollout.stage == "settling", "sizes fall after the close only"
        each, sizes = self.fleets[action.fleet], action.sizes
        each.min_size, each.max_size = sizes.min_size, sizes.max_size
        if sizes.off:
            each.desired = each.healthy = 0
        else:
            least = seen.fleets[action.fleet].desired
            assert sizes.max_size >= least, "no fleet is sized below what load made it"
            each.bounded()


def any_up(actions: tuple[Action, ...]) -> bool:
    """Tell whether the engine runs."""
    return any(isinstance(each, Up) for each in actions)


class Deployer:
    """Drives a rollout one atomic thing at a time: look, write, each action, the gate."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.step: Step | None = None
        self.todo: list[Action | Document] = []
        self.verdict: Verdict | None = None
        self.waited = 0
        self.steps: list[Step] = []
        if world.rollout:
            world.document = taken_over(world.document, world.now)

    def advance(self, fault: Fault = None) -> bool:
        """Do the next thing; say whether there was any."""
        if self.step is None:
            return self._decide()
        if self.todo:
            self._act(self.todo.pop(0), fault)
        else:
            self._wait(self.step.gate)
        return True

    def run(self, most: int = 400) -> None:
        """Go on to the end, which must come."""
        for _ in range(most):
            if not self.advance():
                return
        raise AssertionError("it ends")

    def _decide(self) -> bool:
        observed = self.world.observe(self.verdict)
        self.verdict = None
        step = next_step(self.world.document, observed, self.world.policy)
        if isinstance(step, Done):
            return False
        self.world.judge(step)
        self.steps.append(step)
        self.step, self.todo = step, [step.document, *step.actions]
        return True

    def _act(self, what: Action | Document, fault: Fault) -> None:
        if isinstance(what, Document):
            if fault == "before":
                assert self.step
                if self.step.urgent:
                    return  # the balancer is told whatever the bucket says
                raise Died
            self.world.write(what)
            if fault:
                raise Died
            return
        self.world.do(what, fault)

    def _wait(self, gate: Gate) -> None:
        world = self.world
        match gate:
            case Acted():
                self._end(gate, passed=True)
            case Ready():
                ready = all(
                    name in world.fleets and world.fleets[name].healthy >= floor
                    for name, floor in gate.floors
                )
                if ready or world.now >= gate.until:
                    self._end(gate, passed=ready)
                else:
                    world.tick()
            case _:
                world.tick(max(60, int((gate.until - world.now).total_seconds())))
                self._end(gate, passed=not world.bad or isinstance(gate, Hold))

    def _end(self, gate: Gate, *, passed: bool) -> None:
        self.verdict = Verdict(gate, passed, "" if passed else "5 % of requests failed")
        self.step = None
