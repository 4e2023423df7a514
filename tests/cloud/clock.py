"""The cloud's time: the machine's own, until a test stops it and lets it pass."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """Runs with the machine's time; `set` or `freeze` stop it, `advance` lets time pass.

    Whatever is due happens while time passes, in order, each thing at its own moment.
    """

    def __init__(self, pass_time: Callable[[datetime], None]) -> None:
        self._pass_time = pass_time
        self._here = threading.local()  # the moment of the event that this thread makes happen
        self._ahead = timedelta()
        self._stopped: datetime | None = None

    def now(self) -> datetime:
        """The moment it is in the cloud, in UTC."""
        moment: datetime | None = getattr(self._here, "moment", None)
        if moment is not None:
            return moment
        return self._stopped or datetime.now(UTC) + self._ahead

    @property
    def stopped(self) -> bool:
        return self._stopped is not None

    def set(self, moment: datetime | str) -> None:
        """Stop at a moment; what lies between now and then does not happen."""
        self._stopped = as_moment(moment)

    def freeze(self) -> None:
        """Stop here; time passes only by `advance` from now on."""
        self._stopped = self.now()

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.advance_to(self.now() + timedelta(seconds=seconds))

    def advance_to(self, moment: datetime | str) -> None:
        """Let time pass until a moment, which must not be over."""
        until = as_moment(moment)
        now = self.now()
        if until < now:
            raise ValueError(f"{until.isoformat()} is over: it is {now.isoformat()} in the cloud")
        self._pass_time(until)
        if self._stopped is None:
            self._ahead += until - now
        else:
            self._stopped = until

    def sleep(self, seconds: float) -> None:
        """Wait in the cloud's time, which costs none of ours while the clock stands."""
        if self._stopped is None:
            time.sleep(seconds)
        else:
            self.advance(seconds)

    def run_at(self, moment: datetime, event: Callable[[], None]) -> None:
        """Run with `now` being the moment."""
        before = getattr(self._here, "moment", None)
        self._here.moment = moment
        try:
            event()
        finally:
            self._here.moment = before

    def restart(self) -> None:
        """Back to the machine's time."""
        self._ahead, self._stopped = timedelta(), None

    def dump(self) -> tuple[timedelta, datetime | None]:
        """The clock as `load` takes it."""
        return self._ahead, self._stopped

    def load(self, dumped: tuple[timedelta, datetime | None]) -> None:
        self._ahead, self._stopped = dumped


def as_moment(moment: datetime | str) -> datetime:
    """A moment in UTC; text as 2026-11-20T20:00:00Z, or with another offset."""
    found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    if found.tzinfo is None:
        raise ValueError(f"{moment} has no time zone; write 2026-11-20T20:00:00Z or give an offset")
    return found.astimezone(UTC)
