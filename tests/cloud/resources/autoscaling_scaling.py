"""How groups scale: policies and schedules."""

from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.naming import Naming
from tests.cloud.resource import Change, Resource, handles
from tests.cloud.resources.ec2_common import only
from tests.cloud.schema import resource_schema
from tests.cloud.shapes import from_aws, parameter, to_aws

POLICY_NAMES = {"metricDimensions": "Dimensions"}
STRUCTURES = {
    "targetTrackingConfiguration": "TargetTrackingConfiguration",
    "predictiveScalingConfiguration": "PredictiveScalingConfiguration",
    "stepAdjustments": "StepAdjustments",
}
PLAIN = {
    "policyType": "PolicyType",
    "adjustmentType": "AdjustmentType",
    "cooldown": "Cooldown",
    "enabled": "Enabled",
    "estimatedInstanceWarmup": "EstimatedInstanceWarmup",
    "metricAggregationType": "MetricAggregationType",
    "minAdjustmentMagnitude": "MinAdjustmentMagnitude",
    "scalingAdjustment": "ScalingAdjustment",
}


@handles("aws:autoscaling/policy:Policy")
class Policy(Resource):
    noun = "Auto Scaling Policy"
    naming = Naming(limit=255)
    replaces = frozenset({"name", "autoscalingGroupName"})
    computed = frozenset({"metricAggregationType"})
    defaults = {"enabled": True, "policyType": "SimpleScaling"}
    taggable = False

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        members: dict[str, Any] = {member: new[key] for key, member in PLAIN.items() if key in new}
        for key, member in STRUCTURES.items():
            if key in new:
                shape = parameter(aws.autoscaling, "PutScalingPolicy", member)
                members[member] = to_aws(shape, new[key], POLICY_NAMES)
        tracking = members.get("TargetTrackingConfiguration")
        if tracking is not None:
            tracking.setdefault("DisableScaleIn", False)
        aws.autoscaling.put_scaling_policy(
            AutoScalingGroupName=new["autoscalingGroupName"], PolicyName=new["name"], **members
        )
        return str(new["name"])

    def update(self, aws: Aws, id: str, change: Change) -> None:
        self.create(aws, change.new)

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        group, name = _place(id, state, "autoscalingGroupName")
        found = aws.autoscaling.describe_policies(AutoScalingGroupName=group, PolicyNames=[name])[
            "ScalingPolicies"
        ]
        policy = only(found)
        if policy is None:
            return None
        schema = resource_schema(self.token)
        assert schema is not None
        live = {
            key: from_aws(schema.outputs[key].type, policy[member], POLICY_NAMES)
            for key, member in {**PLAIN, **STRUCTURES}.items()
            if policy.get(member) not in (None, [], {})
        }
        return {**live, "arn": policy["PolicyARN"], "name": name, "autoscalingGroupName": group}

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.autoscaling.delete_policy(
            AutoScalingGroupName=state["autoscalingGroupName"], PolicyName=id
        )


KEEP = -1  # "leave as it is" in the provider's schedules


@handles("aws:autoscaling/schedule:Schedule")
class Schedule(Resource):
    noun = "Auto Scaling Scheduled Action"
    replaces = frozenset({"scheduledActionName", "autoscalingGroupName"})
    computed = frozenset(
        {"startTime", "endTime", "timeZone", "recurrence", "minSize", "maxSize", "desiredCapacity"}
    )
    taggable = False

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        members: dict[str, Any] = {
            member: new[key]
            for key, member in (
                ("recurrence", "Recurrence"),
                ("startTime", "StartTime"),
                ("endTime", "EndTime"),
                ("timeZone", "TimeZone"),
            )
            if new.get(key)
        }
        for key, member in (
            ("minSize", "MinSize"),
            ("maxSize", "MaxSize"),
            ("desiredCapacity", "DesiredCapacity"),
        ):
            size = new.get(
                key, 0
            )  # an unset size means none, not "as it is": the provider's well-known trap
            if size != KEEP:
                members[member] = size
        aws.autoscaling.put_scheduled_update_group_action(
            AutoScalingGroupName=new["autoscalingGroupName"],
            ScheduledActionName=new["scheduledActionName"],
            **members,
        )
        return str(new["scheduledActionName"])

    def update(self, aws: Aws, id: str, change: Change) -> None:
        self.create(aws, change.new)

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        group, name = _place(id, state, "autoscalingGroupName")
        found = aws.autoscaling.describe_scheduled_actions(
            AutoScalingGroupName=group, ScheduledActionNames=[name]
        )
        action = only(found["ScheduledUpdateGroupActions"])
        if action is None:
            return None
        return {
            "arn": aws.arn(
                "autoscaling",
                f"scheduledUpdateGroupAction:0:autoScalingGroupName/{group}"
                f":scheduledActionName/{name}",
            ),
            "scheduledActionName": name,
            "autoscalingGroupName": group,
            "recurrence": action.get("Recurrence") or None,
            "timeZone": action.get("TimeZone") or None,
            "startTime": _time(action.get("StartTime")),
            "endTime": _time(action.get("EndTime")),
            "minSize": _size(action.get("MinSize")),
            "maxSize": _size(action.get("MaxSize")),
            "desiredCapacity": _size(action.get("DesiredCapacity")),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.autoscaling.delete_scheduled_action(
            AutoScalingGroupName=state["autoscalingGroupName"], ScheduledActionName=id
        )


def _place(id: str, state: Mapping[str, Any], key: str) -> tuple[str, str]:
    """Group and name; `pulumi import` spells them group/name."""
    group = state.get(key)
    return (str(group), id) if group else (id.partition("/")[0], id.partition("/")[2])


def _size(value: Any) -> int:
    return KEEP if value is None else int(value)


def _time(value: Any) -> str | None:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if value is not None else None
