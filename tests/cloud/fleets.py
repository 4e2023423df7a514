"""A balancer with fleets behind it, made without the engine, and what AWS says of them."""

from collections import Counter
from typing import Any

from tests.cloud.lives import forward, group_inputs, listener, target_group
from tests.cloud.world import Made, Network, World


class Service:
    """A listener whose rule shares the traffic among fleets, each behind a target group."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.listener, self.balancer, _ = listener(world)
        subnets = self.balancer.inputs["subnets"]
        vpc = world.aws.ec2.describe_subnets(SubnetIds=subnets)["Subnets"][0]["VpcId"]
        self.network = Network(Made("", vpc, {}, {}), Made("", "", {}, {}), [])
        self.subnets = subnets
        self.targets: dict[str, Made] = {}
        self.groups: dict[str, Made] = {}
        self.rule: Made | None = None

    def fleet(self, name: str, size: int = 2, **more: Any) -> Made:
        """A group of instances behind a target group of its own; no rule forwards to it yet."""
        self.targets[name] = target_group(self.world, self.network, name)
        inputs = group_inputs(self.world, self.network, name)
        inputs |= {
            "vpcZoneIdentifiers": self.subnets,
            "targetGroupArns": [self.targets[name].id],
            "healthCheckType": "ELB",
            "minSize": 0,
            "desiredCapacity": size,
            **more,
        }
        self.groups[name] = self.world.make("aws:autoscaling/group:Group", **inputs)
        return self.groups[name]

    def share(self, **weights: int) -> None:
        """Let the rule forward so; the fleet's name with _ for -."""
        weighted = [(self.targets[name.replace("_", "-")], each) for name, each in weights.items()]
        if self.rule is None:
            self.rule = self.world.make(
                "aws:lb/listenerRule:ListenerRule",
                listenerArn=self.listener.id,
                priority=50000,
                conditions=[{"pathPattern": {"values": ["/*"]}}],
                actions=[forward(*weighted)],
            )
        else:
            self.world.change(self.rule, actions=[forward(*weighted)])

    def health(self, name: str) -> dict[str, int]:
        """How many targets are in each state, with AWS's reason where there is one."""
        found = self.world.aws.elbv2.describe_target_health(TargetGroupArn=self.targets[name].id)
        said = [each["TargetHealth"] for each in found["TargetHealthDescriptions"]]
        return dict(
            Counter(" ".join([one["State"], one.get("Reason", "")]).strip() for one in said)
        )

    def described(self, name: str) -> dict[str, Any]:
        """The group as DescribeAutoScalingGroups shows it; empty when there is none."""
        groups = self.world.aws.autoscaling.describe_auto_scaling_groups(
            AutoScalingGroupNames=[name]
        )["AutoScalingGroups"]
        return dict(groups[0]) if groups else {}

    def instances(self, name: str) -> dict[str, int]:
        """How many instances the group shows in each state."""
        shown = self.described(name).get("Instances", [])
        return dict(Counter(f"{each['LifecycleState']} {each['HealthStatus']}" for each in shown))

    def scale(self, name: str, size: int) -> None:
        self.world.aws.autoscaling.set_desired_capacity(
            AutoScalingGroupName=name, DesiredCapacity=size
        )
