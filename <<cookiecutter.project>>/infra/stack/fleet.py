"""A fleet: the machines of one release, and the way to reach them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from .document import Release
from .machine import ROOT_DEVICE, ROOT_GIB
from .names import release_number
from .rules import FIRST_RELEASE_PRIORITY, RELEASE_HEADER

DRAIN_SECONDS = (
    60  # for requests that run when an instance leaves; the balancer waits no longer for one anyway
)
GRACE_SECONDS = (
    180  # booting takes about a minute; an instance that is unhealthy after three will not recover
)
WARMUP_SECONDS = 120  # a new instance's numbers count from then on
# Emptying a group takes a drain, at once for all instances, and their end; above all drains.
DELETE_TIMEOUT = "30m"
FROZEN = ["*"]  # made from the release alone; nothing that changes later may reach a living fleet


@dataclass(frozen=True, kw_only=True)
class FleetArgs:
    """A release, and where its machines run."""

    fleet_name: str  # <service>-<tier>-vN: name of template, group and target group
    release_name: str
    release: Release
    user_data: str
    floor: int  # least size, and size at the start
    ceiling: int
    listener_arn: pulumi.Input[str]
    vpc_id: str
    subnet_ids: Sequence[str]
    public_ips: bool
    security_group_id: pulumi.Input[str]
    profile_arn: pulumi.Input[str]
    service_port: int
    needs: Sequence[
        pulumi.Resource
    ]  # what must exist before a machine boots: rights, routes, log group
    tags: Mapping[str, str]


class Fleet(pulumi.ComponentResource):
    """Target group, release rule, launch template and group of one release.

    All but the rule are frozen once made: another image, size or setting is another release. The
    group waits for the rule, because health checks start when a rule forwards to the target group.
    """

    def __init__(
        self, name: str, args: FleetArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:fleet:Fleet", name, None, opts)
        self.targets = _targets(self, args)
        self.rule = _rule(self, args)
        self.template = _template(self, args)
        self.group = _group(self, args)
        self.register_outputs({"group_name": self.group.name, "target_group_arn": self.targets.arn})


def _targets(fleet: Fleet, args: FleetArgs) -> aws.lb.TargetGroup:
    return aws.lb.TargetGroup(
        f"{args.release_name}-targets",
        name=args.fleet_name,
        port=args.service_port,
        protocol="HTTP",
        target_type="instance",
        vpc_id=args.vpc_id,
        deregistration_delay=DRAIN_SECONDS,
        # Asks only whether the process takes requests: this check also ends instances.
        health_check={
            "path": "/readyz",
            "matcher": "200",
            "interval": 10,
            "timeout": 5,
            "healthy_threshold": 2,
            "unhealthy_threshold": 3,
        },
        tags=args.tags,
        opts=pulumi.ResourceOptions(parent=fleet, ignore_changes=FROZEN),
    )


def _rule(fleet: Fleet, args: FleetArgs) -> aws.lb.ListenerRule:
    """Let a request that names the release reach it, whatever its weight."""
    return aws.lb.ListenerRule(
        f"{args.release_name}-rule",
        listener_arn=args.listener_arn,
        priority=FIRST_RELEASE_PRIORITY + release_number(args.release_name),
        conditions=[
            {"http_header": {"http_header_name": RELEASE_HEADER, "values": [args.release.label]}}
        ],
        actions=[{"type": "forward", "target_group_arn": fleet.targets.arn}],
        tags=args.tags,
        opts=pulumi.ResourceOptions(parent=fleet),
    )


def _template(fleet: Fleet, args: FleetArgs) -> aws.ec2.LaunchTemplate:
    named = {**args.tags, "Name": args.fleet_name}
    return aws.ec2.LaunchTemplate(
        f"{args.release_name}-template",
        name=args.fleet_name,
        image_id=args.release.image,
        instance_type=args.release.instance_types[0],
        user_data=args.user_data,
        iam_instance_profile={"arn": args.profile_arn},
        metadata_options={
            "http_endpoint": "enabled",
            "http_tokens": "required",
            "http_put_response_hop_limit": 1,
        },
        monitoring={"enabled": True},  # CPU every minute instead of every five, or scaling lags
        block_device_mappings=[
            {
                "device_name": ROOT_DEVICE,
                "ebs": {
                    "volume_type": "gp3",
                    "volume_size": ROOT_GIB,
                    "encrypted": "true",
                    "delete_on_termination": "true",
                },
            }
        ],
        network_interfaces=[
            {
                "device_index": 0,
                "associate_public_ip_address": "true" if args.public_ips else "false",
                "delete_on_termination": "true",
                "security_groups": [args.security_group_id],
            }
        ],
        # The group's tags reach the instances; disks and network interfaces only these.
        tag_specifications=[
            {"resource_type": "volume", "tags": named},
            {"resource_type": "network-interface", "tags": named},
        ],
        tags=args.tags,
        opts=pulumi.ResourceOptions(parent=fleet, ignore_changes=FROZEN),
    )


def _group(fleet: Fleet, args: FleetArgs) -> aws.autoscaling.Group:
    return aws.autoscaling.Group(
        f"{args.release_name}-group",
        name=args.fleet_name,
        min_size=args.floor,
        max_size=args.ceiling,
        desired_capacity=args.floor,
        vpc_zone_identifiers=args.subnet_ids,
        target_group_arns=[fleet.targets.arn],
        mixed_instances_policy=_mix(fleet, args),
        capacity_rebalance=True,
        health_check_type="ELB",
        health_check_grace_period=GRACE_SECONDS,
        default_instance_warmup=WARMUP_SECONDS,
        # An unhealthy instance's successor comes first.
        instance_maintenance_policy={"min_healthy_percentage": 100, "max_healthy_percentage": 110},
        enabled_metrics=list(_metrics()),
        metrics_granularity="1Minute",
        # `deliver` watches health: the provider's waits want exact sizes, which scaling moves.
        wait_for_capacity_timeout="0",
        tags=[
            {"key": key, "value": value, "propagate_at_launch": True}
            for key, value in {**args.tags, "Name": args.fleet_name}.items()
        ],
        opts=pulumi.ResourceOptions(
            parent=fleet,
            ignore_changes=FROZEN,
            depends_on=[fleet.rule, *args.needs],
            custom_timeouts=pulumi.CustomTimeouts(delete=DELETE_TIMEOUT),
        ),
    )


def _metrics() -> tuple[aws.autoscaling.Metric, ...]:
    """Choose the sizes worth a line on a dashboard; they cost nothing."""
    metric = aws.autoscaling.Metric
    return (
        metric.GROUP_MIN_SIZE,
        metric.GROUP_MAX_SIZE,
        metric.GROUP_DESIRED_CAPACITY,
        metric.GROUP_IN_SERVICE_INSTANCES,
        metric.GROUP_PENDING_INSTANCES,
        metric.GROUP_TERMINATING_INSTANCES,
        metric.GROUP_TOTAL_INSTANCES,
    )


def _mix(fleet: Fleet, args: FleetArgs) -> aws.autoscaling.GroupMixedInstancesPolicyArgsDict:
    """Say which machines may be taken, and how many of them as Spot."""
    return {
        "launch_template": {
            "launch_template_specification": {
                "launch_template_id": fleet.template.id,
                "version": "1",  # the only one: a template is never changed
            },
            "overrides": [{"instance_type": each} for each in args.release.instance_types],
        },
        "instances_distribution": {
            "on_demand_base_capacity": args.release.on_demand_base,
            "on_demand_percentage_above_base_capacity": 100 - args.release.spot_percent,
            "spot_allocation_strategy": "price-capacity-optimized",
        },
    }
