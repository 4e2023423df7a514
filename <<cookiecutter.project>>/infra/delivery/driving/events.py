"""What a run tells of a rollout, as data.

The terminal shows it, `--record` keeps it, and a timeline is drawn from it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ..deciding.gates import Gate
from ..deciding.observed import Fleet
from ..document.record import Stage

type Outcome = Literal["done", "undone", "held", "stopped"]


@dataclass(frozen=True)
class Measured:
    """What a gate has counted of one release since the gate began; None: nothing to count."""

    requests: int = 0
    failed_percent: float | None = None
    p90_ms: float | None = None


@dataclass(frozen=True)
class Began:
    """A run takes a rollout up: a new one, or one that another run has left."""

    at: datetime
    tier: str
    release: str
    version: str  # of its build
    strategy: str
    shifts: tuple[tuple[Mapping[str, int], int], ...]  # weights, and seconds that they are watched
    who: str
    why: str
    resumed: bool = False


@dataclass(frozen=True)
class Stepped:
    """A step is about to be carried out."""

    at: datetime
    stage: Stage
    shift: int  # that is prepared or watched, from 0
    actions: tuple[str, ...]  # in words


@dataclass(frozen=True)
class Seen:
    """The tier was looked at."""

    at: datetime
    weights: Mapping[str, int] | None
    fleets: Mapping[str, Fleet]
    gate: Gate | None = None  # that is waited for
    measured: Mapping[str, Measured] = field(default_factory=dict)  # by release
    alarms: tuple[str, ...] = ()  # names of those in ALARM
    waits_for: str = ""  # what the gate lacks yet, in words


@dataclass(frozen=True)
class Turned:
    """The rollout goes back to its start."""

    at: datetime
    reason: str


@dataclass(frozen=True)
class Ended:
    """The run ends."""

    at: datetime
    outcome: Outcome
    weights: Mapping[str, int]
    words: str  # what came of it, and what to do next where something is left to do


type Event = Began | Stepped | Seen | Turned | Ended
type Tell = Callable[[Event], None]


def told_to(hearers: Iterable[Tell]) -> Tell:
    """Make one of several who want to hear."""
    every = tuple(hearers)

    def tell(event: Event) -> None:
        for hearer in every:
            hearer(event)

    return tell
