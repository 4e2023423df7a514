"""Drives a rollout: look, decide, write, act, judge, and again until nothing is under way.

What is decided is in strategy.py and needs nothing remembered: a run that ends anywhere leaves a
document that says the truth, and the next one goes on from what it sees.
"""

import threading
from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from stack.document import Document
from stack.refusal import Refused

from ..children import in_one_line
from ..deciding.actions import Action, Unprotect, UnprotectTraffic, Up
from ..deciding.gates import Acted, Gate, Verdict
from ..deciding.observed import Observed, Policy
from ..deciding.strategy import Done, next_step
from ..deciding.turning import taken_over
from ..deciding.view import FORWARD, Step
from ..document.heartbeat import Heartbeat
from ..document.lease import Holder, LeaseLost
from ..document.record import Rollout, rollout_of, unleased
from ..document.store import Overtaken
from ..engine.interrupted import Unfinished
from ..judging.judging import Look
from ..showing.sentences import said
from .acting import Engine, Live, MovedMeanwhile, act
from .endings import Left, NeedsPerson
from .events import Began, Ended, Outcome, Seen, Stepped, Tell, Turned
from .mending import mend

LOOK_EVERY = 10.0  # seconds, as often as the balancer asks an instance
URGENT = 2.0  # seconds that the document may take when traffic has to move at once
TRIES = 4  # of an action on the way back, before a person is asked
PAUSE = 5.0  # seconds between them


class Judge(Protocol):
    """Who says whether a gate holds."""

    def look(self, gate: Gate, observed: Observed) -> Look:
        """Look at a gate that is not of actions only."""


class Stop(Protocol):
    """Who may want the run to end."""

    @property
    def wanted(self) -> bool:
        """Tell whether it is to end."""

    def wait(self, seconds: float) -> None:
        """Wait, unless it is to end."""


@dataclass(frozen=True)
class Crew:
    """Everything that a run works with."""

    holder: Holder
    live: Live
    engine: Engine
    judge: Judge
    policy: Callable[[datetime], Policy]
    stop: Stop
    tell: Tell
    gone: Callable[[], Collection[str]] = tuple  # deployers who were at this before, by their names
    look_every: float = LOOK_EVERY


def drive(crew: Crew, *, resumed: bool = False) -> Outcome:
    """Bring the rollout under way to its end, or to where it is held."""
    with Heartbeat(crew.holder) as heartbeat, _left_in_order(crew.holder):
        return _Run(crew, heartbeat).to_the_end(resumed=resumed)


@contextmanager
def _left_in_order(holder: Holder) -> Generator[None]:
    """Say of any trouble that the rollout stays as it is until somebody goes on."""
    try:
        yield
    except (Left, NeedsPerson):
        raise
    except LeaseLost as lost:
        raise Left(str(lost).splitlines()) from lost
    except Refused as refusal:
        tier = holder.document.tier
        raise Left(
            str(refusal).splitlines(), f"`deliver resume {tier}` goes on once that is mended."
        ) from refusal
    except KeyboardInterrupt as interrupt:
        tier = holder.document.tier
        raise Left(
            ["The run was stopped at once, whatever it was at."],
            f"`deliver status {tier}` shows how the tier stands; `deliver resume {tier}` goes on, "
            f"`deliver abort {tier}` undoes it.",
        ) from interrupt


class _Run:
    """One run: what it has done so far is in the document and on AWS, the rest is a verdict."""

    def __init__(self, crew: Crew, heartbeat: Heartbeat) -> None:
        self._crew = crew
        self._heartbeat = heartbeat
        self._stepped: tuple[object, ...] | None = None
        self._turned = False
        self._mended = False

    def to_the_end(self, *, resumed: bool) -> Outcome:
        crew = self._crew
        self._mended = not resumed
        last = self._begin(resumed=resumed)
        verdict: Verdict | None = None
        while True:
            self._heartbeat.check()
            observed = replace(self._look(), verdict=verdict)
            verdict = None
            before = crew.holder.document
            last = rollout_of(before) or last
            step = next_step(before, observed, crew.policy(observed.now))
            if isinstance(step, Done):
                return self._ended(last, step.document, observed.now)
            self._say(step, observed)
            try:
                self._write(step, before)
                if rollout_of(step.document) is None:
                    continue
                verdict = self._act(step)
                self._write_at_last(step, before)
            except (Overtaken, MovedMeanwhile):
                continue
            verdict = verdict or self._gate(step, observed)
            if verdict is None:
                rollout = rollout_of(step.document)
                if rollout and rollout.held_until:
                    return self._held(rollout, step.document, observed.now)
                if not crew.stop.wanted:
                    crew.stop.wait(self._pause(step.gate, observed.now))
            # Users do not wait for a person while the release is known to be bad.
            failed = verdict is not None and not verdict.passed
            if crew.stop.wanted and not failed and rollout_of(crew.holder.document):
                raise self._left(step.document, observed.now)

    def _look(self) -> Observed:
        """Look; where AWS does not answer, do so again, since nothing can be decided blindly."""
        for left in reversed(range(TRIES)):
            try:
                return self._crew.live.observe()
            except Refused:
                if not left or self._crew.stop.wanted:
                    raise
            self._crew.stop.wait(PAUSE)
            self._heartbeat.check()
        raise AssertionError  # the last try gave or raised

    def _begin(self, *, resumed: bool) -> Rollout:
        holder = self._crew.holder
        now = self._look().now
        if resumed:
            before = holder.document
            document = taken_over(before, now)
            if document != before:
                holder.write(document, instead_of=before)
        rollout = rollout_of(holder.document)
        assert rollout  # noqa: S101 whoever drives has looked
        content = {**rollout.start.releases, **holder.document.releases}[rollout.release]
        self._crew.tell(
            Began(
                at=now,
                tier=holder.document.tier,
                release=rollout.release,
                version=content.build.version,
                strategy=rollout.strategy,
                shifts=tuple((each.weights, each.bake_seconds) for each in rollout.shifts),
                who=rollout.who,
                why=rollout.why,
                resumed=resumed,
            )
        )
        return rollout

    def _say(self, step: Step, observed: Observed) -> None:
        """Tell a step, once for as often as it comes again."""
        rollout = rollout_of(step.document)
        if rollout is None:
            return
        if rollout.intent == "abort" and not self._turned:
            self._turned = True
            self._crew.tell(Turned(observed.now, rollout.reason or ""))
        this = (rollout.intent, rollout.stage, rollout.shift, step.actions)
        if this == self._stepped or (not step.actions and this[:3] == (self._stepped or ())[:3]):
            return
        self._stepped = this
        self._crew.tell(
            Stepped(observed.now, rollout.stage, rollout.shift, tuple(map(said, step.actions)))
        )

    def _write(self, step: Step, before: Document) -> None:
        """Write the step's document, unless it says what the present one says."""
        if unleased(step.document) == unleased(before):
            return
        if not step.urgent:
            self._crew.holder.write(step.document, instead_of=before)
            return
        trouble: list[Refused] = []
        writing = threading.Thread(target=self._try_to_write, args=(step, before, trouble))
        writing.start()
        writing.join(URGENT)
        for each in trouble:
            if isinstance(each, Overtaken | LeaseLost):
                raise each

    def _write_at_last(self, step: Step, before: Document) -> None:
        """Go on from an urgent step only when the document has it: nothing else knows why it was.

        `Overtaken` says that it was written meanwhile.
        """
        if step.urgent and unleased(self._crew.holder.document) != unleased(step.document):
            self._crew.holder.write(step.document, instead_of=before)

    def _try_to_write(self, step: Step, before: Document, trouble: list[Refused]) -> None:
        try:
            self._crew.holder.write(step.document, instead_of=before)
        except Refused as refusal:
            trouble.append(refusal)

    def _act(self, step: Step) -> Verdict | None:
        """Carry the actions out; a failure on the way forward is a verdict, and turns it round."""
        rollout = rollout_of(step.document)
        forward = rollout and rollout.intent == "forward" and rollout.stage in FORWARD
        for action in step.actions:
            self._heartbeat.check()
            for left in reversed(range(1 if forward else TRIES)):
                try:
                    self._mend(action, step.document)
                    act(action, step.document, self._crew.live, self._crew.engine)
                    break
                except Refused as refusal:
                    self._mended = False  # an engine that was killed leaves things half done, too
                    if isinstance(refusal, NeedsPerson) and not isinstance(refusal, Unfinished):
                        raise
                    if forward:
                        return Verdict(step.gate, passed=False, reason=in_one_line(str(refusal)))
                    if not left:
                        raise self._stuck(refusal) from refusal
                    self._crew.stop.wait(PAUSE)
        return None

    def _mend(self, action: Action, document: Document) -> None:
        """Put right what another deployer or a run that failed has left, before the engine runs."""
        if self._mended or not isinstance(action, Up | Unprotect | UnprotectTraffic):
            return
        mend(self._crew.engine, self._crew.live, document, self._crew.gone())
        self._mended = True

    def _gate(self, step: Step, observed: Observed) -> Verdict | None:
        if isinstance(step.gate, Acted):
            self._crew.tell(Seen(observed.now, observed.weights, observed.fleets))
            return Verdict(step.gate, passed=True)
        seen = self._look() if step.actions else observed
        look = self._crew.judge.look(step.gate, seen)
        self._crew.tell(
            Seen(
                at=seen.now,
                weights=seen.weights,
                fleets=seen.fleets,
                gate=step.gate,
                measured=look.measured,
                alarms=look.alarms,
                waits_for=look.waits_for,
            )
        )
        return look.verdict

    def _pause(self, gate: Gate, now: datetime) -> float:
        until = getattr(gate, "until", now)
        left = (until - now).total_seconds()
        return min(self._crew.look_every, left) if left > 0 else self._crew.look_every

    def _ended(self, last: Rollout, document: Document, now: datetime) -> Outcome:
        undone = last.intent == "abort"
        words = f"{last.release} is undone: {last.reason}" if undone else f"{last.release} is done"
        outcome: Outcome = "undone" if undone else "done"
        self._crew.tell(Ended(now, outcome, document.weights, words))
        return outcome

    def _held(self, rollout: Rollout, document: Document, now: datetime) -> Outcome:
        until = rollout.held_until
        words = f"held until {until:%Y-%m-%d %H:%M} UTC; `deliver resume` then goes on"
        self._crew.tell(Ended(now, "held", document.weights, words))
        return "held"

    def _left(self, document: Document, now: datetime) -> Left:
        words = "stopped by hand; `deliver resume` goes on, `deliver abort` undoes it"
        self._crew.tell(Ended(now, "stopped", document.weights, words))
        tier = document.tier
        return Left(
            ["The rollout was stopped by hand, in order."],
            f"`deliver resume {tier}` goes on, `deliver abort {tier}` undoes it.",
        )

    def _stuck(self, refusal: Refused) -> Left:
        tier = self._crew.holder.document.tier
        return Left(
            str(refusal).splitlines(),
            f"It was tried {TRIES} times. Mend it; `deliver resume {tier}` then goes on.",
        )
