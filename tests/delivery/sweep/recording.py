"""The recording: a canary that goes well, its steps, and every call that each of them makes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.cloud.calls import Call
from tests.delivery.kept import Kept
from tests.delivery.sweep.bench import SETTLED, Bench, Over, Watched
from tests.delivery.sweep.likeness import likeness
from tests.delivery.sweep.rest import Rest, at_rest, restless

BEGINNING = "beginning"
MOVING = ("raising", "migrating", "shifting")  # stages of one step


@dataclass(frozen=True)
class Made:
    """A call of a step, and the stage and shift in which it was made."""

    stage: str
    call: Call


@dataclass
class Step:
    """A step of the rollout: the moment at which it begins, and the calls of a run that takes it.

    The moment is when its document is written and nothing is done yet. The run is a `resume` from
    there, so the calls begin with those of taking a rollout over. Raising and shifting are one
    step: who is gone between the document with new weights and the balancer has decided against
    the release (deciding/strategy.py), and is not recorded as one who goes on.
    """

    name: str
    kept: Kept
    likeness: str = ""  # of the moment; the first has none, since nothing is under way
    made: list[Made] = field(default_factory=list)


@dataclass
class Recording:
    """The steps of a canary, and how the tier is before and after it."""

    steps: dict[str, Step]
    before: Rest
    after: Rest

    def listen(self, bench: Bench) -> None:
        """Take each step by itself, for its calls."""
        for step in self.steps.values():
            step.kept.restore()
            step.made = _Taking(bench, step).made()


def record(bench: Bench) -> Recording:
    """Let one canary go well, and keep the moments at which its steps begin."""
    bench.start.restore()
    before = at_rest(bench)
    steps = {BEGINNING: Step(BEGINNING, bench.start)}

    def written(document: Any) -> None:
        name = step_of(document)
        if name and name not in steps:
            steps[name] = Step(name, bench.keep(), likeness(bench))

    deliver = Watched(bench.tier)
    deliver.written = written
    assert deliver.deploy(bench.build) == "done"
    bench.cloud.clock.advance(SETTLED)
    after = at_rest(bench)
    problems = restless(bench, after)
    assert not problems, problems
    return Recording(steps, before, after)


class _Taking:
    """Takes a step while it listens in which stage each call is made."""

    def __init__(self, bench: Bench, step: Step) -> None:
        self._bench, self._step = bench, step
        self._stage = BEGINNING if step.name == BEGINNING else ""
        self._made: list[Made] = []

    def made(self) -> list[Made]:
        deliver = Watched(self._bench.tier)
        outcome = take(self._step, deliver, self._bench.build, self._heard)
        assert outcome in ("over", "done"), f"{self._step.name}: {outcome} {deliver.reasons()}"
        return self._made

    def _heard(self, document: Any) -> None:
        """Put the calls since the last document down to its stage: this one they have led to."""
        stage = self._stage or stage_of(document) or ""
        calls = [*self._bench.cloud.calls][len(self._made) :]
        self._made += [Made(stage, call) for call in calls]
        self._stage = stage_of(document) or self._stage


def take(
    step: Step, deliver: Watched, build: str, heard: Callable[[Any], None] = lambda _: None
) -> str:
    """Go on from a step's beginning until it is over, or the run has ended; gives the outcome.

    A run that turns back goes on to its end. It is over when the next step's document is there,
    and nothing of that step is done. `heard` hears every document that was written until then.
    """
    left = False

    def written(document: Any) -> None:
        nonlocal left
        if left:
            return
        heard(document)
        if step_of(document) in (None, step.name):  # none before the first step and after the last
            return
        left = True
        if (document.rollout or {}).get("intent") != "abort":
            raise Over

    deliver.written = written
    try:
        if step.name == BEGINNING:
            return deliver.deploy(build)
        return deliver.resume(steal=True)
    except Over:
        return "over"


def stage_of(document: Any) -> str | None:
    """The stage that a document is at, and the shift; None where no rollout is under way."""
    rollout = document.rollout
    return rollout and f"{rollout['stage']}-{rollout['shift'] + 1}"


def step_of(document: Any) -> str | None:
    """The step that a document is at."""
    stage = stage_of(document)
    return stage and step_with(stage)


def step_with(stage: str) -> str:
    """The step that a stage belongs to."""
    kind, _, shift = stage.partition("-")
    return f"shift-{shift}" if kind in MOVING else kind  # the others come once
