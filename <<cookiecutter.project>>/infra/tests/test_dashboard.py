import json
from typing import Any

import pytest
from conftest import Deploy
from samples import contract, document, names, release_data, settings

from stack.dashboard import COLUMNS, HEIGHT, DashboardArgs, body
from stack.program import declare

# What AWS publishes, with the dimensions it has for each. The pages of the AWS documentation:
# "CloudWatch metrics for your Application Load Balancer", "Amazon CloudWatch metrics for Amazon EC2
# Auto Scaling", "CloudWatch metrics that are available for your instances", "Monitoring with
# CloudWatch metrics" (of CloudWatch Logs), "AWS WAF metrics and dimensions".
OF_TARGETS = {"TargetGroup", "LoadBalancer"}
EXISTING = {
    ("AWS/ApplicationELB", "RequestCount"): OF_TARGETS,
    ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"): OF_TARGETS,
    ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count"): {"LoadBalancer"},
    ("AWS/ApplicationELB", "TargetConnectionErrorCount"): OF_TARGETS,
    ("AWS/ApplicationELB", "TargetResponseTime"): OF_TARGETS,
    ("AWS/ApplicationELB", "UnHealthyHostCount"): OF_TARGETS,
    ("AWS/ApplicationELB", "ConsumedLCUs"): {"LoadBalancer"},
    ("AWS/AutoScaling", "GroupInServiceInstances"): {"AutoScalingGroupName"},
    ("AWS/AutoScaling", "GroupTotalInstances"): {"AutoScalingGroupName"},
    ("AWS/EC2", "CPUUtilization"): {"AutoScalingGroupName"},
    ("AWS/Logs", "IncomingBytes"): {"LogGroupName"},
    ("AWS/WAFV2", "AllowedRequests"): {"WebACL", "Region", "Rule"},
    ("AWS/WAFV2", "BlockedRequests"): {"WebACL", "Region", "Rule"},
}


def widgets(*releases: str, web_acl: str | None = None) -> list[dict[str, Any]]:
    args = DashboardArgs(
        base_name="orders-dev",
        region="eu-west-1",
        balancer_suffix="",
        target_suffixes={},
        group_names={name: f"orders-dev-{name}" for name in releases},
        log_group="/orders/dev",
        web_acl=web_acl,
    )
    return body(args, "app/orders-dev/1", {name: f"targetgroup/{name}" for name in releases})[
        "widgets"
    ]


def metrics(shown: list[dict[str, Any]]) -> list[list[Any]]:
    return [metric for widget in shown for metric in widget["properties"]["metrics"]]


def test_every_metric_shown_is_one_that_aws_publishes_with_these_dimensions() -> None:
    shown = metrics(widgets("v1", "v2", web_acl="orders-dev"))

    for namespace, name, *rest in shown:
        assert set(rest[:-1:2]) == EXISTING[namespace, name]
        assert rest[-1]["stat"]
    assert {(namespace, name) for namespace, name, *_ in shown} == EXISTING.keys()


def test_every_release_has_its_line_in_every_chart_of_fleets() -> None:
    for widget in widgets("v1", "v2"):
        labels = [metric[-1].get("label") for metric in widget["properties"]["metrics"]]
        assert labels in (["v1", "v2"], [None])


@pytest.mark.parametrize("releases", [(), ("v1",), ("v1", "v2", "v3")])
def test_widgets_fill_rows_and_never_overlap(releases: tuple[str, ...]) -> None:
    taken = set()
    for widget in widgets(*releases):
        places = {(x, widget["y"]) for x in range(widget["x"], widget["x"] + widget["width"])}
        assert not taken & places
        taken |= places
    assert max(x for x, _ in taken) == COLUMNS - 1
    assert {y % HEIGHT for _, y in taken} == {0}


def test_before_the_first_release_only_what_there_is_is_shown() -> None:
    titles = [widget["properties"]["title"] for widget in widgets()]

    assert titles == ["5xx of the balancer", "Cost: balancer capacity units", "Cost: log bytes"]


def test_the_web_firewall_is_shown_only_where_there_is_one() -> None:
    plain = [widget["properties"]["title"] for widget in widgets("v1")]
    guarded = [widget["properties"]["title"] for widget in widgets("v1", web_acl="orders-dev")]

    assert set(guarded) - set(plain) == {
        "Web firewall: all requests",
        "Web firewall: blocked, by rule",
    }


def test_the_web_firewall_s_metrics_are_those_that_it_publishes(deploy: Deploy) -> None:
    made = deploy(
        lambda: declare(names("prod"), settings("prod"), contract("prod"), document("prod"))
    )
    acl = made["web-acl"].inputs
    published = {rule["visibilityConfig"]["metricName"] for rule in acl["rules"]} | {"ALL"}

    shown = json.loads(made["tier-dashboard"].inputs["dashboardBody"])["widgets"]
    dimensions = [
        dict(zip(rest[:-1:2], rest[1:-1:2], strict=True))
        for namespace, _, *rest in metrics(shown)
        if namespace == "AWS/WAFV2"
    ]
    assert {each["WebACL"] for each in dimensions} == {acl["visibilityConfig"]["metricName"]}
    assert {each["Rule"] for each in dimensions} == published


def test_the_tier_s_dashboard_knows_its_fleets(deploy: Deploy) -> None:
    both = {"v1": release_data(1), "v2": release_data(2)}
    made = deploy(lambda: declare(names(), settings(), contract(), document(releases=both)))

    inputs = made["tier-dashboard"].inputs
    shown = json.loads(inputs["dashboardBody"])["widgets"]
    assert inputs["dashboardName"] == "orders-dev"
    assert {metric[-1].get("label") for metric in metrics(shown)} == {"v1", "v2", None}
    assert "suffix-of-v2-targets" in inputs["dashboardBody"]
