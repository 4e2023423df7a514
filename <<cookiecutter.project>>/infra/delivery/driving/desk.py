"""Where a verb that moves a tier works: the tier itself, and everything that works on it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from stack.document import Document

from ..deciding.observed import Policy
from ..document.lease import Holder
from ..document.record import rollout_of
from ..place import Place
from .acting import Engine, Live
from .driver import LOOK_EVERY, Crew, Judge, Stop
from .events import Tell
from .mending import at_work_since

FOR_EVER = int(timedelta(days=365).total_seconds())


@dataclass(frozen=True)
class Desk:
    """All of it but the lease."""

    place: Place
    live: Live
    engine: Engine
    judge: Callable[[Callable[[], Document]], Judge]  # given what gives the document of now
    stop: Stop
    tell: Tell
    note: Callable[[str], None]  # hears what is being done within a step
    look_every: float = LOOK_EVERY
    wait: bool = False  # for long gates, too

    def crew(self, holder: Holder) -> Crew:
        """Give what a run works with."""
        return Crew(
            holder=holder,
            live=self.live,
            engine=self.engine,
            judge=self.judge(lambda: holder.document),
            gone=lambda: self._gone(holder),
            policy=self._policy,
            stop=self.stop,
            tell=self.tell,
            look_every=self.look_every,
        )

    def _policy(self, now: datetime) -> Policy:
        policy = self.place.policy(now)
        return replace(policy, attended_seconds=FOR_EVER) if self.wait else policy

    def _gone(self, holder: Holder) -> set[str]:
        """Name who was at work on the rollout before: the lease is ours, so they are not."""
        rollout = rollout_of(holder.document)
        return {*at_work_since(rollout, self.place.store.history())} if rollout else set()
