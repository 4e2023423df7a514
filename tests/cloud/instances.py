"""How instances behave: how long they take to start, get well and drain, as a test says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from tests.cloud.clock import Clock

NEVER = None
OWN = None  # the target group's own delay


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a test said about the instances whose fleet, template, target group or id match."""

    kind: str
    of: str
    seconds: float | None
    since: datetime


class Instances:
    """A later word wins. Unless told otherwise instances serve at once and leave at once.

    `of` names an Auto Scaling group (a fleet), a launch template, a target group or an instance;
    `*` stands for any characters.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.said: list[Behaviour] = []

    def launched_after(self, seconds: float, of: str = "*") -> None:
        """An instance is Pending for so long, then InService and registered with its targets."""
        self._say("launched", of, seconds)

    def healthy_after(self, seconds: float, of: str = "*") -> None:
        """A target answers its health checks so long after it was registered."""
        self._say("healthy", of, seconds)

    def never(self, of: str = "*") -> None:
        """Targets answer no health check from now on; those that were healthy turn unhealthy."""
        self._say("healthy", of, NEVER)

    def drained_after(self, seconds: float | None, of: str = "*") -> None:
        """An instance that leaves drains for so long; None is the target group's own delay."""
        self._say("drained", of, seconds)

    def unavailable(self, of: str = "*", *, available: bool = False) -> None:
        """No instance can be launched: InsufficientInstanceCapacity; `available=True` ends it."""
        self._say("available", of, 0 if available else NEVER)

    def as_on_aws(self) -> None:
        """Times of the order AWS has: 30 s to run, 60 s more to be well, drains in full."""
        self.launched_after(30)
        self.healthy_after(60)
        self.drained_after(OWN)

    def behaviour(self, kind: str, names: Iterable[str]) -> Behaviour:
        """The last word on instances that have one of the names."""
        known = [*names, "*"]
        for each in reversed(self.said):
            if each.kind == kind and any(fnmatchcase(name, each.of) for name in known):
                return each
        return Behaviour(kind, "*", 0, datetime.min.replace(tzinfo=self._clock.now().tzinfo))

    def forget(self) -> None:
        """Everything at once again."""
        self.said = []

    def _say(self, kind: str, of: str, seconds: float | None) -> None:
        self.said = [each for each in self.said if (each.kind, each.of) != (kind, of)]
        self.said.append(Behaviour(kind, of, seconds, self._clock.now()))
