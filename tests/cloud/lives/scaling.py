"""Autoscaling."""

from tests.cloud.lives.base import Inputs, life
from tests.cloud.world import Made, Network, World


def group_inputs(world: World, network: Network, name: str = "fleet") -> Inputs:
    template = world.make(
        "aws:ec2/launchTemplate:LaunchTemplate",
        name=name,
        imageId="ami-00000001",
        instanceType="t4g.small",
    )
    specification = {"launchTemplateId": template.id, "version": "1"}
    overrides = [{"instanceType": "t4g.small"}, {"instanceType": "t4g.medium"}]
    return {
        "name": name,
        "minSize": 1,
        "maxSize": 4,
        "desiredCapacity": 1,
        "vpcZoneIdentifiers": network.subnet_ids,
        "waitForCapacityTimeout": "0",
        "capacityRebalance": True,
        "defaultInstanceWarmup": 60,
        "maxInstanceLifetime": 86400,
        "mixedInstancesPolicy": {
            "launchTemplate": {
                "launchTemplateSpecification": specification,
                "overrides": overrides,
            },
            "instancesDistribution": {
                "onDemandPercentageAboveBaseCapacity": 50,
                "spotAllocationStrategy": "price-capacity-optimized",
            },
        },
        "tags": [{"key": "service", "value": "sample", "propagateAtLaunch": True}],
    }


@life(
    "aws:autoscaling/group:Group",
    change={
        "minSize": 2,
        "desiredCapacity": 3,
        "healthCheckGracePeriod": 60,
        "enabledMetrics": ["GroupInServiceInstances"],
        "suspendedProcesses": ["AZRebalance"],
        "tags": [{"key": "tier", "value": "dev", "propagateAtLaunch": True}],
    },
    replace={"name": "other"},
    drift=lambda world, made: world.aws.autoscaling.update_auto_scaling_group(
        AutoScalingGroupName=made.id, MaxSize=9
    ),
    drifts="maxSize",
)
def _group(world: World) -> Inputs:
    return group_inputs(world, world.network())


def group(world: World) -> Made:
    return world.make("aws:autoscaling/group:Group", **group_inputs(world, world.network()))


CPU = {"predefinedMetricType": "ASGAverageCPUUtilization"}


def _hotter(world: World, made: Made) -> None:
    world.aws.autoscaling.put_scaling_policy(
        AutoScalingGroupName=made["autoscalingGroupName"],
        PolicyName=made.id,
        PolicyType="TargetTrackingScaling",
        TargetTrackingConfiguration={
            "TargetValue": 90.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": CPU["predefinedMetricType"]},
        },
    )


@life(
    "aws:autoscaling/policy:Policy",
    change={
        "targetTrackingConfiguration": {"targetValue": 60, "predefinedMetricSpecification": CPU}
    },
    replace={"autoscalingGroupName": "other"},
    drift=_hotter,
    drifts="targetTrackingConfiguration.targetValue",
)
def _policy(world: World) -> Inputs:
    tracking = {"targetValue": 50, "predefinedMetricSpecification": CPU}
    return {
        "name": "cpu",
        "autoscalingGroupName": group(world).id,
        "policyType": "TargetTrackingScaling",
        "targetTrackingConfiguration": tracking,
    }


@life(
    "aws:autoscaling/schedule:Schedule",
    change={"recurrence": "0 7 * * 1-5", "minSize": 1, "desiredCapacity": 1},
    replace={"scheduledActionName": "other"},
    drift=lambda world, made: world.aws.autoscaling.put_scheduled_update_group_action(
        AutoScalingGroupName=made["autoscalingGroupName"],
        ScheduledActionName=made.id,
        Recurrence="0 1 * * *",
        MinSize=1,
    ),
    drifts="recurrence",
)
def _schedule(world: World) -> Inputs:
    return {
        "autoscalingGroupName": group(world).id,
        "scheduledActionName": "night",
        "recurrence": "0 20 * * *",
        "timeZone": "Europe/Berlin",
        "minSize": 0,
        "maxSize": -1,
        "desiredCapacity": 0,
    }
