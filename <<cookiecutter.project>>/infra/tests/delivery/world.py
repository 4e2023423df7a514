"""A tier as a model: it does what AWS and the engine would, and rules.py objects."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import rules
from machine import Machine
from samples import document, release_data, settings

from delivery.deciding.actions import (
    Action,
    RemoveLeftovers,
    RemoveTraffic,
    ResumeSchedules,
    RunAdmin,
    SetScheduledSizes,
    SetSizes,
    SetWeights,
    SuspendSchedules,
    Unprotect,
    UnprotectTraffic,
    Up,
)
from delivery.deciding.gates import Verdict
from delivery.deciding.observed import Observed, Policy
from delivery.deciding.policy import policy_of
from delivery.deciding.view import FORWARD, Step
from delivery.document.record import Rollout, Sizes, rollout_of, written
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


class Failed(Exception):  # noqa: N818 it is no error
    """What was called has failed, and says so."""


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
    schema: bool = True  # whether a migration can add to it
    migrated: int = 0  # how often one has
    ups: int = 0
    seen: Observed | None = None
    lost: set[str] = field(default_factory=set)  # releases whose weight may not rise again
    kept: dict[str, int] = field(default_factory=dict)  # sizes that must not fall
    proven: set[int] | None = None  # shifts watched to their end, if whoever drives tells
    before: dict[str, int] = field(default_factory=dict)  # the document's weights before a step
    protected_rule: bool = True
    last: Rollout | None = None
    intent: str = "forward"  # of the step that is done, also if its document could not be written

    @staticmethod
    def serving(
        weights: dict[str, int], sizes: dict[str, int], floors: dict[str, int] | None = None
    ) -> "World":
        """Make a tier at rest."""
        given = document(
            "prod",
            releases={name: release_data(int(name[1:])) for name in weights},
            weights=weights,
            floors=floors or {},
        )
        fleets = {name: Machine("whole", 3, size, 12, healthy=size) for name, size in sizes.items()}
        rule = {name: weight for name, weight in weights.items() if weight}
        return World(given, fleets, rule or None)

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
            fleets={name: each.seen() for name, each in self.fleets.items()},
            verdict=verdict,
        )
        rollout = self.rollout
        if rollout and self.rule is not None and rollout.stage in FORWARD:
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
        """Hear of a step before it is done."""
        rules.one_step(self, step)
        rollout = rollout_of(step.document) or self.rollout
        assert rollout
        self.intent, self.before = rollout.intent, self.document.weights
        if rollout.stage == "adding" and self.seen:
            self.kept = {
                name: self.seen.fleets[name].desired
                for name in rollout.start.weights
                if name in self.seen.fleets
            }

    def passed(self) -> None:
        """Hear that a gate has held."""
        if self.rollout and self.rollout.stage == "shifting":
            self.proven = {*(self.proven or ()), self.rollout.shift}

    def do(self, action: Action, fault: Fault = None) -> None:
        """Carry out an action, or fail before it, half-way or after it."""
        if fault == "before":
            raise Died
        match action:
            case Up():
                self._up(action, half=fault == "half")
            case SetWeights():
                assert self.rule is not None, "a rule that is not there cannot be changed"
                self._move(dict(action.weights), action.sticky_seconds)
            case SetSizes() | SetScheduledSizes() | SuspendSchedules() | ResumeSchedules():
                rules.sizing(self, action)
                self.fleets[action.fleet].size(action)
            case RunAdmin():
                rules.migrating(self, action)
                if not self.schema:
                    raise Failed
                self.migrated += fault != "half"
            case Unprotect() | UnprotectTraffic() | RemoveTraffic() | RemoveLeftovers():
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
            self._move(dict(wanted.weights), 0)
        gone = self.fleets.keys() - wanted.releases.keys()
        if self.rule is not None and not wanted.weights:
            assert not self.protected_rule, "the rule can be deleted"
            assert gone, "no rule goes without its fleet"
            self.rule = None
        for name in gone:
            rules.removing(self, name, action)
            if half:
                self.fleets[name].made = "part"
            else:
                del self.fleets[name]

    def _move(self, weights: dict[str, int], sticky: int) -> None:
        rules.moving(self, weights)
        self.rule, self.sticky = weights, sticky

    def _let_go(
        self, action: Unprotect | UnprotectTraffic | RemoveTraffic | RemoveLeftovers
    ) -> None:
        match action:
            case Unprotect():
                if action.fleet in self.fleets:
                    self.fleets[action.fleet].protected = False
            case UnprotectTraffic():
                self.protected_rule = False
            case RemoveTraffic():
                assert not self.document.weights, "nobody is to have traffic"
                self.rule = None
            case RemoveLeftovers():
                left = self.fleets.get(action.fleet)
                assert left is None or left.made == "part", "only what the engine left goes by name"
                self.fleets.pop(action.fleet, None)
