"""Metrics are answered by period, with metric math and percentiles; moto knows neither."""

from datetime import datetime
from typing import Any

from moto.cloudwatch.models import (
    CloudWatchBackend,
    Dimension,
    MetricAggregatedDatum,
    MetricDatum,
    MetricDatumBase,
)
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from tests.cloud.metric_math import MathError
from tests.cloud.series import Grid, Key, Point, add, in_utc, key_of, results, statistic
from tests.cloud.simulation import SIMULATION
from tests.cloud.strict.patch import RefusedError, instead

API = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference"


def store_of(backend: Any) -> dict[Key, list[Point]]:
    """The points of an account's region, by series; they live and die with moto's state."""
    return vars(backend).setdefault("series", {})


@instead(CloudWatchBackend, "put_metric_data", doc=f"{API}/API_PutMetricData.html")
def points_have_the_clouds_time(
    original: Any, backend: CloudWatchBackend, namespace: str, metric_data: list[dict[str, Any]]
) -> None:
    """A point without a time is of now; each combination of dimensions is a metric of its own."""
    now = SIMULATION.clock.now()
    original(backend, namespace, [{"Timestamp": now, **each} for each in metric_data])
    _take_in(backend)


def _take_in(backend: CloudWatchBackend) -> None:
    store, new = store_of(backend), backend.metric_data
    backend.metric_data = []
    for each in new:
        dimensions = [{"Name": d.name or "", "Value": d.value or ""} for d in each.dimensions]
        add(store, key_of(each.namespace, each.name, dimensions), _point(each))


def _point(datum: MetricDatumBase) -> Point:
    moment = in_utc(datum.timestamp)
    if isinstance(datum, MetricAggregatedDatum):
        return Point(moment, datum.sum, datum.sample_count, datum.min, datum.max, datum.unit)
    value = datum.value if isinstance(datum, MetricDatum) else 0.0
    return Point(moment, value, 1, value, value, datum.unit)


@instead(CloudWatchBackend, "get_metric_data", doc=f"{API}/API_GetMetricData.html")
def metric_data_is_computed(
    original: Any,
    backend: CloudWatchBackend,
    queries: list[dict[str, Any]],
    start_time: datetime,
    end_time: datetime,
    scan_by: str = "TimestampDescending",
) -> list[dict[str, Any]]:
    start, end = in_utc(start_time), in_utc(end_time)
    if start >= end:
        raise RefusedError(
            "ValidationError", "The parameter EndTime must be greater than StartTime."
        )
    try:
        found = results(_with_moto_s_own(backend), queries, start, end)
    except MathError as error:
        raise RefusedError("ValidationError", str(error)) from error
    answers = []
    for query in queries:
        if not query.get("ReturnData", True):
            continue
        value, grid = found[query["Id"]]
        points = value if isinstance(value, dict) else dict.fromkeys(grid.indices, value)
        order = sorted(points, reverse=scan_by != "TimestampAscending")
        metric = (query.get("MetricStat") or {}).get("Metric") or {}
        answers.append(
            {
                "id": query["Id"],
                "label": query.get("Label") or metric.get("MetricName") or query["Id"],
                "values": [points[index] for index in order],
                "timestamps": [grid.moment(index) for index in order],
                "status_code": "Complete",
            }
        )
    return answers


@instead(CloudWatchResponse, "get_metric_statistics", doc=f"{API}/API_GetMetricStatistics.html")
def metric_statistics_are_computed(original: Any, response: CloudWatchResponse) -> ActionResult:
    """Each data point has all that was asked for, percentiles too."""
    names = response._get_param("Statistics", [])
    percentiles = response._get_param("ExtendedStatistics") or []
    start, end = (in_utc(response._get_param(each)) for each in ("StartTime", "EndTime"))
    if (not names and not percentiles) or start >= end:
        return original(response)  # which refuses it
    name = response._get_param("MetricName")
    key = key_of(response._get_param("Namespace"), name, response._get_param("Dimensions", []))
    grid = Grid.between(start, end, int(response._get_param("Period")))
    points = _with_moto_s_own(response.cloudwatch_backend).get(key, [])
    shown = []
    for index, some in sorted(grid.buckets(points).items()):
        datapoint: dict[str, Any] = {each: statistic(some, each) for each in names}
        if percentiles:
            datapoint["ExtendedStatistics"] = {each: statistic(some, each) for each in percentiles}
        shown.append({"Timestamp": grid.moment(index), "Unit": some[0].unit or "None", **datapoint})
    return ActionResult({"Label": name, "Datapoints": shown})


@instead(CloudWatchBackend, "get_all_metrics", doc=f"{API}/API_ListMetrics.html")
def every_series_is_listed(original: Any, backend: CloudWatchBackend) -> list[Any]:
    found = list(original(backend))
    for (namespace, name, dimensions), points in store_of(backend).items():
        if points:
            named = [{"Name": key, "Value": value} for key, value in sorted(dimensions)]
            found.append(MetricDatum(namespace, name, points[-1].total, named, points[-1].moment))
    return found


def _with_moto_s_own(backend: CloudWatchBackend) -> dict[Key, list[Point]]:
    """Ours, and what moto's services report, as S3 the size of its buckets."""
    store = dict(store_of(backend))
    for datum in backend.aws_metric_data:
        dimensions: list[Dimension] = datum.dimensions
        named = [{"Name": each.name or "", "Value": each.value or ""} for each in dimensions]
        key = key_of(datum.namespace, datum.name, named)
        store[key] = [*store.get(key, []), _point(datum)]
    return store
