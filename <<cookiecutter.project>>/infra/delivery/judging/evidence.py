"""What a gate knows of the release that it watches, and of those beside it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..deciding.gates import Bake, Hold
from ..deciding.observed import Observed
from .measures import Measures, Readings
from .reading import Metrics, period_of

# CloudWatch has a minute one to three minutes later, and not all its metrics at once: a count of
# requests without that of the answers would look like failures. A minute counts when it has been
# over for so long.
SETTLING = timedelta(minutes=2)
BEFORE = timedelta(minutes=10)  # the least that is read of the time before
SHOWN = timedelta(hours=1)  # of a held split, which may last for days
FOR_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Evidence:
    """What was read for a gate."""

    readings: Readings
    release: str
    beside: tuple[str, ...]  # the releases that it is compared with
    at_once: bool  # whether those had traffic at the same time; else it was before
    since: datetime
    settled: datetime  # up to here everything is known

    @property
    def new(self) -> Measures:
        """Give what the release did."""
        return self.readings.of([self.release], self.since, self.settled)

    @property
    def others(self) -> Measures:
        """Give what the others did: meanwhile, or for as long before, when they had the traffic."""
        if self.at_once:
            return self.readings.of(self.beside, self.since, self.settled)
        length = max(self.settled - self.since, BEFORE)
        return self.readings.of(self.beside, self.since - length, self.since)

    def lately(self, length: timedelta) -> tuple[datetime, Measures]:
        """Give the last so long, what is not settled included, and what the others did then.

        Where they had no traffic then, what they did when they had it.
        """
        start = max(self.settled - length, self.since - BEFORE)
        others = self.readings.of(self.beside, start, FOR_EVER)
        return start, others if others.requests else self.others

    @property
    def minutes(self) -> float:
        """Tell how long it has been watched."""
        return max((self.settled - self.since).total_seconds(), 0) / 60

    @property
    def has_arrived(self) -> bool:
        """Tell whether CloudWatch has anything of the last period.

        HealthyHostCount comes every minute for a fleet that has instances, also without requests.
        """
        last = self.settled - timedelta(seconds=self.readings.seconds)
        return last in self.readings.fleets.get(self.release, {})

    def covers(self, until: datetime) -> bool:
        """Tell whether everything until then is known."""
        return self.settled >= _later(until, self.readings.seconds)

    def each(self) -> dict[str, Measures]:
        """Give what each did meanwhile."""
        return {
            name: self.readings.of([name], self.since, self.settled)
            for name in (self.release, *self.beside)
        }


class Evidences:
    """Gathers evidence, once a minute for a gate: oftener there is nothing new."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._last: tuple[Bake | Hold, datetime, Evidence] | None = None

    def of(self, gate: Bake | Hold, observed: Observed, *, fresh: bool = False) -> Evidence:
        """Give what is known for a gate now."""
        minute = _earlier(observed.now, 60)
        if self._last and self._last[:2] == (gate, minute) and not fresh:
            return self._last[2]
        evidence = self._gather(gate, observed)
        self._last = (gate, minute, evidence)
        return evidence

    def _gather(self, gate: Bake | Hold, observed: Observed) -> Evidence:
        now, since = observed.now, gate.since
        if isinstance(gate, Hold):
            since = max(since, now - SHOWN)
        together = _beside(gate, observed)
        beside = together or tuple(name for name in observed.fleets if name != gate.release)
        start = since - (BEFORE if together else max(now - since, BEFORE))
        seconds = period_of(now - start)
        since = _earlier(since, seconds)
        return Evidence(
            readings=self._metrics.read(
                (gate.release, *beside), _earlier(start, seconds), _later(now, seconds), seconds
            ),
            release=gate.release,
            beside=beside,
            at_once=bool(together),
            since=since,
            settled=max(_earlier(now - SETTLING, seconds), since),
        )


def _beside(gate: Bake | Hold, observed: Observed) -> tuple[str, ...]:
    if isinstance(gate, Bake):
        return gate.baseline
    return tuple(name for name in sorted(observed.weights or {}) if name != gate.release)


def _earlier(moment: datetime, seconds: int) -> datetime:
    """Give the beginning of the period that a moment is in."""
    return datetime.fromtimestamp(moment.timestamp() // seconds * seconds, UTC)


def _later(moment: datetime, seconds: int) -> datetime:
    """Give the end of the period that a moment is in; a beginning stays what it is."""
    return datetime.fromtimestamp(-(-moment.timestamp() // seconds) * seconds, UTC)
