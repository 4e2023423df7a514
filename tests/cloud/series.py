"""Data points of metrics: kept by series, summed up by period."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.cloud.metric_math import MathError, Series, Value, evaluate

KEPT = timedelta(hours=24)  # older points are dropped when new ones come

type Key = tuple[str, str, frozenset[tuple[str, str]]]  # namespace, name, dimensions


@dataclass(frozen=True, slots=True)
class Point:
    """Equal values at one moment, or a summary of different ones."""

    moment: datetime
    total: float
    count: float
    least: float
    most: float
    unit: str | None = None


def key_of(namespace: str, name: str, dimensions: Iterable[Mapping[str, str]]) -> Key:
    return namespace, name, frozenset((each["Name"], each["Value"]) for each in dimensions)


def add(store: dict[Key, list[Point]], key: Key, point: Point) -> None:
    """Keep a point, and forget those long gone."""
    points = store.setdefault(key, [])
    points.append(point)
    if points[0].moment < point.moment - KEPT:
        store[key] = [each for each in points if each.moment >= point.moment - KEPT]


@dataclass(frozen=True, slots=True)
class Grid:
    """Periods of one length, one after another."""

    start: datetime
    period: int
    number: int

    @classmethod
    def between(cls, start: datetime, end: datetime, period: int) -> "Grid":
        """Periods from a start, rounded down to its minute, until an end that they may pass.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
        """
        begin = start.replace(second=0, microsecond=0) if period >= 60 else start
        whole, rest = divmod((end - begin).total_seconds(), period)
        return cls(begin, period, int(whole) + bool(rest))

    @property
    def indices(self) -> range:
        return range(self.number)

    def moment(self, index: int) -> datetime:
        return self.start + timedelta(seconds=index * self.period)

    def buckets(self, points: Iterable[Point]) -> dict[int, list[Point]]:
        found: dict[int, list[Point]] = {}
        for point in points:
            index = int((point.moment - self.start).total_seconds() // self.period)
            if 0 <= index < self.number:
                found.setdefault(index, []).append(point)
        return found


def statistic(points: list[Point], name: str) -> float:
    """Sum, Average, Minimum, Maximum, SampleCount, or a percentile as p90."""
    total, count = sum(each.total for each in points), sum(each.count for each in points)
    plain = {
        "Sum": total,
        "SampleCount": count,
        "Average": total / count if count else 0.0,
        "Minimum": min(each.least for each in points),
        "Maximum": max(each.most for each in points),
    }
    if name in plain:
        return plain[name]
    if not (name.startswith("p") and name[1:].replace(".", "", 1).isdigit()):
        raise MathError(f"Stat {name} is not known to this cloud")
    wanted = count * float(name[1:]) / 100
    passed = 0.0
    for point in sorted(points, key=lambda each: each.most):
        passed += point.count
        if passed >= wanted - 1e-9:
            return point.most
    return points[-1].most


def results(
    store: Mapping[Key, list[Point]], queries: list[dict[str, Any]], start: datetime, end: datetime
) -> dict[str, tuple[Value, Grid]]:
    """The result of each query of GetMetricData, or of an alarm, by its id."""
    stats = [each for each in queries if each.get("MetricStat")]
    periods = {int(each["MetricStat"]["Period"]) for each in stats}
    found: dict[str, tuple[Value, Grid]] = {}
    for query in stats:
        asked = query["MetricStat"]
        metric = asked["Metric"]
        key = key_of(metric["Namespace"], metric["MetricName"], metric.get("Dimensions") or [])
        grid = Grid.between(start, end, int(asked["Period"]))
        points = [each for each in store.get(key, []) if asked.get("Unit") in (None, "", each.unit)]
        series: Series = {
            index: statistic(some, asked["Stat"]) for index, some in grid.buckets(points).items()
        }
        found[query["Id"]] = series, grid
    waiting = [each for each in queries if each.get("Expression")]
    if waiting and len(periods) > 1:
        raise MathError("The metrics of an expression must have the same period")
    while waiting:
        query = _ready(waiting, found)
        waiting.remove(query)
        period = int(query.get("Period") or next(iter(periods), 60))
        grid = Grid.between(start, end, period)
        known = {id: value for id, (value, _) in found.items()}
        found[query["Id"]] = evaluate(query["Expression"], known, grid.indices), grid
    return found


def _ready(waiting: list[dict[str, Any]], found: Mapping[str, Any]) -> dict[str, Any]:
    """An expression that needs none of the others still waiting; else the first, which fails."""
    ids = {each["Id"] for each in waiting}
    for query in waiting:
        words = set(
            "".join(c if c.isalnum() or c == "_" else " " for c in query["Expression"]).split()
        )
        if not words & (ids - {query["Id"]}):
            return query
    return waiting[0]


def in_utc(moment: datetime) -> datetime:
    """moto's times are in UTC and do not say so."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
