"""The rules of a rollout, whatever happens meanwhile: see delivery/strategy.py.

Each rule is an assertion in world.py or below. DEEP=1 looks longer.
"""

import os

from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as some
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from world import EVENT, NIGHT, ORDINARY, SETTINGS, Deployer, Died, Fault, World, content

from delivery.plan import shifts, split
from delivery.record import Rollout, Sizes, Strategy
from delivery.turning import aborted, begun
from stack.refusal import Refused

DEEP = bool(os.environ.get("DEEP"))
RARELY = some.sampled_from([False] * 7 + [True])
STARTS = ({}, {"v1": 100}, {"v1": 60, "v2": 40}, {"v1": 97, "v2": 1, "v3": 1, "v4": 1})


class Rollouts(RuleBasedStateMachine):
    """A rollout of any kind, from any start, under any trouble."""

    world: World
    deployer: Deployer | None = None
    trouble: bool = False
    first: Rollout
    clock_moved: bool = False

    @initialize(
        start=some.sampled_from(STARTS),
        size=some.integers(0, 12),
        strategy=some.sampled_from(["all-at-once", "blue-green", "canary", "split"]),
        new=some.booleans(),
        sick=RARELY,
        bad=RARELY,
    )
    def begin(
        self,
        *,
        start: dict[str, int],
        size: int,
        strategy: Strategy,
        new: bool,
        sick: bool,
        bad: bool,
    ) -> None:
        """Begin it from some start."""
        world = self.world = World.serving(start, dict.fromkeys(start, size or 3))
        if not size:
            world.fire(NIGHT)
        release = f"v{len(start) + 1}" if new or not start else f"v{len(start)}"
        if start == {"v1": 100} and release == "v1":
            release = "v2"
        added = release not in start
        if strategy == "split" and start:
            held = {next(iter(start)): 50, release: 50}
            plan = split(held, dict(start), seconds=7200, sticky_seconds=600)
            if added is False:
                plan = split(held, {release: 100}, seconds=7200, sticky_seconds=600)
        else:
            kind: Strategy = "canary" if strategy == "split" else strategy
            plan = shifts(kind, SETTINGS, start, release)
        if sick:
            world.sick = frozenset({release})
        world.bad = bad
        world.write(
            begun(
                world.document,
                world.observe(),
                world.policy,
                strategy=strategy,
                release=release,
                shifts=plan,
                content=content(len(start) + 1) if added else None,
                who="ann@laptop",
                why="a change",
            )
        )
        assert world.rollout
        self.first = world.rollout

    @rule(times=some.integers(1, 30))
    def go_on(self, times: int) -> None:
        """Let the deployer do so many things."""
        for _ in range(times):
            self._advance()

    def _advance(self, fault: Fault = None) -> None:
        self.deployer = self.deployer or Deployer(self.world)
        try:
            self.deployer.advance(fault)
        except AssertionError:
            del self.first  # it is broken already: do not go on in teardown
            raise
        except Died:
            note("died")
            self.deployer = None
            self.trouble = True

    @rule(fault=some.sampled_from(["before", "half", "after"]))
    def fail(self, fault: Fault) -> None:
        """Let the next thing fail, or its answer be lost; the deployer ends."""
        self._advance(fault)

    @rule()
    def die(self) -> None:
        """Kill the deployer."""
        self.deployer = None
        self.trouble = True

    @rule(really=RARELY)
    def abort(self, *, really: bool) -> None:
        """Want it undone."""
        if not really:
            return
        self.trouble = True
        self.deployer = None
        try:
            self.world.write(aborted(self.world.document, self.world.observe(), "not now"))
        except Refused:
            assert self.world.rollout is None or self.world.rollout.stage in ("closing", "settling")

    @rule(change=some.integers(-6, 6), which=some.integers(0, 4))
    def load(self, change: int, which: int) -> None:
        """Let load move a fleet that has traffic."""
        serving = [name for name in self.world.fleets if (self.world.rule or {}).get(name)]
        for name in serving[which : which + 1]:
            self.world.fleets[name].desired += change
            self.world.fleets[name].bounded()

    @rule(which=some.integers(0, 4))
    def lose_an_instance(self, which: int) -> None:
        """Lose a Spot instance."""
        for each in list(self.world.fleets.values())[which : which + 1]:
            each.healthy = max(0, each.healthy - 1)

    @rule()
    def time_passes(self) -> None:
        """Let a minute pass."""
        self.world.tick()

    @rule(sizes=some.sampled_from([ORDINARY, NIGHT, EVENT]))
    def clock(self, sizes: Sizes) -> None:
        """Let night or event come or go."""
        self.clock_moved = True
        self.world.fire(sizes)

    @precondition(lambda self: self.world.rollout and self.world.rule and self.first.start.weights)
    @rule(really=some.sampled_from([False] * 3 + [True]))
    def somebody_gives_the_traffic_back(self, *, really: bool) -> None:
        """Move the balancer by hand."""
        if not really:
            return
        start = dict(self.first.start.weights)
        if all(name in self.world.fleets for name in start):
            whole = all(self.world.fleets[name].made == "whole" for name in start)
            if whole:
                self.world.rule, self.world.sticky, self.trouble = start, 0, True

    @invariant()
    def traffic_goes_to_fleets_that_stand(self) -> None:
        """Look at the rule."""
        for name, weight in ((getattr(self, "world", None) and self.world.rule) or {}).items():
            assert not weight or name in self.world.fleets

    @invariant()
    def fleets_with_traffic_keep_their_size(self) -> None:
        """Look at the sizes."""
        world = getattr(self, "world", None)
        if world and world.rollout and world.rollout.stage in ("raising", "shifting"):
            for name, size in world.kept.items():
                assert world.fleets[name].desired >= size

    def teardown(self) -> None:
        """Go to the end without further trouble, and look."""
        if not hasattr(self, "first"):
            return
        (self.deployer or Deployer(self.world)).run()
        self._has_ended_well()

    def _has_ended_well(self) -> None:
        world, start, last = self.world, self.first.start, self.world.last
        assert last
        assert world.rollout is None
        assert (world.rule or {}) == world.document.weights == last.goal
        assert world.sticky == 0
        assert world.fleets.keys() == world.document.releases.keys()
        assert world.document.floors == start.floors
        assert not any(each.suspended for each in world.fleets.values())
        if last.intent == "abort":
            assert world.document.releases == start.releases
            if not self.clock_moved:
                for name, sizes in start.sizes.items():
                    each = world.fleets[name]
                    assert each.min_size == sizes.min_size
                    assert each.max_size >= sizes.max_size  # load may have needed more just then
        if not self.trouble:
            # The first release of all got its rule from the engine; undone, that goes, too.
            undone_first = not start.weights and last.intent == "abort"
            assert world.ups <= (3 if undone_first else 2), "the engine runs twice"
        assert world.document.numbered == int(self.first.release[1:])


TestRollouts = Rollouts.TestCase
TestRollouts.settings = settings(
    max_examples=4000 if DEEP else 300,
    stateful_step_count=60 if DEEP else 30,
    deadline=None,
    derandomize=not DEEP,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
