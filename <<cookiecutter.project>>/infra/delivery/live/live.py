"""The tier as AWS has it now.

An observation is six calls in a rollout of two fleets: rules, target groups, groups, launch
templates, and the health of each fleet's targets. Neither balancer nor Auto Scaling gives the
things of one tier alone, so each list is read whole, in pages, and what has the name of one of the
tier's fleets is taken.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stack.account import Account
from stack.names import Names

from ..deciding.observed import Observed
from .addresses import Addresses
from .calling import Caller
from .clock import answered_at
from .forwarding import Rule, release_rule, shares, sticky_seconds, traffic_rule
from .parts import Parts

GROUPS = 100  # the most that DescribeAutoScalingGroups gives at once
TEMPLATES = 200  # the same of DescribeLaunchTemplates


@dataclass(frozen=True)
class Sight:
    """What AWS has of a tier."""

    now: datetime
    rules: list[Rule]  # of the listener
    parts: dict[str, Parts]  # of each fleet, by release


class Live:
    """Looks at one tier."""

    def __init__(
        self, names: Names, account: Account, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.names = names
        self.account = account
        self.call = Caller(account.region, sleep)
        self.balancing = account.client("elbv2")
        self.addresses = Addresses(names, self.balancing, self.call)

    @property
    def scaling(self) -> Any:  # noqa: ANN401 as boto3's
        """Give the client of Auto Scaling."""
        return self.account.client("autoscaling")

    @property
    def computing(self) -> Any:  # noqa: ANN401 as boto3's
        """Give the client of EC2."""
        return self.account.client("ec2")

    def observe(self) -> Observed:
        """Look at the traffic and at every fleet that is there in whole or in part."""
        return self.observed(self.look())

    def look(self) -> Sight:
        """Look at everything but the health of targets."""
        groups, now = self.groups()
        templates = self.templates()
        target_groups = self.addresses.fleets()
        rules = self.addresses.rules()
        parts = {
            release: Parts(
                groups.get(release),
                templates.get(release),
                target_groups.get(release),
                release_rule(rules, release),
            )
            for release in sorted(groups.keys() | templates.keys() | target_groups.keys())
        }
        return Sight(now, rules, parts)

    def observed(self, sight: Sight) -> Observed:
        """Add the health of targets, and give it all as a rollout sees it."""
        traffic = traffic_rule(sight.rules)
        return Observed(
            now=sight.now,
            weights=None if traffic is None else shares(traffic, self.names),
            fleets={
                release: each.fleet(
                    self.health(each.target_group) if each.group and each.target_group else {}
                )
                for release, each in sight.parts.items()
            },
            sticky_seconds=0 if traffic is None else sticky_seconds(traffic),
        )

    def groups(self) -> tuple[dict[str, dict[str, Any]], datetime]:
        """Give the fleets' groups by release, and the time at which AWS said so."""
        pages = self.call(
            f"The groups of {self.names.base} cannot be read",
            lambda: list(
                self.scaling.get_paginator("describe_auto_scaling_groups").paginate(
                    PaginationConfig={"PageSize": GROUPS}
                )
            ),
        )
        found = [group for page in pages for group in page["AutoScalingGroups"]]
        named = {self.names.release(each["AutoScalingGroupName"]): each for each in found}
        return {name: each for name, each in named.items() if name}, answered_at(pages[-1])

    def group(self, release: str) -> dict[str, Any] | None:
        """Give one fleet's group; None if there is none."""
        name = self.names.fleet(release)
        answer = self.call(
            f"The group {name} cannot be read",
            lambda: self.scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name]),
        )
        return next(iter(answer["AutoScalingGroups"]), None)

    def templates(self) -> dict[str, str]:
        """Give the ids of the fleets' launch templates by release."""
        pages = self.call(
            f"The launch templates of {self.names.base} cannot be read",
            lambda: list(
                self.computing.get_paginator("describe_launch_templates").paginate(
                    # Filters take * for any characters ("Filtering and sorting" in the Amazon EC2
                    # User Guide).
                    Filters=[{"Name": "launch-template-name", "Values": [f"{self.names.base}-v*"]}],
                    PaginationConfig={"PageSize": TEMPLATES},
                )
            ),
        )
        found = {
            self.names.release(each["LaunchTemplateName"]): each["LaunchTemplateId"]
            for page in pages
            for each in page["LaunchTemplates"]
        }
        return {release: known for release, known in found.items() if release}

    def health(self, target_group: str) -> dict[str, str]:
        """Give what the balancer says of each target: its instance and state."""
        answer = self.call(
            f"The health of the targets of {target_group} cannot be read",
            lambda: self.balancing.describe_target_health(TargetGroupArn=target_group),
            {"TargetGroupNotFound": {"TargetHealthDescriptions": []}},  # it goes just now
        )
        return {
            each["Target"]["Id"]: each["TargetHealth"]["State"]
            for each in answer["TargetHealthDescriptions"]
        }
