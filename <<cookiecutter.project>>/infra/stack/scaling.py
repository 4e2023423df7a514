"""How a fleet grows and shrinks with load. Unlike the fleet, this follows the settings."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from .balancer import Balancer
from .fleet import Fleet


@dataclass(frozen=True, kw_only=True)
class ScalingArgs:
    """What a fleet's scaling aims at."""

    release_name: str
    fleet_name: str
    fleet: Fleet
    balancer: Balancer
    cpu_percent: int
    requests_per_minute: int  # of one instance


class Scaling(pulumi.ComponentResource):
    """Two targets; the one that wants more instances wins."""

    def __init__(
        self, name: str, args: ScalingArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:scaling:Scaling", name, None, opts)
        aws.autoscaling.Policy(
            f"{args.release_name}-cpu",
            name=f"{args.fleet_name}-cpu",
            autoscaling_group_name=args.fleet.group.name,
            policy_type="TargetTrackingScaling",
            target_tracking_configuration={
                "target_value": args.cpu_percent,
                "predefined_metric_specification": {
                    "predefined_metric_type": "ASGAverageCPUUtilization"
                },
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.autoscaling.Policy(
            f"{args.release_name}-requests",
            name=f"{args.fleet_name}-requests",
            autoscaling_group_name=args.fleet.group.name,
            policy_type="TargetTrackingScaling",
            target_tracking_configuration={
                "target_value": args.requests_per_minute,
                "predefined_metric_specification": {
                    "predefined_metric_type": "ALBRequestCountPerTarget",
                    "resource_label": pulumi.Output.concat(
                        args.balancer.balancer.arn_suffix, "/", args.fleet.targets.arn_suffix
                    ),
                },
            },
            # AWS refuses this policy until a rule forwards to the target group.
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[args.fleet.rule, args.fleet.group]
            ),
        )
        self.register_outputs({})
