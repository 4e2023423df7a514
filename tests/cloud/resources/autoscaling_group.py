"""Autoscaling groups."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.errors import CloudError
from tests.cloud.naming import Naming
from tests.cloud.resource import Change, Resource, handles
from tests.cloud.resources.ec2_common import only
from tests.cloud.schema import resource_schema
from tests.cloud.shapes import from_aws, parameter, to_aws
from tests.cloud.simulation import SIMULATION

DELETE_TIMEOUT = timedelta(minutes=10)  # the provider's default
PAUSE = 5  # seconds between two looks

NAMES = {"id": "LaunchTemplateId", "name": "LaunchTemplateName"}
POLICY_NAMES = {
    "vcpuCount": "VCpuCount",
    "memoryMib": "MemoryMiB",
    "memoryGibPerVcpu": "MemoryGiBPerVCpu",
    "totalLocalStorageGb": "TotalLocalStorageGB",
    "acceleratorTotalMemoryMib": "AcceleratorTotalMemoryMiB",
}
# Input, member of Create/UpdateAutoScalingGroup.
PLAIN = {
    "minSize": "MinSize",
    "maxSize": "MaxSize",
    "desiredCapacity": "DesiredCapacity",
    "defaultCooldown": "DefaultCooldown",
    "healthCheckType": "HealthCheckType",
    "healthCheckGracePeriod": "HealthCheckGracePeriod",
    "capacityRebalance": "CapacityRebalance",
    "terminationPolicies": "TerminationPolicies",
    "protectFromScaleIn": "NewInstancesProtectedFromScaleIn",
    "placementGroup": "PlacementGroup",
    "serviceLinkedRoleArn": "ServiceLinkedRoleARN",
    "maxInstanceLifetime": "MaxInstanceLifetime",
    "defaultInstanceWarmup": "DefaultInstanceWarmup",
    "context": "Context",
    "desiredCapacityType": "DesiredCapacityType",
    "availabilityZones": "AvailabilityZones",
}
# moto keeps none of these: the state's value stands.
DROPPED = frozenset({"DefaultInstanceWarmup", "MaxInstanceLifetime", "InstanceMaintenancePolicy"})


@handles("aws:autoscaling/group:Group")
class Group(Resource):
    noun = "Auto Scaling Group"
    naming = Naming(limit=255, prefix="namePrefix")
    replaces = frozenset({"name", "namePrefix"})
    computed = frozenset(
        {
            "desiredCapacity",
            "healthCheckType",
            "defaultCooldown",
            "vpcZoneIdentifiers",
            "availabilityZones",
            "launchTemplate.name",
            "loadBalancers",
            "targetGroupArns",
            "trafficSources",
            "serviceLinkedRoleArn",
            "availabilityZoneDistribution",
            "capacityReservationSpecification",
        }
    )
    defaults = {
        "forceDelete": False,
        "forceDeleteWarmPool": False,
        "healthCheckGracePeriod": 300,
        "ignoreFailedScalingActivities": False,
        "metricsGranularity": "1Minute",
        "protectFromScaleIn": False,
        "waitForCapacityTimeout": "10m",
    }
    taggable = False  # its tags are a list with a propagate flag, handled as any other input

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        name = self.name(new)
        members = _members(aws, new, frozenset(new))
        if new.get("targetGroupArns"):
            members["TargetGroupARNs"] = new["targetGroupArns"]
        if new.get("loadBalancers"):
            members["LoadBalancerNames"] = new["loadBalancers"]
        if new.get("initialLifecycleHooks"):
            shape = parameter(
                aws.autoscaling, "CreateAutoScalingGroup", "LifecycleHookSpecificationList"
            )
            hook = {
                "name": "LifecycleHookName",
                "notificationTargetArn": "NotificationTargetARN",
                "roleArn": "RoleARN",
            }
            members["LifecycleHookSpecificationList"] = to_aws(
                shape, new["initialLifecycleHooks"], hook
            )
        members["Tags"] = _tags(aws, name, new)
        aws.autoscaling.create_auto_scaling_group(AutoScalingGroupName=name, **members)
        return name

    def finish(self, aws: Aws, id: str, new: Mapping[str, Any]) -> None:
        if new.get("enabledMetrics"):
            aws.autoscaling.enable_metrics_collection(
                AutoScalingGroupName=id,
                Metrics=new["enabledMetrics"],
                Granularity=new["metricsGranularity"],
            )
        if new.get("suspendedProcesses"):
            aws.autoscaling.suspend_processes(
                AutoScalingGroupName=id, ScalingProcesses=new["suspendedProcesses"]
            )
        if new.get("warmPool"):
            shape = aws.autoscaling.meta.service_model.operation_model("PutWarmPool").input_shape
            aws.autoscaling.put_warm_pool(AutoScalingGroupName=id, **to_aws(shape, new["warmPool"]))

    def update(self, aws: Aws, id: str, change: Change) -> None:
        members = _members(aws, change.new, change.keys)
        if members:
            aws.autoscaling.update_auto_scaling_group(AutoScalingGroupName=id, **members)
        if "targetGroupArns" in change:
            old, new = (
                set(change.old.get("targetGroupArns") or []),
                set(change.new.get("targetGroupArns") or []),
            )
            if old - new:
                aws.autoscaling.detach_load_balancer_target_groups(
                    AutoScalingGroupName=id, TargetGroupARNs=sorted(old - new)
                )
            if new - old:
                aws.autoscaling.attach_load_balancer_target_groups(
                    AutoScalingGroupName=id, TargetGroupARNs=sorted(new - old)
                )
        if "tags" in change:
            gone = {tag["key"] for tag in change.old.get("tags") or []} - {
                tag["key"] for tag in change.new.get("tags") or []
            }
            if gone:
                aws.autoscaling.delete_tags(
                    Tags=[
                        {"ResourceId": id, "ResourceType": "auto-scaling-group", "Key": key}
                        for key in sorted(gone)
                    ]
                )
            if change.new.get("tags"):
                aws.autoscaling.create_or_update_tags(Tags=_tags(aws, id, change.new))
        if "suspendedProcesses" in change:
            aws.autoscaling.resume_processes(AutoScalingGroupName=id)
        self.finish(
            aws, id, {key: change.new.get(key) for key in change.keys | {"metricsGranularity"}}
        )

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        found = aws.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[id])
        group = only(found["AutoScalingGroups"])
        if group is None:
            return None
        schema = resource_schema(self.token)
        assert schema is not None
        live: dict[str, Any] = {}
        for key, member in PLAIN.items():
            if member in group and member not in DROPPED:
                live[key] = from_aws(schema.outputs[key].type, group[member])
        if "MixedInstancesPolicy" in group:
            live["mixedInstancesPolicy"] = from_aws(
                schema.outputs["mixedInstancesPolicy"].type,
                group["MixedInstancesPolicy"],
                POLICY_NAMES,
            )
        if "LaunchTemplate" in group:
            live["launchTemplate"] = from_aws(
                schema.outputs["launchTemplate"].type, group["LaunchTemplate"], NAMES
            )
        zones = group.get("VPCZoneIdentifier") or ""
        defaults = aws.default_tags.items()
        return {
            **live,
            "name": id,
            "arn": group["AutoScalingGroupARN"],
            "vpcZoneIdentifiers": [zone for zone in zones.split(",") if zone],
            "targetGroupArns": group.get("TargetGroupARNs") or [],
            "loadBalancers": group.get("LoadBalancerNames") or [],
            "enabledMetrics": [each["Metric"] for each in group.get("EnabledMetrics") or []],
            "suspendedProcesses": [
                each["ProcessName"] for each in group.get("SuspendedProcesses") or []
            ],
            "predictedCapacity": 0,
            "warmPoolSize": group.get("WarmPoolSize") or 0,
            "tags": [
                {
                    "key": tag["Key"],
                    "value": tag["Value"],
                    "propagateAtLaunch": tag["PropagateAtLaunch"],
                }
                for tag in group["Tags"]
                if (tag["Key"], tag["Value"]) not in defaults
            ],
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        """The provider empties a group before it deletes it, unless told to force."""
        if not state.get("forceDelete"):
            aws.autoscaling.update_auto_scaling_group(
                AutoScalingGroupName=id, MinSize=0, MaxSize=0, DesiredCapacity=0
            )
            self._wait(aws, id, empty=True)
        aws.autoscaling.delete_auto_scaling_group(
            AutoScalingGroupName=id, ForceDelete=bool(state.get("forceDelete"))
        )
        self._wait(aws, id, empty=False)

    def _wait(self, aws: Aws, id: str, *, empty: bool) -> None:
        """Wait, in the cloud's time, until the group has no instances, or is gone."""
        clock = SIMULATION.clock
        until = clock.now() + DELETE_TIMEOUT
        while True:
            found = aws.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[id])
            group = only(found["AutoScalingGroups"])
            if group is None or (empty and not group["Instances"]):
                return
            if clock.now() >= until:
                left = len(group["Instances"])
                raise CloudError("timeout", f"while waiting for {left} instances to drain")
            clock.sleep(PAUSE)


def _members(aws: Aws, new: Mapping[str, Any], keys: frozenset[str]) -> dict[str, Any]:
    members = {
        member: new[key]
        for key, member in PLAIN.items()
        if key in keys and new.get(key) is not None
    }
    if "vpcZoneIdentifiers" in keys and new.get("vpcZoneIdentifiers"):
        members["VPCZoneIdentifier"] = ",".join(new["vpcZoneIdentifiers"])
    if "launchTemplate" in keys and new.get("launchTemplate"):
        template = {
            NAMES.get(key, "Version"): value for key, value in new["launchTemplate"].items()
        }
        members["LaunchTemplate"] = {"Version": "$Default", **template}
    for key, member, names in (
        ("mixedInstancesPolicy", "MixedInstancesPolicy", POLICY_NAMES),
        ("instanceMaintenancePolicy", "InstanceMaintenancePolicy", {}),
        ("availabilityZoneDistribution", "AvailabilityZoneDistribution", {}),
        ("capacityReservationSpecification", "CapacityReservationSpecification", {}),
        ("trafficSources", "TrafficSources", {}),
    ):
        if key in keys and new.get(key):
            members[member] = to_aws(
                parameter(aws.autoscaling, "CreateAutoScalingGroup", member), new[key], names
            )
    return members


def _tags(aws: Aws, name: str, new: Mapping[str, Any]) -> list[dict[str, Any]]:
    own = new.get("tags") or []
    inherited = [
        {"key": key, "value": value, "propagateAtLaunch": False}
        for key, value in aws.default_tags.items()
        if key not in {tag["key"] for tag in own}
    ]
    return [
        {
            "ResourceId": name,
            "ResourceType": "auto-scaling-group",
            "Key": tag["key"],
            "Value": tag["value"],
            "PropagateAtLaunch": tag["propagateAtLaunch"],
        }
        for tag in [*inherited, *own]
    ]
