"""The alarms of a fleet: what tells people, and stops a rollout. A missing value is no alarm.

Each has a runbook of its own name in docs/runbooks/.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

NAMESPACE = "AWS/ApplicationELB"
MINUTE = 60
LEAST_REQUESTS = 10  # a minute with fewer says nothing about the share that failed
# Requests that nobody answered are in no status of the target group: the balancer's own 502 and 504
# are counted for the balancer only. So count what was answered, and call the rest failed.
FAILED_PERCENT = (
    f"IF(requests >= {LEAST_REQUESTS}, "
    "100 * (1 - (FILL(ok, 0) + FILL(redirected, 0) + FILL(refused, 0)) / requests), 0)"
)
COUNTS = {
    "requests": "RequestCount",
    "ok": "HTTPCode_Target_2XX_Count",
    "redirected": "HTTPCode_Target_3XX_Count",
    "refused": "HTTPCode_Target_4XX_Count",
}


@dataclass(frozen=True, kw_only=True)
class AlarmsArgs:
    """What is watched, from when it is bad, and who is told."""

    release_name: str
    fleet_name: str
    balancer_suffix: pulumi.Input[str]  # of the ARN, as CloudWatch names balancers
    target_group_suffix: pulumi.Input[str]
    failed_percent: int
    latency_ms: int
    topic_arn: str
    runbooks: str  # address of the folder
    tags: Mapping[str, str]


class Alarms(pulumi.ComponentResource):
    """Four alarms on one fleet, as the balancer sees it. They follow the settings."""

    def __init__(
        self, name: str, args: AlarmsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:alarms:Alarms", name, None, opts)
        for watch in watches(args):
            _alarm(watch, args, pulumi.ResourceOptions(parent=self))
        self.register_outputs({})


@dataclass(frozen=True, kw_only=True)
class Watch:
    """One thing to watch: `bad` of `of` periods at the threshold or above are an alarm."""

    name: str
    meaning: str
    metric: str | None = None  # or, for None, the share of failed requests
    statistic: str | None = None
    percentile: str | None = None
    threshold: float
    period: int = MINUTE
    bad: int
    of: int


def watches(args: AlarmsArgs) -> list[Watch]:
    """List what is watched of every fleet."""
    return [
        Watch(
            name="failures",
            meaning=f"{args.failed_percent} % of the requests or more got no answer or a 5xx.",
            threshold=args.failed_percent,
            bad=3,
            of=5,
        ),
        Watch(
            name="connections",
            meaning="The balancer cannot connect to instances that it holds for healthy.",
            metric="TargetConnectionErrorCount",
            statistic="Sum",
            threshold=5,  # an instance that ends takes a few connections with it
            bad=3,
            of=5,
        ),
        Watch(
            name="latency",
            meaning=f"One request in ten takes {args.latency_ms} ms or longer.",
            metric="TargetResponseTime",
            percentile="p90",  # p99 means nothing below a thousand requests in a period
            threshold=args.latency_ms / 1000,
            period=5 * MINUTE,
            bad=1,
            of=1,
        ),
        Watch(
            name="unhealthy",
            meaning="An instance stays unhealthy, and its successor does not get well.",
            metric="UnHealthyHostCount",
            statistic="Maximum",
            threshold=1,
            bad=10,  # replacing one takes about five minutes, its drain and the other's start
            of=10,
        ),
    ]


def _alarm(watch: Watch, args: AlarmsArgs, opts: pulumi.ResourceOptions) -> None:
    dimensions: dict[str, pulumi.Input[str]] = {
        "LoadBalancer": args.balancer_suffix,
        "TargetGroup": args.target_group_suffix,
    }
    aws.cloudwatch.MetricAlarm(
        f"{args.release_name}-{watch.name}",
        name=f"{args.fleet_name}-{watch.name}",
        alarm_description=f"{watch.meaning} Runbook: {args.runbooks}/{watch.name}.md",
        namespace=NAMESPACE if watch.metric else None,
        metric_name=watch.metric,
        dimensions=dimensions if watch.metric else None,
        statistic=watch.statistic,
        extended_statistic=watch.percentile,
        evaluate_low_sample_count_percentiles="ignore" if watch.percentile else None,
        period=watch.period if watch.metric else None,
        metric_queries=None if watch.metric else _failed(dimensions),
        comparison_operator="GreaterThanOrEqualToThreshold",
        threshold=watch.threshold,
        datapoints_to_alarm=watch.bad,
        evaluation_periods=watch.of,
        treat_missing_data="notBreaching",
        alarm_actions=[args.topic_arn],
        ok_actions=[args.topic_arn],
        tags=args.tags,
        opts=opts,
    )


def _failed(
    dimensions: Mapping[str, pulumi.Input[str]],
) -> list[aws.cloudwatch.MetricAlarmMetricQueryArgsDict]:
    """Write the queries whose result is the per cent of requests that failed."""
    counts: list[aws.cloudwatch.MetricAlarmMetricQueryArgsDict] = [
        {
            "id": key,
            "metric": {
                "namespace": NAMESPACE,
                "metric_name": metric,
                "dimensions": dimensions,
                "period": MINUTE,
                "stat": "Sum",
            },
        }
        for key, metric in COUNTS.items()
    ]
    return [*counts, {"id": "failed", "expression": FAILED_PERCENT, "return_data": True}]
