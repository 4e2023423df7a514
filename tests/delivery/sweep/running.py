"""Running one point: the fault, what holds at once, and the ways on from there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import Any

from tests.cloud.injection import Fault as Injected
from tests.delivery.kept import Kept
from tests.delivery.sweep.bench import SETTLED, Bench, Over, Watched
from tests.delivery.sweep.checks import moved_by_hand, unserved, untrue
from tests.delivery.sweep.inventory import Inventory, inventory
from tests.delivery.sweep.killing import Victim, Victims, quieten
from tests.delivery.sweep.likeness import likeness
from tests.delivery.sweep.points import Point
from tests.delivery.sweep.recording import BEGINNING, Recording, step_of, take
from tests.delivery.sweep.rest import restless

LONGEST = timedelta(hours=12)  # of the cloud's time that a run may take
LEASED = 660.0  # seconds by which a lease that nobody renews is over
UNDOABLE = "cannot be aborted"  # what a refused abort has to say


class EndlessError(AssertionError):
    """A run has gone on for longer than any rollout."""


@dataclass(frozen=True)
class Hit:
    """The moment after a fault, and what was wrong until then."""

    kept: Kept
    problems: list[str]
    turned: bool = False  # the run has gone back by itself to where it began


class Sweep:
    """Runs points; what was found of a moment is not looked for again in one just like it."""

    def __init__(self, bench: Bench, recording: Recording) -> None:
        self._bench, self._recording = bench, recording
        self._victims = Victims(bench)
        # By the verb and the moment. The recorded canary has gone on from each of its own.
        self._known = {f"resume {each.likeness}": list[str]() for each in recording.steps.values()}
        self.alike = 0

    def close(self) -> None:
        """Let go of processes that wait."""
        self._victims.close()

    def problems(self, point: Point, *, by_hand: bool = False) -> list[str]:
        """Let a point happen; give what did not hold, nothing where it survived."""
        try:
            if point.fault == "orphaned":
                return self._orphaned(point)
            return self._hit(point, by_hand=by_hand)
        except Exception as error:  # whatever it is, it is this point's, and the next one follows
            return [f"{type(error).__name__}: {' '.join(str(error).split())[:600]}"]

    def _hit(self, point: Point, *, by_hand: bool) -> list[str]:
        hit = self._killed(point) if point.kills else self._struck(point)
        kept, problems = hit.kept, hit.problems
        kept.restore()
        stands = inventory(self._bench)
        problems += unserved(self._recording, stands)
        problems += untrue(self._bench, stands)
        if by_hand:
            problems += moved_by_hand(self._bench)
        if not hit.turned:
            problems += self._ways_on(kept, ("resume", "abort"))
        elif self._recording.before.weights:
            problems += self._ways_on(kept, ("resume",))
        kept.forget()
        return problems

    def _struck(self, point: Point) -> "Hit":
        """Let a call fail or its answer be lost; give the moment after it, and what was wrong."""
        bench, step = self._bench, self._recording.steps[point.step]
        step.kept.restore()
        deliver, turned = self._deliver(), list[Kept]()
        deliver.turning = lambda: turned.append(bench.keep())
        with self._fault(point) as fault:
            try:
                outcome = take(step, deliver, bench.build)
            except import_module("stack.refusal").Refused as refusal:
                outcome = f"left: {refusal}"
        problems = [] if fault.hits else ["the call was not made"]
        if outcome == "undone":
            bench.cloud.clock.advance(SETTLED)
            found = restless(bench, self._recording.before)
            problems += [f"turned back by itself: {each}" for each in found]
        return Hit((turned or [bench.keep()])[0], problems, turned=outcome == "undone")

    def _fault(self, point: Point) -> Injected:
        faults, call = self._bench.cloud.faults, (point.service, point.operation)
        if point.fault == "lost":
            return faults.lose(*call, nth=point.number, who=point.who)
        when = "before" if point.fault == "before" else "after"
        return faults.fail(*call, when=when, nth=point.number, times=point.times, who=point.who)

    def _killed(self, point: Point) -> "Hit":
        """Kill the deployer and its engine; give the moment after it."""
        victim, problems = self._kill(point)
        victim.wait_for_engines()
        quieten(self._bench)
        self._bench.mend_folder()
        return Hit(self._bench.keep(), problems)

    def _kill(self, point: Point) -> tuple[Victim, list[str]]:
        """Let a deployer of its own take the step, and kill it at the call's effect."""
        bench, step = self._bench, self._recording.steps[point.step]
        step.kept.restore()
        victim, alone = self._victims.take(), point.fault == "orphaned"
        order = f"deploy {bench.build}" if step.name == BEGINNING else "resume"
        with bench.cloud.faults.call_back(
            point.service,
            point.operation,
            do=lambda _: victim.kill(engines=not alone),
            when="after",
            nth=point.number,
            who=point.who,
        ):
            said = victim.run(order, bench.cloud.clock.sleep)
        return victim, [f"the deployer was not killed: {said}"] if said else []

    def _orphaned(self, point: Point) -> list[str]:
        """Kill the deployer alone; another one comes at once, while the engine still works."""
        problems: list[str] = []
        for verb in ("resume", "abort"):
            victim, found = self._kill(point)
            problems += found
            try:
                problems += unserved(self._recording, inventory(self._bench))
                problems += self._way_on(verb, then=victim.wait_for_engines)
            finally:
                victim.wait_for_engines()  # or it would write into the next point's state
        return problems

    def _ways_on(self, kept: Kept, verbs: tuple[str, ...]) -> list[str]:
        document = Watched(self._bench.tier).document
        if document.rollout is None:
            if dict(document.weights) == self._recording.after.weights:
                return self._known_or("rest", kept, self._rest)
            return self._known_or("again", kept, self._again)
        return [
            problem
            for verb in verbs
            for problem in self._known_or(verb, kept, lambda verb=verb: self._way_on(verb))
        ]

    def _known_or(self, verb: str, kept: Kept, find: Callable[[], list[str]]) -> list[str]:
        """Go on from a moment, unless this way was gone from one like it."""
        kept.restore()
        moment = f"{verb} {likeness(self._bench)}"
        if moment in self._known:
            self.alike += 1
        else:
            self._known[moment] = find()
        return self._known[moment]

    def _rest(self) -> list[str]:
        """It was the last step, and all is done."""
        self._bench.cloud.clock.advance(LEASED)
        return restless(self._bench, self._recording.after)

    def _again(self) -> list[str]:
        """Nothing has begun: as soon as the lease is over, the same can be asked for again."""
        self._bench.cloud.clock.advance(LEASED)
        outcome = self._deliver().deploy(self._bench.build)
        problems = [] if outcome == "done" else [f"it was {outcome}"]
        self._bench.cloud.clock.advance(SETTLED)
        problems += restless(self._bench, self._recording.after)
        return [f"deployed again: {each}" for each in problems]

    def _way_on(self, verb: str, then: Callable[[], object] | None = None) -> list[str]:
        """Resume or abort, and look how the tier is left; `then` waits for who else is at work."""
        deliver, refused = self._deliver(), import_module("stack.refusal").Refused
        stands = inventory(self._bench)
        try:
            if verb == "resume":
                deliver.written = self._until_known()
                deliver.resume(steal=True)
            else:
                deliver.abort(steal=True)
        except Over:
            return []
        except refused as refusal:
            if then:
                then()
                stands = inventory(self._bench)  # an engine has removed more in the meantime
            if verb == "abort" and UNDOABLE in str(refusal) and self._is_past_undoing(stands):
                return []
            return [f"{verb}: {type(refusal).__name__}: {' '.join(str(refusal).split())}"]
        if then:
            then()
        self._bench.cloud.clock.advance(SETTLED)
        allowed = [self._recording.before]
        if verb == "resume":
            allowed.append(self._recording.after)
        return [f"{verb}: {each}" for each in restless(self._bench, *allowed)]

    def _is_past_undoing(self, stands: Inventory) -> bool:
        """Tell whether the old fleet was at least in part gone, or about to be."""
        rollout = Watched(self._bench.tier).document.rollout
        old = {*self._recording.before.weights}
        parts = tuple(f"{name}-" for name in old)
        return bool(
            old - stands.whole
            or (rollout and rollout["stage"] == "settling")
            or any(
                each["type"] == "deleting"
                and each["resource"]["urn"].rpartition("::")[2].startswith(parts)
                for each in self._bench.state().get("pending_operations") or []
            )
        )

    def _until_known(self) -> Callable[[Any], None]:
        """Give what ends a run where it comes to a moment from which it is known to go well."""
        last: list[str | None] = []

        def written(document: Any) -> None:
            step = step_of(document)
            forward = step and document.rollout["intent"] == "forward"
            if forward and last and last[-1] != step:
                moment = f"resume {likeness(self._bench)}"
                if self._known.get(moment) == []:
                    raise Over
            last.append(step)

        return written

    def _deliver(self) -> Watched:
        """A new run of `deliver`, which must not go on for ever."""
        clock, deliver = self._bench.cloud.clock, Watched(self._bench.tier)
        until = clock.now() + LONGEST

        def look() -> None:
            if clock.now() > until:
                raise EndlessError(f"it went on for {LONGEST}")

        deliver.waiting.meanwhile = look
        return deliver
