"""What stands on the cloud of one tier, by names, asked of the cloud itself."""

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from tests.delivery.sweep.bench import Bench

TRAFFIC = "50000"  # the priority of the rule that shares the traffic
RELEASES = range(101, 10100)  # and of those by which a request names a release


@dataclass(frozen=True)
class Inventory:
    """Everything a rollout may make, change or remove; equal where two moments are alike."""

    groups: dict[str, dict[str, Any]]  # by the release, as all that is of a fleet
    templates: dict[str, int]  # versions
    target_groups: dict[str, int]  # healthy targets
    rules: list[tuple[str, tuple[str, ...]]]  # of releases: priority and fleets, one entry each
    traffic: list[dict[str, int]]  # of each traffic rule, by release
    alarms: dict[str, int]  # how many
    others: dict[str, list[str]]  # what a tier has one of

    @property
    def weights(self) -> dict[str, int]:
        """The shares of the traffic that are not 0."""
        return {name: each for rule in self.traffic for name, each in rule.items() if each}

    @property
    def whole(self) -> set[str]:
        """The releases whose fleets are there with all their parts."""
        ruled = {name for _, fleets in self.rules for name in fleets}
        attached = {name for name, each in self.groups.items() if each["targets"] == [name]}
        leaving = {name for name, each in self.groups.items() if each["status"]}
        return (attached - leaving) & {*self.templates} & {*self.target_groups} & ruled

    @property
    def parts(self) -> set[str]:
        """The releases of which a group, a launch template or a target group is there."""
        return {*self.groups, *self.templates, *self.target_groups}

    def __str__(self) -> str:
        """For the comparison of two."""
        return json.dumps(asdict(self), sort_keys=True, indent=1)


def inventory(bench: Bench) -> Inventory:
    """Look at all of it."""
    return _Look(bench).inventory()


class _Look:
    def __init__(self, bench: Bench) -> None:
        self._client = bench.cloud.client
        self._base = f"{bench.tier.service}-{bench.tier.tier}"

    def inventory(self) -> Inventory:
        balancing = self._client("elbv2")
        found = balancing.describe_target_groups()["TargetGroups"]
        arns = {
            each["TargetGroupArn"]: release
            for each in found
            if (release := self._release(each["TargetGroupName"]))
        }
        rules = [each for each in self._rules() if each["Priority"].isdigit()]
        return Inventory(
            groups=self._groups(),
            templates=self._templates(),
            target_groups={
                release: healthy
                for arn, release in sorted(arns.items())
                if (healthy := self._healthy(arn)) is not None
            },
            rules=sorted(
                (each["Priority"], tuple(_forwarded(each, arns)))
                for each in rules
                if int(each["Priority"]) in RELEASES
            ),
            traffic=[_forwarded(each, arns) for each in rules if each["Priority"] == TRAFFIC],
            alarms=self._alarms(),
            others=self._others(rules),
        )

    def _release(self, name: str) -> str | None:
        start, _, release = name.rpartition("-")
        return release if start == self._base else None

    def _groups(self) -> dict[str, dict[str, Any]]:
        scaling = self._client("autoscaling")
        groups = scaling.describe_auto_scaling_groups()["AutoScalingGroups"]
        policies = scaling.describe_policies()["ScalingPolicies"]
        actions = scaling.describe_scheduled_actions()["ScheduledUpdateGroupActions"]
        return {
            release: {
                "sizes": [each["MinSize"], each["DesiredCapacity"], each["MaxSize"]],
                "instances": len(each["Instances"]),
                "status": each.get("Status", ""),
                "suspended": sorted(one["ProcessName"] for one in each["SuspendedProcesses"]),
                "targets": sorted(
                    filter(None, (self._release(_named(arn)) for arn in each["TargetGroupARNs"]))
                ),
                "policies": sorted(
                    one["PolicyName"]
                    for one in policies
                    if one["AutoScalingGroupName"] == each["AutoScalingGroupName"]
                ),
                "actions": sorted(
                    one["ScheduledActionName"]
                    for one in actions
                    if one["AutoScalingGroupName"] == each["AutoScalingGroupName"]
                ),
            }
            for each in groups
            if (release := self._release(each["AutoScalingGroupName"]))
        }

    def _templates(self) -> dict[str, int]:
        found = self._client("ec2").describe_launch_templates()["LaunchTemplates"]
        return {
            release: each["LatestVersionNumber"]
            for each in found
            if (release := self._release(each["LaunchTemplateName"]))
        }

    def _healthy(self, arn: str) -> int | None:
        """Count them; None where an engine that is at work has just removed the target group."""
        balancing = self._client("elbv2")
        try:
            health = balancing.describe_target_health(TargetGroupArn=arn)
        except balancing.exceptions.TargetGroupNotFoundException:
            return None
        return sum(
            each["TargetHealth"]["State"] == "healthy"
            for each in health["TargetHealthDescriptions"]
        )

    def _rules(self) -> list[dict[str, Any]]:
        balancing = self._client("elbv2")
        [balancer] = balancing.describe_load_balancers(Names=[self._base])["LoadBalancers"]
        listeners = balancing.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])
        return [
            rule
            for listener in listeners["Listeners"]
            for rule in balancing.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
        ]

    def _alarms(self) -> dict[str, int]:
        pages = self._client("cloudwatch").get_paginator("describe_alarms").paginate()
        names = [each["AlarmName"] for page in pages for each in page["MetricAlarms"]]
        return dict(
            Counter(name.rpartition("-")[0] for name in names if name.startswith(self._base))
        )

    def _others(self, rules: list[dict[str, Any]]) -> dict[str, list[str]]:
        ec2, iam = self._client("ec2"), self._client("iam")
        instances = [
            each
            for one in ec2.describe_instances()["Reservations"]
            for each in one["Instances"]
            if each["State"]["Name"] in ("pending", "running")
        ]
        return {
            "instances": sorted(
                tag["Value"]
                for each in instances
                for tag in each.get("Tags", [])
                if tag["Key"] == "aws:autoscaling:groupName"
            ),
            "rules": sorted(
                each["Priority"] for each in rules if int(each["Priority"]) not in RELEASES
            ),
            "roles": sorted(each["RoleName"] for each in iam.list_roles()["Roles"]),
            "security groups": sorted(
                each["GroupName"] for each in ec2.describe_security_groups()["SecurityGroups"]
            ),
            "dashboards": sorted(
                each["DashboardName"]
                for each in self._client("cloudwatch").list_dashboards()["DashboardEntries"]
            ),
            "log groups": sorted(
                each["logGroupName"]
                for each in self._client("logs").describe_log_groups()["logGroups"]
            ),
        }


def _named(target_group: str) -> str:
    return target_group.split("/")[1]


def _forwarded(rule: dict[str, Any], arns: dict[str, str]) -> dict[str, int]:
    """Give where a rule forwards to; one target group may be named without a list."""
    groups = [
        group
        for action in rule["Actions"]
        for group in action.get("ForwardConfig", {}).get("TargetGroups", [action])
        if "TargetGroupArn" in group
    ]
    return {
        arns.get(each["TargetGroupArn"], each["TargetGroupArn"]): each.get("Weight", 1)
        for each in groups
    }
