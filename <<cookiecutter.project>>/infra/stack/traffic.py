"""The traffic rule: which share of requests each release gets."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from .rules import TRAFFIC_PRIORITY


@dataclass(frozen=True, kw_only=True)
class TrafficArgs:
    """Where requests go when the rule is made."""

    listener_arn: pulumi.Input[str]
    weights: Mapping[str, int]  # per cent by release, from the rollout document
    target_group_arns: Mapping[str, pulumi.Input[str]]  # by release
    tags: Mapping[str, str]


class Traffic(pulumi.ComponentResource):
    """The rule that takes every request no other rule took.

    Pulumi makes it with the document's weights and never changes them: moving traffic is for
    `deliver`, step by step, and no `pulumi up` may undo it. It depends on target groups, not on
    groups: a fleet that fails blocks nothing.
    """

    def __init__(
        self, name: str, args: TrafficArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:traffic:Traffic", name, None, opts)
        self.rule = aws.lb.ListenerRule(
            "traffic-rule",
            listener_arn=args.listener_arn,
            priority=TRAFFIC_PRIORITY,
            conditions=[{"path_pattern": {"values": ["/*"]}}],
            actions=[
                {
                    "type": "forward",
                    "forward": {
                        "target_groups": [
                            {"arn": args.target_group_arns[release], "weight": weight}
                            for release, weight in args.weights.items()
                        ]
                    },
                }
            ],
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["actions"]),
        )
        self.register_outputs({"rule_arn": self.rule.arn})
