"""What happens by itself as the cloud's time passes."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from tests.cloud.clock import Clock

# What is done at a full minute, in this order: whatever an alarm sees has been reported before.
REPORT, JUDGE, ACT = range(3)
LEAST_PAUSE = 0.5  # seconds of real time between two looks at what is due


@dataclass(frozen=True, slots=True)
class Event:
    moment: datetime
    run: Callable[[], None]


# Answers the next thing that is due after the first moment and not after the second. Once it has
# run, it must not be due again.
type Source = Callable[[datetime, datetime], Event | None]


type Deed = Callable[[datetime], None]


class Timeline:
    """Runs the events of all sources in the order of their moments."""

    def __init__(self) -> None:
        self.clock = Clock(self.run_until)
        self.reached = datetime.min.replace(tzinfo=UTC)
        self._sources: list[Source] = []
        self._minutely: list[tuple[int, Deed]] = []
        self._lock = threading.RLock()
        self._looked = 0.0

    def source(self, source: Source) -> Source:
        """Enter a source of events."""
        self._sources.append(source)
        return source

    def every_minute(self, turn: int) -> Callable[[Deed], Deed]:
        """Enter what is done at each full minute; it gets the moment up to which time passes."""

        def enter(deed: Deed) -> Deed:
            self._minutely.append((turn, deed))
            self._minutely.sort(key=lambda each: each[0])
            return deed

        return enter

    def catch_up(self) -> None:
        """Let happen what is due while the clock runs by itself; called with each request."""
        if self.clock.stopped or time.monotonic() - self._looked < LEAST_PAUSE:
            return
        self._looked = time.monotonic()
        self.run_until(self.clock.now())

    def run_until(self, until: datetime) -> None:
        """Let happen, in order, what is due up to a moment."""
        with self._lock:
            self.reached = max(self.reached, min(self.clock.now(), until))
            while True:
                due = [source(self.reached, until) for source in [*self._sources, self._minute]]
                events = [event for event in due if event is not None]
                if not events:
                    break
                event = min(events, key=lambda each: each.moment)
                self.reached = max(self.reached, event.moment)
                self.clock.run_at(self.reached, event.run)
            self.reached = max(self.reached, until)

    def _minute(self, after: datetime, until: datetime) -> Event | None:
        moment = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
        return Event(moment, partial(self._do_minutely, until)) if moment <= until else None

    def _do_minutely(self, until: datetime) -> None:
        for _, deed in self._minutely:
            deed(until)

    @contextmanager
    def paused(self) -> Generator[None]:
        """Nothing happens by itself meanwhile."""
        with self._lock:
            yield

    def restart(self) -> None:
        """Nothing has happened yet and the clock is the machine's."""
        self.clock.restart()
        self.reached = datetime.min.replace(tzinfo=UTC)
