"""Each tier lives on the real engine, inline: up, nothing to change, and gone."""

import pytest
from pulumi.automation.errors import CommandError

from tests.cloud import Cloud
from tests.delivery import documents
from tests.delivery.conftest import PROJECT, Account
from tests.delivery.stacks import TierStack

pytestmark = pytest.mark.engine
PROTECTED = ("stage", "prod")


def brought_up(account: Account, cloud: Cloud, tier: str) -> TierStack:
    stack = account.stack(tier)
    documents.write(cloud.client, documents.document(PROJECT, tier, {1: 90, 2: 10}))
    stack.up()
    return stack


def left(cloud: Cloud, tier: str) -> dict[str, list[str]]:
    """What of the tier's service is on the cloud, by kind."""
    base = f"{PROJECT}-{tier}"

    def named(names: list[str]) -> list[str]:
        return sorted(name for name in names if name.startswith((base, f"/{PROJECT}/{tier}")))

    balancing, compute, iam = cloud.client("elbv2"), cloud.client("ec2"), cloud.client("iam")
    watching, scaling = cloud.client("cloudwatch"), cloud.client("autoscaling")
    balancers = balancing.describe_load_balancers()["LoadBalancers"]
    groups = scaling.describe_auto_scaling_groups()["AutoScalingGroups"]
    templates = compute.describe_launch_templates()["LaunchTemplates"]
    firewalls = cloud.client("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"]
    logs = cloud.client("logs").describe_log_groups()["logGroups"]
    found = {
        "balancers": [each["LoadBalancerName"] for each in balancers],
        "target groups": [
            each["TargetGroupName"] for each in balancing.describe_target_groups()["TargetGroups"]
        ],
        "groups": [each["AutoScalingGroupName"] for each in groups],
        "templates": [each["LaunchTemplateName"] for each in templates],
        "security groups": [
            each["GroupName"] for each in compute.describe_security_groups()["SecurityGroups"]
        ],
        "roles": [each["RoleName"] for each in iam.list_roles()["Roles"]],
        "alarms": [each["AlarmName"] for each in watching.describe_alarms()["MetricAlarms"]],
        "dashboards": [
            each["DashboardName"] for each in watching.list_dashboards()["DashboardEntries"]
        ],
        "firewalls": [each["Name"] for each in firewalls],
        "log groups": [each["logGroupName"] for each in logs],
    }
    return {kind: here for kind, names in found.items() if (here := named(names))}


@pytest.mark.parametrize("tier", ["dev", "test", "stage", "prod"])
def test_a_tier_comes_up_stays_as_it_is_and_goes(account: Account, cloud: Cloud, tier: str) -> None:
    stack = brought_up(account, cloud, tier)
    assert len(left(cloud, tier)["groups"]) == 2
    assert stack.planned() == {}
    assert stack.planned(refresh=True) == {}

    if tier in PROTECTED:
        before = left(cloud, tier)
        cloud.calls.clear()
        with pytest.raises(CommandError, match="set protect to false, pulumi up, pulumi destroy"):
            stack.destroy()
        assert cloud.calls.of(who="provider", mutating=True) == []
        assert left(cloud, tier) == before
        stack.configure({"protect": False})
        stack.up()
    stack.destroy()

    assert left(cloud, tier) == {}
    assert stack.resources() == []
