"""One page per tier for people: traffic by release, failures, latency, sizes, what costs."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from .waf import RULES, metric_of

BALANCING = "AWS/ApplicationELB"
SCALING = "AWS/AutoScaling"
FIREWALL = "AWS/WAFV2"
MINUTE = 60
COLUMNS = 24  # of a dashboard
HEIGHT = 6
Metric = list[Any]  # namespace, name, dimension, value, ..., {options}


@dataclass(frozen=True, kw_only=True)
class Line:
    """A release on the dashboard: what CloudWatch calls its fleet."""

    release: str
    group: str
    targets: str  # suffix of the target group's ARN


@dataclass(frozen=True, kw_only=True)
class DashboardArgs:
    """What is shown."""

    base_name: str  # <service>-<tier>
    region: str
    balancer_suffix: pulumi.Input[str]
    target_suffixes: Mapping[str, pulumi.Input[str]]  # by release
    group_names: Mapping[str, str]  # by release
    log_group: str
    web_acl: str | None  # name of its metric; None: no web firewall


class Dashboard(pulumi.ComponentResource):
    """The tier's dashboard. It shows the fleets that there are when it is made."""

    def __init__(
        self, name: str, args: DashboardArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:dashboard:Dashboard", name, None, opts)
        known = pulumi.Output.all(args.balancer_suffix, dict(args.target_suffixes))
        aws.cloudwatch.Dashboard(
            "tier-dashboard",
            dashboard_name=args.base_name,
            dashboard_body=known.apply(lambda each: json.dumps(body(args, *each))),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


def body(args: DashboardArgs, balancer: str, targets: Mapping[str, str]) -> dict[str, Any]:
    """Write the dashboard as CloudWatch takes it: rows of widgets, each row as wide as the page."""
    lines = [
        Line(release=release, group=args.group_names[release], targets=suffix)
        for release, suffix in targets.items()
    ]
    rows = [
        [
            _chart("Requests per minute", _of_targets("RequestCount", "Sum", balancer, lines)),
            _chart("Instances", _of_groups("GroupInServiceInstances", "Average", lines)),
        ],
        [
            _chart("5xx of the service",
                   _of_targets("HTTPCode_Target_5XX_Count", "Sum", balancer, lines)),
            _chart("5xx of the balancer", [[BALANCING, "HTTPCode_ELB_5XX_Count",
                                            "LoadBalancer", balancer, {"stat": "Sum"}]]),
            _chart("Connections refused",
                   _of_targets("TargetConnectionErrorCount", "Sum", balancer, lines)),
        ],
        [
            _chart("Latency, p90 (s)", _of_targets("TargetResponseTime", "p90", balancer, lines)),
            _chart("Latency, p99 (s)", _of_targets("TargetResponseTime", "p99", balancer, lines)),
        ],
        [
            _chart("CPU (%)", [
                ["AWS/EC2", "CPUUtilization", "AutoScalingGroupName", line.group,
                 {"stat": "Average", "label": line.release}] for line in lines]),
            _chart("Unhealthy instances",
                   _of_targets("UnHealthyHostCount", "Maximum", balancer, lines)),
        ],
        _of_firewall(args),
        [
            _chart("Cost: instances running", _of_groups("GroupTotalInstances", "Average", lines)),
            _chart("Cost: balancer capacity units", [
                [BALANCING, "ConsumedLCUs", "LoadBalancer", balancer, {"stat": "Sum"}]]),
            _chart("Cost: log bytes", [
                ["AWS/Logs", "IncomingBytes", "LogGroupName", args.log_group, {"stat": "Sum"}]]),
        ],
    ]  # fmt: skip
    return {"widgets": list(_placed(rows, args.region))}


def _of_targets(metric: str, stat: str, balancer: str, lines: Iterable[Line]) -> list[Metric]:
    return [
        [BALANCING, metric, "TargetGroup", line.targets, "LoadBalancer", balancer,
         {"stat": stat, "label": line.release}]
        for line in lines
    ]  # fmt: skip


def _of_groups(metric: str, stat: str, lines: Iterable[Line]) -> list[Metric]:
    return [
        [SCALING, metric, "AutoScalingGroupName", line.group, {"stat": stat, "label": line.release}]
        for line in lines
    ]


def _of_firewall(args: DashboardArgs) -> list[dict[str, Any]]:
    """Show what the web firewall let through and what not, by rule, where there is one."""
    if args.web_acl is None:
        return []

    def requests(metric: str, rule: str, label: str) -> Metric:
        return [FIREWALL, metric, "WebACL", args.web_acl, "Region", args.region, "Rule", rule,
                {"stat": "Sum", "label": label}]  # fmt: skip

    return [
        _chart("Web firewall: all requests", [
            requests("AllowedRequests", "ALL", "allowed"),
            requests("BlockedRequests", "ALL", "blocked")]),
        _chart("Web firewall: blocked, by rule", [
            requests("BlockedRequests", metric_of(args.web_acl, rule), rule) for rule in RULES]),
    ]  # fmt: skip


def _chart(title: str, metrics: list[Metric]) -> dict[str, Any]:
    return {"title": title, "metrics": metrics}


def _placed(rows: list[list[dict[str, Any]]], region: str) -> Iterable[dict[str, Any]]:
    """Give charts their places; one without a line, as before the first release, is left out."""
    drawn = [[chart for chart in row if chart["metrics"]] for row in rows]
    for number, charts in enumerate(charts for charts in drawn if charts):
        for position, chart in enumerate(charts):
            width = COLUMNS // len(charts)
            yield {
                "type": "metric",
                "x": position * width,
                "y": number * HEIGHT,
                "width": width,
                "height": HEIGHT,
                "properties": {**chart, "region": region, "period": MINUTE, "view": "timeSeries"},
            }
