"""The rules of a rollout, whatever happens meanwhile: see delivery/deciding/strategy.py.

Each rule is an assertion in rules.py or below. DEEP=1 looks longer.
"""

import os

from deployer import Deployer
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as some
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from world import EVENT, NIGHT, ORDINARY, SETTINGS, Died, Fault, World, content

from delivery.deciding.plan import shifts, split
from delivery.deciding.turning import aborted, begun, decided
from delivery.deciding.view import FORWARD
from delivery.document.record import Rollout, Sizes, Strategy
from stack.refusal import Refused

DEEP = bool(os.environ.get("DEEP"))
RARELY = some.sampled_from([False] * 7 + [True])
STARTS = (
    {},
    {"v1": 100},
    {"v1": 100, "v2": 0},  # v2 stands by
    {"v1": 60, "v2": 40},
    {"v1": 97, "v2": 1, "v3": 1, "v4": 1},
)


class Rollouts(RuleBasedStateMachine):
    """A rollout of any kind, from any start, under any trouble."""

    world: World
    deployer: Deployer | None = None
    trouble: bool = False
    first: Rollout
    clock_moved: bool = False
    moved_late: bool = False  # a hand's shares among fleets that stay are left as they are then

    @initialize(
        start=some.sampled_from(STARTS),
        size=some.integers(3, 12),
        uneven=some.booleans(),
        hour=some.sampled_from([ORDINARY, ORDINARY, NIGHT, EVENT]),
        floors=some.sampled_from([{}, {"v1": 5}]),
        strategy=some.sampled_from(["all-at-once", "blue-green", "canary", "split"]),
        new=some.booleans(),
        sick=RARELY,
        bad=RARELY,
        migration=some.sampled_from(["", "migrate --quietly"]),
        schema=some.sampled_from([True] * 7 + [False]),
    )
    def begin(
        self,
        *,
        start: dict[str, int],
        size: int,
        uneven: bool,
        hour: Sizes,
        floors: dict[str, int],
        strategy: Strategy,
        new: bool,
        sick: bool,
        bad: bool,
        migration: str,
        schema: bool,
    ) -> None:
        """Begin it from some start."""
        sizes = {name: min(size + place * uneven, 12) for place, name in enumerate(start)}
        world = self.world = World.serving(start, sizes, floors if start else {})
        if hour is not ORDINARY:
            world.fire(hour)
        release = f"v{len(start) + 1}" if new or not start else f"v{len(start)}"
        if start == {"v1": 100} and release == "v1":
            release = "v2"
        added = release not in start
        kind: Strategy = strategy if start else "canary"
        if kind == "split":
            held = {next(iter(start)): 50, release: 50}
            plan = split(held, dict(start), seconds=7200, sticky_seconds=600)
            if added is False:
                plan = split(held, {release: 100}, seconds=7200, sticky_seconds=600)
        else:
            plan = shifts(kind, SETTINGS, start, release)
        if sick:
            world.sick = frozenset({release})
        world.bad, world.schema = bad, schema
        world.write(
            begun(
                world.document,
                world.observe(),
                world.policy,
                strategy=kind,
                release=release,
                shifts=plan,
                content=content(len(start) + 1) if added else None,
                migration=migration if added else "",
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
                self.world.rule, self.world.sticky = start, 0
                self._moved()

    @precondition(lambda self: self.world.rollout and self.world.rule)
    @rule(share=some.integers(0, 100), which=some.integers(0, 4), really=RARELY)
    def somebody_gives_the_release_another_share(
        self, *, share: int, which: int, really: bool
    ) -> None:
        """Move the balancer by hand, up or down."""
        name, whole = (
            self.first.release,
            [each for each, fleet in self.world.fleets.items() if fleet.made == "whole"],
        )
        others = [each for each in whole if each != name][which : which + 1]
        if really and name in whole and others:
            rule = {name: share, others[0]: 100 - share}
            self.world.rule = {each: weight for each, weight in rule.items() if weight}
            self._moved()

    def _moved(self) -> None:
        assert self.world.rollout
        self.trouble = True
        self.moved_late = self.moved_late or self.world.rollout.stage not in FORWARD

    @precondition(lambda self: self.first.strategy == "split" and self.world.rollout)
    @rule(share=some.sampled_from([0, 50, 100]), really=RARELY)
    def decide(self, *, share: int, really: bool) -> None:
        """End a split early, to one of its sides or as it is."""
        held = self.first.shifts[0].weights
        goal = {self.first.release: share, next(iter(held)): 100 - share}
        goal = {each: weight for each, weight in goal.items() if weight}
        if not really or sum(goal.values()) != 100:
            return
        try:
            document = decided(self.world.document, goal, self.world.now)
        except Refused:
            assert self.world.rollout
            assert self.world.rollout.stage != "shifting" or self.world.rollout.shift
            return
        self.world.write(document)
        self.deployer = None
        self.trouble = True

    @rule()
    def somebody_else_takes_over(self) -> None:
        """Go on with another deployer, who waits for fleets anew."""
        self.deployer = Deployer(self.world)
        self.trouble = True
        if self.world.rollout and self.world.rollout.stage == "raising":
            assert self.world.rollout.since == self.world.now

    @invariant()
    def weights_add_up(self) -> None:
        """Look at the rule and the document."""
        world = getattr(self, "world", None)
        for weights in (world.rule or {}, world.document.weights) if world else ():
            assert not weights or sum(weights.values()) == 100

    @invariant()
    def what_was_good_stays_until_the_close(self) -> None:
        """Look at the fleets that had the traffic when it began."""
        world = getattr(self, "world", None)
        if world and (rollout := world.rollout):
            undone = rollout.intent == "abort"
            for name in rollout.start.weights if undone or rollout.stage in FORWARD else ():
                assert world.fleets[name].made == "whole"

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
        assert world.document.weights == last.goal
        assert self.moved_late or (world.rule or {}) == last.goal
        assert world.sticky == 0
        assert world.fleets.keys() == world.document.releases.keys()
        stay = world.document.releases
        assert world.document.floors == {k: v for k, v in start.floors.items() if k in stay}
        assert not any(each.suspended for each in world.fleets.values())
        if last.intent == "abort":
            assert world.document.releases == start.releases
            if not self.clock_moved:
                for name, sizes in start.sizes.items():
                    each = world.fleets[name]
                    assert each.min_size == sizes.min_size
                    assert each.max_size >= sizes.max_size  # load may have needed more just then
        if self.first.migration and last.intent == "forward":
            assert world.migrated, "no release goes without its migration"
        if not self.first.migration or not self.trouble:
            assert world.migrated <= bool(self.first.migration), "it runs once"
        if not self.trouble:
            # The first release of all gets its rule from the engine, between the two others.
            assert world.ups <= (2 if start.weights else 3), "the engine runs twice"
        assert world.document.numbered == int(self.first.release[1:])


TestRollouts = Rollouts.TestCase
TestRollouts.settings = settings(
    max_examples=4000 if DEEP else 100,
    stateful_step_count=60 if DEEP else 30,
    deadline=None,
    derandomize=not DEEP,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
