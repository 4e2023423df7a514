"""The points of the sweep: each call at which something goes wrong, and what."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tests.delivery.sweep.recording import Made, Recording, Step, step_with

type Fault = Literal["before", "after", "lost", "killed", "orphaned"]
FAULTS: tuple[Fault, ...] = ("before", "after", "lost", "killed", "orphaned")
PROVIDER = "provider"
CANARY, FIRST = "canary", "first"  # the rollouts, by the beginnings of their points' names
# Attempts of one call until `deliver` believes a failure: boto3 makes three, and it five of those.
# The provider of the tests makes one, as the real one has failed after all of its own.
EXHAUSTED = 15


@dataclass(frozen=True)
class Point:
    """One thing that goes wrong in a step; its name says which, for whoever wants it again."""

    rollout: str
    stage: str
    who: str
    service: str
    operation: str
    number: int  # of the calls of this kind by this one in the step, from 1
    fault: Fault

    @property
    def name(self) -> str:
        """As rollout.stage-shift.who.service.Operation.number.fault."""
        call = (self.who, self.service, self.operation, str(self.number))
        return ".".join((self.rollout, self.stage, *call, self.fault))

    @property
    def step(self) -> str:
        """The step at whose beginning the run begins."""
        return step_with(self.stage)

    @property
    def kills(self) -> bool:
        """Whether the deployer is killed."""
        return self.fault in ("killed", "orphaned")

    @property
    def times(self) -> int:
        """How many attempts it hits: a failure all until it is believed, a lost answer is one."""
        return 1 if self.fault == "lost" or self.who == PROVIDER else EXHAUSTED


def parse(name: str) -> Point:
    """The point of a name; ValueError where it is none."""
    rollout, stage, who, service, operation, number, fault = name.split(".")
    if fault not in FAULTS:
        raise ValueError(name)
    return Point(rollout, stage, who, service, operation, int(number), fault)


def points(rollout: str, recording: Recording) -> list[Point]:
    """List them, in the order of the rollout."""
    read: set[tuple[str, ...]] = set()
    return [each for step in recording.steps.values() for each in _of_step(rollout, step, read)]


def _of_step(rollout: str, step: Step, read: set[tuple[str, ...]]) -> Iterator[Point]:
    numbered = list(_numbered(step))
    for made, number in numbered:
        call = made.call
        kind = (made.stage.partition("-")[0], call.who, call.service, call.operation)
        if call.mutating:
            yield from (_point(rollout, made, number, each) for each in ("before", "after", "lost"))
            if call.who == PROVIDER:
                yield from (_point(rollout, made, number, each) for each in ("killed", "orphaned"))
        elif kind not in read:
            read.add(kind)
            yield from (_point(rollout, made, number, each) for each in ("before", "lost"))
    for stage in dict.fromkeys(made.stage for made, _ in numbered):
        within = [each for each in numbered if each[0].stage == stage]
        made, number = within[len(within) // 2]
        if not (made.call.mutating and made.call.who == PROVIDER):
            yield _point(rollout, made, number, "killed")
            if any(each.call.who == PROVIDER for each, _ in within):
                yield _point(rollout, made, number, "orphaned")


def _numbered(step: Step) -> Iterator[tuple[Made, int]]:
    seen: Counter[tuple[str, str]] = Counter()
    for made in step.made:
        kind = made.call.who, str(made.call)
        seen[kind] += 1
        yield made, seen[kind]


def _point(rollout: str, made: Made, number: int, fault: Fault) -> Point:
    call = made.call
    return Point(rollout, made.stage, call.who, call.service, call.operation, number, fault)


LEFT_OUT = (
    "reads after the first of their kind in a stage: what they are asked for is the same",
    "reads that fail after their effect: they have none, so it is the same as before it",
    "an abort by hand where the run has turned back by itself: it goes the same way",
    "an engine left alive where none runs: only the deployer is killed there",
    "a first release that turns back and whose deployer dies before it says so: two faults at once",
    "of a first release all but its traffic rule: the rest is the same as of any other",
)
