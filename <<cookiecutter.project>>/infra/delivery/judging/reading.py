"""What CloudWatch has of a tier's balancer: counts by minute, read raw and added up elsewhere."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from stack.account import Account
from stack.refusal import Refused

from ..live.addresses import Addresses, suffix
from ..live.calling import Caller, Unanswered
from .measures import Period, Readings

NAMESPACE = "AWS/ApplicationELB"
OWN_FAILURES = "HTTPCode_ELB_5XX_Count"
# Of a fleet: the field of a Period, or "healthy" for a metric that comes without requests, too.
COUNTED = {
    "requests": ("RequestCount", "Sum"),
    "ok": ("HTTPCode_Target_2XX_Count", "Sum"),
    "redirected": ("HTTPCode_Target_3XX_Count", "Sum"),
    "refused": ("HTTPCode_Target_4XX_Count", "Sum"),
    "broken": ("HTTPCode_Target_5XX_Count", "Sum"),
    "unconnected": ("TargetConnectionErrorCount", "Sum"),
    "p90": ("TargetResponseTime", "p90"),
    "timed": ("TargetResponseTime", "SampleCount"),
    "healthy": ("HealthyHostCount", "Maximum"),
}
# CloudWatch gives 100,800 points to a request ("GetMetricData" in its API reference), and keeps
# minutes for 15 days: so a day by minutes, five by five minutes, the rest by hours.
PERIODS = ((timedelta(days=1), 60), (timedelta(days=5), 300))
LONGEST = 3600


def period_of(length: timedelta) -> int:
    """Give the length of the periods by which so much time is read."""
    return next((seconds for most, seconds in PERIODS if length <= most), LONGEST)


class Metrics:
    """Reads them."""

    def __init__(self, account: Account, addresses: Addresses, call: Caller) -> None:
        self._watching = account.client("cloudwatch")
        self._addresses = addresses
        self._call = call

    def read(
        self, releases: Iterable[str], start: datetime, end: datetime, seconds: int
    ) -> Readings:
        """Read what the balancer counted of these releases."""
        balancer = self._addresses.balancer
        if balancer is None:
            raise Refused(["The tier has no balancer: there is nothing to measure."])
        targets = self._addresses.target_groups(releases)
        queries = _queries(balancer.suffix, targets, seconds)
        found = self._call(
            "The balancer's metrics cannot be read", lambda: self._points(queries, start, end)
        )
        return _readings(found, targets, seconds)

    def _points(
        self, queries: list[dict[str, Any]], start: datetime, end: datetime
    ) -> dict[str, dict[datetime, float]]:
        pages = self._watching.get_paginator("get_metric_data").paginate(
            MetricDataQueries=queries, StartTime=start, EndTime=end
        )
        found: dict[str, dict[datetime, float]] = {query["Id"]: {} for query in queries}
        for page in pages:
            for result in page["MetricDataResults"]:
                if result["StatusCode"] not in ("Complete", "PartialData"):  # part: more follows
                    raise Unanswered([f"CloudWatch gives {result['StatusCode']} for a metric."])
                moments = (each.astimezone(UTC) for each in result["Timestamps"])
                found[result["Id"]] |= dict(zip(moments, result["Values"], strict=True))
        return found


def _queries(balancer: str, target_groups: Mapping[str, str], seconds: int) -> list[dict[str, Any]]:
    """Ask for the balancer's own failures, and for everything of each fleet."""
    ours = {"LoadBalancer": balancer}
    return [
        _query("own", OWN_FAILURES, "Sum", seconds, ours),
        *(
            _query(f"{release}_{key}", metric, statistic, seconds, theirs)
            for release, arn in target_groups.items()
            for theirs in [{**ours, "TargetGroup": suffix(arn)}]
            for key, (metric, statistic) in COUNTED.items()
        ),
    ]


def _readings(
    found: Mapping[str, Mapping[datetime, float]], releases: Iterable[str], seconds: int
) -> Readings:
    return Readings(
        seconds=seconds,
        fleets={
            release: dict(_periods({key: found[f"{release}_{key}"] for key in COUNTED}))
            for release in releases
        },
        balancer={at: round(value) for at, value in found["own"].items()},
    )


def _query(
    name: str, metric: str, statistic: str, seconds: int, dimensions: Mapping[str, str]
) -> dict[str, Any]:
    named = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    return {
        "Id": name,
        "MetricStat": {
            "Metric": {"Namespace": NAMESPACE, "MetricName": metric, "Dimensions": named},
            "Period": seconds,
            "Stat": statistic,
        },
    }


def _periods(found: Mapping[str, Mapping[datetime, float]]) -> Iterator[tuple[datetime, Period]]:
    """Put together what belongs to the same time. What did not happen has no point."""
    for at in sorted({at for values in found.values() for at in values}):
        count = {key: round(values.get(at, 0)) for key, values in found.items()}
        yield (
            at,
            Period(
                requests=count["requests"],
                answered=count["ok"] + count["redirected"] + count["refused"],
                broken=count["broken"],
                unconnected=count["unconnected"],
                p90=found["p90"].get(at),
                timed=count["timed"],
            ),
        )
