"""What lives in a tier, asked of the cloud; and traffic moved as a rollout moves it."""

from typing import Any

from tests.cloud import Cloud
from tests.delivery.conftest import PROJECT
from tools.demo import tiers


def traffic_rule(cloud: Cloud, tier: str) -> dict[str, Any]:
    balancing = cloud.client("elbv2")
    [balancer] = balancing.describe_load_balancers(Names=[f"{PROJECT}-{tier}"])["LoadBalancers"]
    listeners = balancing.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])
    [rule] = [
        rule
        for listener in listeners["Listeners"]
        for rule in balancing.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
        if rule["Priority"] == tiers.TRAFFIC_RULE
    ]
    return dict(rule)


def move_traffic(cloud: Cloud, tier: str, weights: dict[str, int]) -> None:
    """Shift weights as a rollout does: by one call to the balancer."""
    balancing = cloud.client("elbv2")
    groups = [
        {
            "TargetGroupArn": balancing.describe_target_groups(
                Names=[f"{PROJECT}-{tier}-{release}"]
            )["TargetGroups"][0]["TargetGroupArn"],
            "Weight": weight,
        }
        for release, weight in weights.items()
    ]
    balancing.modify_rule(
        RuleArn=traffic_rule(cloud, tier)["RuleArn"],
        Actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}],
    )


def weights(cloud: Cloud, tier: str) -> dict[str, int]:
    return {fleet.release: fleet.weight for fleet in tiers.fleets(cloud.client, PROJECT, tier)}


def sizes(cloud: Cloud, tier: str) -> dict[str, tuple[int, int, int]]:
    return {
        fleet.release: (fleet.smallest, fleet.running, fleet.largest)
        for fleet in tiers.fleets(cloud.client, PROJECT, tier)
    }


def machines(cloud: Cloud, tier: str) -> dict[str, Any]:
    """Everything that the instances of each fleet are made from."""
    compute = cloud.client("ec2")
    templates = compute.describe_launch_templates()["LaunchTemplates"]
    return {
        template["LaunchTemplateName"]: compute.describe_launch_template_versions(
            LaunchTemplateId=template["LaunchTemplateId"]
        )["LaunchTemplateVersions"]
        for template in templates
        if template["LaunchTemplateName"].startswith(f"{PROJECT}-{tier}-")
    }


def contents(cloud: Cloud, tier: str) -> dict[str, Any]:
    """What the machines are made from, without ids that a new account gives anew."""
    return {
        name: [
            {key: version["LaunchTemplateData"][key] for key in ("ImageId", "UserData")}
            for version in versions
        ]
        for name, versions in machines(cloud, tier).items()
    }
