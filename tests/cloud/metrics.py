"""What a test says of metrics and alarms."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.cloud.clock import Clock, as_moment

if TYPE_CHECKING:
    from moto.cloudwatch.models import CloudWatchBackend

type Backend = Callable[[str | None], Any]  # the CloudWatch of a region; of the cloud's for None


class Metrics:
    """Metrics of the cloud's account; `region` is the cloud's unless given."""

    def __init__(self, clock: Clock, backend: "Callable[[str | None], CloudWatchBackend]") -> None:
        self._clock = clock
        self._backend = backend

    def put(
        self,
        namespace: str,
        name: str,
        value: float,
        dimensions: Mapping[str, str] | None = None,
        *,
        count: float = 1,
        at: datetime | str | None = None,
        region: str | None = None,
    ) -> None:
        """Record a value, as often as `count` says, now or at another moment."""
        from tests.cloud.series import Point, add
        from tests.cloud.strict.cloudwatch_metrics import store_of

        moment = self._clock.now() if at is None else as_moment(at)
        key = (namespace, name, frozenset((dimensions or {}).items()))
        point = Point(moment, value * count, count, value, value)
        add(store_of(self._backend(region)), key, point)

    def put_minutes(
        self,
        namespace: str,
        name: str,
        values: Iterable[float | None],
        dimensions: Mapping[str, str] | None = None,
        *,
        count: float = 1,
        region: str | None = None,
    ) -> None:
        """Record a value for each of the last full minutes, the latest last; None is a gap."""
        given = list(values)
        end = self._clock.now().replace(second=0, microsecond=0)
        for minutes, value in zip(range(len(given), 0, -1), given, strict=True):
            if value is not None:
                at = end - timedelta(minutes=minutes)
                self.put(namespace, name, value, dimensions, count=count, at=at, region=region)

    def set_alarm_state(self, name: str, state: str, *, region: str | None = None) -> None:
        """Put an alarm into OK, ALARM or INSUFFICIENT_DATA, and hold it there."""
        backend = self._backend(region)
        backend.set_alarm_state(name, "Set by a test", "{}", state)
        vars(backend.alarms[name])["held"] = True

    def release_alarm(self, name: str, *, region: str | None = None) -> None:
        """Let the metrics decide again, at the next full minute."""
        vars(self._backend(region).alarms[name])["held"] = False

    def alarm_state(self, name: str, *, region: str | None = None) -> str:
        return str(self._backend(region).alarms[name].state_value)
