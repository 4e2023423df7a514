"""Dashboard and web firewall of a living tier, and what is refused before anything is declared."""

import json
from typing import Any

import pytest
from pulumi.automation.errors import CommandError

from tests.cloud import Cloud
from tests.delivery import documents
from tests.delivery.conftest import PROJECT, REGION, Account

pytestmark = pytest.mark.engine

TIER = "dev"
NAME = f"{PROJECT}-{TIER}"


def shown(cloud: Cloud) -> list[tuple[str, dict[str, str]]]:
    """Each metric of the tier's dashboard: its namespace and its dimensions."""
    answer = cloud.client("cloudwatch").get_dashboard(DashboardName=NAME)
    widgets = json.loads(answer["DashboardBody"])["widgets"]
    metrics = [metric for widget in widgets for metric in widget["properties"]["metrics"]]
    return [
        (namespace, dict(zip(rest[:-1:2], rest[1:-1:2], strict=True)))
        for namespace, _, *rest in metrics
    ]


def living(cloud: Cloud) -> dict[str, set[str]]:
    """What a dimension may have as its value: names as CloudWatch has them, of what is there."""
    balancing = cloud.client("elbv2")
    balancers = balancing.describe_load_balancers()["LoadBalancers"]
    targets = balancing.describe_target_groups()["TargetGroups"]
    groups = cloud.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    logs = cloud.client("logs").describe_log_groups()["logGroups"]
    acls = [acl(cloud, found) for found in listed(cloud)]
    configs = [each["VisibilityConfig"] for each in acls]
    rules = [rule["VisibilityConfig"] for each in acls for rule in each["Rules"]]
    return {
        "LoadBalancer": {each["LoadBalancerArn"].split("loadbalancer/")[1] for each in balancers},
        "TargetGroup": {each["TargetGroupArn"].split(":")[-1] for each in targets},
        "AutoScalingGroupName": {each["AutoScalingGroupName"] for each in groups},
        "LogGroupName": {each["logGroupName"] for each in logs},
        "WebACL": {each["MetricName"] for each in configs},
        "Rule": {each["MetricName"] for each in rules} | {"ALL"},
        "Region": {REGION},
    }


def listed(cloud: Cloud) -> list[dict[str, Any]]:
    return list(cloud.client("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"])


def acl(cloud: Cloud, found: dict[str, Any]) -> dict[str, Any]:
    asked = {"Name": found["Name"], "Id": found["Id"], "Scope": "REGIONAL"}
    return dict(cloud.client("wafv2").get_web_acl(**asked)["WebACL"])


def test_the_dashboard_shows_what_lives_and_the_web_firewall_comes_and_goes(
    account: Account, cloud: Cloud
) -> None:
    stack = account.stack(TIER)
    documents.write(cloud.client, documents.document(PROJECT, TIER, {1: 90, 2: 10}))

    stack.configure({"waf": True, "protect": True})
    stack.up()

    [found] = listed(cloud)
    balancers = cloud.client("elbv2").describe_load_balancers(Names=[NAME])["LoadBalancers"]
    guarding = cloud.client("wafv2").get_web_acl_for_resource(
        ResourceArn=balancers[0]["LoadBalancerArn"]
    )
    assert guarding["WebACL"]["ARN"] == found["ARN"]
    there = living(cloud)
    for _, dimensions in shown(cloud):
        for dimension, value in dimensions.items():
            assert value in there[dimension]
    assert {namespace for namespace, _ in shown(cloud)} >= {"AWS/WAFV2", "AWS/AutoScaling"}

    stack.configure({"waf": False})
    changes = stack.up()

    assert changes == {"update": 1, "delete": 3}  # the dashboard; list, place and their component
    assert listed(cloud) == []
    assert "AWS/WAFV2" not in {namespace for namespace, _ in shown(cloud)}


def test_a_missing_certificate_and_a_wrong_document_are_told_together(
    account: Account, cloud: Cloud
) -> None:
    stack = account.stack(TIER)
    stack.configure({"plain_http": False})
    even = dict.fromkeys(range(1, 6), 20)
    documents.write(cloud.client, documents.document(PROJECT, TIER, {**even, 6: 0}))

    with pytest.raises(CommandError) as caught:
        stack.preview()

    said = str(caught.value)
    assert f"/platform/{TIER}: certificate_arn is null" in said
    assert f"`pulumi config set plain_http true --stack {TIER}`" in said
    assert "weights has 6 releases; the traffic rule takes 5" in said
    assert "+ 1 to create" in said  # the stack itself
    assert "Traceback" not in said
