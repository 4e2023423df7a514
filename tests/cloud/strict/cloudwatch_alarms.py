"""Alarms are new without data, and evaluated each minute as time passes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from moto.cloudwatch.models import Alarm, CloudWatchBackend, cloudwatch_backends

from tests.cloud.metric_math import MathError
from tests.cloud.series import results
from tests.cloud.simulation import SIMULATION
from tests.cloud.strict.cloudwatch_metrics import store_of
from tests.cloud.strict.patch import instead
from tests.cloud.timeline import JUDGE

API = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference"
GUIDE = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring"
OK, ALARM, NO_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"
MORE = 2  # periods before the evaluated ones whose points stand in for missing ones
RECENT = timedelta(hours=1)  # of a longer leap of the clock, minutes that are evaluated
COMPARISONS = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}


@instead(CloudWatchBackend, "put_metric_alarm", doc=f"{API}/API_PutMetricAlarm.html")
def alarm_keeps_its_state(
    original: Any, backend: CloudWatchBackend, *args: Any, **kwargs: Any
) -> Alarm:
    """A new alarm has no data, where moto says OK; a changed one keeps the state it had."""
    name = kwargs.get("name") or args[0]
    before: Any = backend.alarms.get(name)
    alarm: Any = original(backend, *args, **kwargs)
    if before is None:
        alarm.state_value = NO_DATA
        alarm.state_updated_timestamp = _naive_now()
    else:
        for each in ("state_value", "state_reason", "state_reason_data", "history"):
            setattr(alarm, each, getattr(before, each))
        alarm.state_updated_timestamp = before.state_updated_timestamp
        alarm.held = getattr(before, "held", False)
    return alarm


@SIMULATION.timeline.every_minute(JUDGE)
def evaluate_alarms(until: datetime) -> None:
    """Hold each alarm against its metrics; after a long leap only the last hour's minutes."""
    now = SIMULATION.clock.now()
    if now < until - RECENT:
        return
    for account in list(cloudwatch_backends.values()):
        for backend in list(account.values()):
            for alarm in list(backend.alarms.values()):
                state = None if getattr(alarm, "held", False) else state_at(backend, alarm, now)
                if state is not None and state != alarm.state_value:
                    change_state(alarm, state, f"Evaluated at {now:%Y-%m-%dT%H:%M:%SZ}")


def change_state(alarm: Alarm, state: str, reason: str) -> None:
    alarm.update_state(reason, "{}", state)
    alarm.state_updated_timestamp = _naive_now()


def state_at(backend: CloudWatchBackend, alarm: Alarm, now: datetime) -> str | None:
    """The state that the data ask for; None where the alarm stays as it is."""
    if alarm.rule is not None or alarm.threshold is None:
        return None  # composite alarms and anomaly detection are not evaluated here
    queries, watched = _queries(alarm)
    evaluated = int(alarm.evaluation_periods)
    period = max(int(each["MetricStat"]["Period"]) for each in queries if "MetricStat" in each)
    end = now.replace(second=0, microsecond=0)
    start = end - timedelta(seconds=period * (evaluated + MORE))
    try:
        found = results(store_of(backend), queries, start, end)
    except MathError:
        return None
    value, grid = found[watched]
    points = value if isinstance(value, dict) else dict.fromkeys(grid.indices, value)
    too_few = _few_samples(alarm, found)
    breaches = COMPARISONS[alarm.comparison_operator]
    data: list[bool | None] = [
        breaches(points[index], float(alarm.threshold)) if index in points else None
        for index in grid.indices
    ]
    if too_few & set(grid.indices[-evaluated:]):
        return None
    needed = int(alarm.datapoints_to_alarm or evaluated)
    return judge(data, evaluated, needed, alarm.treat_missing_data or "missing")


def judge(data: Sequence[bool | None], evaluated: int, needed: int, missing: str) -> str | None:
    """The tables of the page, oldest point first: breaching, not, or None for missing.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """
    real = [each for each in data if each is not None][-evaluated:]
    absent = evaluated - len(real)
    breaching = sum(real)
    if not real:
        return {"breaching": ALARM, "notBreaching": OK, "missing": NO_DATA}.get(missing)
    if breaching >= needed or (missing == "breaching" and breaching + absent >= needed):
        return ALARM
    if not absent or missing in ("breaching", "notBreaching"):
        return OK
    if _premature(data, needed):
        return ALARM if missing == "missing" else None
    return OK if not all(real) else None


def _premature(data: Sequence[bool | None], needed: int) -> bool:
    """Only breaching points are there, and the oldest is as old as an alarm needs."""
    real = [index for index, each in enumerate(data) if each is not None]
    only_breaching = all(data[index] for index in real)
    return only_breaching and len(data) - real[0] >= min(needed, len(data))


def _few_samples(alarm: Alarm, found: Any) -> set[int]:
    """Periods with too few samples for a percentile, where they are to be ignored.

    Fewer than 10 / (1 - percentile):
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
    """
    percentile = str(alarm.extended_statistic or "")
    if alarm.evaluate_low_sample_count_percentile != "ignore" or not percentile.startswith("p"):
        return set()
    share = float(percentile[1:]) / 100
    least = 10 / (1 - share) if share >= 0.5 else 10 / share
    counts, _ = found[SAMPLES]
    return {index for index, count in counts.items() if count < least - 1e-6}


WATCHED, SAMPLES = "watched", "samples"


def _queries(alarm: Alarm) -> tuple[list[dict[str, Any]], str]:
    """The alarm's queries as GetMetricData takes them, and the id of the one it watches."""
    if alarm.metric_data_queries:
        given = [_query(each) for each in alarm.metric_data_queries]
        return given, next(each["Id"] for each in given if each["ReturnData"])
    stat = {
        "Metric": {
            "Namespace": alarm.namespace,
            "MetricName": alarm.metric_name,
            "Dimensions": _dimensions(alarm.dimensions),
        },
        "Period": alarm.period,
        "Unit": alarm.unit,
    }
    chosen = alarm.statistic or alarm.extended_statistic
    return [
        {"Id": WATCHED, "MetricStat": {**stat, "Stat": chosen}},
        {"Id": SAMPLES, "MetricStat": {**stat, "Stat": "SampleCount"}},
    ], WATCHED


def _query(query: Any) -> dict[str, Any]:
    returned = query.return_data in (None, True, "true")
    found: dict[str, Any] = {"Id": query.id, "ReturnData": returned}
    if query.expression:
        return {**found, "Expression": query.expression, "Period": query.period}
    metric = query.metric_stat.metric
    found["MetricStat"] = {
        "Metric": {
            "Namespace": metric.namespace,
            "MetricName": metric.metric_name,
            "Dimensions": _dimensions(metric.dimensions),
        },
        "Period": query.metric_stat.period,
        "Stat": query.metric_stat.stat,
        "Unit": query.metric_stat.unit,
    }
    return found


def _dimensions(dimensions: Any) -> list[dict[str, str]]:
    return [{"Name": each.name, "Value": each.value} for each in dimensions]


def _naive_now() -> datetime:
    return SIMULATION.clock.now().replace(tzinfo=None)
