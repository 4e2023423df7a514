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


@dataclass(frozen=True, kw_only=True)
class Formula:
    """A value that CloudWatch computes from several metrics, each under its id."""

    result: str
    expression: str
    namespace: str
    statistic: str
    metrics: Mapping[str, str]


# Requests that nobody answered are in no status of the target group: the balancer's own 502 and 504
# are counted for the balancer only. So count what was answered, and call the rest failed.
FAILED = Formula(
    result="failed",
    expression=(
        f"IF(requests >= {LEAST_REQUESTS}, "
        "100 * (1 - (FILL(ok, 0) + FILL(redirected, 0) + FILL(refused, 0)) / requests), 0)"
    ),
    namespace=NAMESPACE,
    statistic="Sum",
    metrics={
        "requests": "RequestCount",
        "ok": "HTTPCode_Target_2XX_Count",
        "redirected": "HTTPCode_Target_3XX_Count",
        "refused": "HTTPCode_Target_4XX_Count",
    },
)
# A fleet without a single instance is silent in all that the balancer counts for it: RequestCount
# has only requests for which there was a target ("CloudWatch metrics for your Application Load
# Balancer"). So ask the group.
MISSING = Formula(
    result="missing",
    expression="wanted - running",
    namespace="AWS/AutoScaling",
    statistic="Average",
    metrics={"wanted": "GroupDesiredCapacity", "running": "GroupInServiceInstances"},
)


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
    """What is watched of one fleet, as the balancer and the group see it. Follows the settings."""

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
    metric: str | None = None  # of the balancer, with a statistic or a percentile; or a formula
    formula: Formula | None = None
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
            formula=FAILED,
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
        Watch(
            name="capacity",
            meaning="The fleet has fewer instances than it wants, and gets no more.",
            formula=MISSING,
            threshold=1,
            bad=10,  # one that is wanted runs within two minutes
            of=10,
        ),
    ]


def _alarm(watch: Watch, args: AlarmsArgs, opts: pulumi.ResourceOptions) -> None:
    aws.cloudwatch.MetricAlarm(
        f"{args.release_name}-{watch.name}",
        name=f"{args.fleet_name}-{watch.name}",
        alarm_description=f"{watch.meaning} Runbook: {args.runbooks}/{watch.name}.md",
        namespace=NAMESPACE if watch.metric else None,
        metric_name=watch.metric,
        dimensions=_dimensions(NAMESPACE, args) if watch.metric else None,
        statistic=watch.statistic,
        extended_statistic=watch.percentile,
        evaluate_low_sample_count_percentiles="ignore" if watch.percentile else None,
        period=watch.period if watch.metric else None,
        metric_queries=_queries(watch.formula, args) if watch.formula else None,
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


def _dimensions(namespace: str, args: AlarmsArgs) -> dict[str, pulumi.Input[str]]:
    """Write the names by which CloudWatch tells this fleet from others."""
    if namespace == NAMESPACE:
        return {"LoadBalancer": args.balancer_suffix, "TargetGroup": args.target_group_suffix}
    return {"AutoScalingGroupName": args.fleet_name}


def _queries(
    formula: Formula, args: AlarmsArgs
) -> list[aws.cloudwatch.MetricAlarmMetricQueryArgsDict]:
    """Write the queries of a formula; only its result is the alarm's."""
    dimensions = _dimensions(formula.namespace, args)
    read: list[aws.cloudwatch.MetricAlarmMetricQueryArgsDict] = [
        {
            "id": key,
            "metric": {
                "namespace": formula.namespace,
                "metric_name": metric,
                "dimensions": dimensions,
                "period": MINUTE,
                "stat": formula.statistic,
            },
        }
        for key, metric in formula.metrics.items()
    ]
    return [*read, {"id": formula.result, "expression": formula.expression, "return_data": True}]
