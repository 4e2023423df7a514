"""Target groups with their health checks."""

from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.resource import Change, handles
from tests.cloud.resources.ec2_common import only
from tests.cloud.resources.elbv2_balancer import NAMING, Elbv2Resource, _text, _value

ATTRIBUTES: dict[str, tuple[str, Any]] = {
    "deregistrationDelay": ("deregistration_delay.timeout_seconds", 300),
    "slowStart": ("slow_start.duration_seconds", 0),
    "loadBalancingAlgorithmType": ("load_balancing.algorithm.type", "round_robin"),
    "loadBalancingAnomalyMitigation": ("load_balancing.algorithm.anomaly_mitigation", "off"),
    "loadBalancingCrossZoneEnabled": (
        "load_balancing.cross_zone.enabled",
        "use_load_balancer_configuration",
    ),
}
# Input of healthCheck, member of CreateTargetGroup.
HEALTH = {
    "enabled": "HealthCheckEnabled",
    "healthyThreshold": "HealthyThresholdCount",
    "interval": "HealthCheckIntervalSeconds",
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "timeout": "HealthCheckTimeoutSeconds",
    "unhealthyThreshold": "UnhealthyThresholdCount",
}


@handles("aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup")
class TargetGroup(Elbv2Resource):
    noun = "ELBv2 Target Group"
    naming = NAMING
    replaces = frozenset(
        {
            "name",
            "namePrefix",
            "port",
            "protocol",
            "protocolVersion",
            "targetType",
            "vpcId",
            "ipAddressType",
        }
    )
    computed = frozenset(
        {
            "protocolVersion",
            "ipAddressType",
            "healthCheck",
            "stickiness",
            "loadBalancingAlgorithmType",
            "loadBalancingAnomalyMitigation",
            "loadBalancingCrossZoneEnabled",
            "connectionTermination",
            "preserveClientIp",
            "targetFailovers",
            "targetHealthStates",
            "targetGroupHealth",
        }
    )
    defaults = {
        "deregistrationDelay": 300,
        "lambdaMultiValueHeadersEnabled": False,
        "proxyProtocolV2": False,
        "slowStart": 0,
        "targetType": "instance",
        "healthCheck.enabled": True,
        "healthCheck.healthyThreshold": 3,
        "healthCheck.interval": 30,
        "healthCheck.port": "traffic-port",
        "healthCheck.protocol": "HTTP",
        "healthCheck.unhealthyThreshold": 3,
        "stickiness.cookieDuration": 86400,
        "stickiness.enabled": True,
    }

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        optional = {
            member: new[key]
            for key, member in (
                ("port", "Port"),
                ("protocol", "Protocol"),
                ("protocolVersion", "ProtocolVersion"),
                ("vpcId", "VpcId"),
                ("ipAddressType", "IpAddressType"),
            )
            if key in new
        }
        made = aws.elbv2.create_target_group(
            Name=self.name(new),
            TargetType=new["targetType"],
            **optional,
            **_health(new.get("healthCheck") or {}),
            **self.tagging(aws, new),
        )
        return str(made["TargetGroups"][0]["TargetGroupArn"])

    def finish(self, aws: Aws, id: str, new: Mapping[str, Any]) -> None:
        self._set(aws, id, new, frozenset(new))

    def update(self, aws: Aws, id: str, change: Change) -> None:
        if "healthCheck" in change:
            aws.elbv2.modify_target_group(
                TargetGroupArn=id, **_health(change.new.get("healthCheck") or {})
            )
        self._set(aws, id, change.new, change.keys)

    def _set(self, aws: Aws, id: str, new: Mapping[str, Any], keys: frozenset[str]) -> None:
        wanted = {
            attribute: _text(new.get(key, default))
            for key, (attribute, default) in ATTRIBUTES.items()
            if key in keys
        }
        if "stickiness" in keys:
            wanted |= _stickiness(new.get("stickiness"))
        if wanted:
            aws.elbv2.modify_target_group_attributes(
                TargetGroupArn=id,
                Attributes=[{"Key": key, "Value": value} for key, value in wanted.items()],
            )

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        group = only(aws.elbv2.describe_target_groups(TargetGroupArns=[id])["TargetGroups"])
        if group is None:
            return None
        found = aws.elbv2.describe_target_group_attributes(TargetGroupArn=id)["Attributes"]
        attributes = {each["Key"]: each["Value"] for each in found}
        health = {key: group.get(member) for key, member in HEALTH.items()}
        health["matcher"] = (group.get("Matcher") or {}).get("HttpCode")
        return {
            "arn": id,
            "arnSuffix": id.rpartition(":")[2],
            "name": group["TargetGroupName"],
            "port": group.get("Port"),
            "protocol": group.get("Protocol"),
            "protocolVersion": group.get("ProtocolVersion") or "HTTP1",
            "targetType": group["TargetType"],
            "vpcId": group.get("VpcId"),
            "ipAddressType": group.get("IpAddressType") or "ipv4",
            "loadBalancerArns": sorted(group.get("LoadBalancerArns") or []),
            "healthCheck": {key: value for key, value in health.items() if value is not None},
            "stickiness": {
                "enabled": attributes.get("stickiness.enabled") == "true",
                "type": attributes.get("stickiness.type", "lb_cookie"),
                "cookieDuration": int(
                    attributes.get("stickiness.lb_cookie.duration_seconds", 86400)
                ),
                "cookieName": attributes.get("stickiness.app_cookie.cookie_name", ""),
            },
            **{
                key: _value(attributes.get(name), default)
                for key, (name, default) in ATTRIBUTES.items()
            },
            "tagsAll": self.tags_of(aws, id),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.elbv2.delete_target_group(TargetGroupArn=id)


def _health(check: Mapping[str, Any]) -> dict[str, Any]:
    members = {member: check[key] for key, member in HEALTH.items() if key in check}
    if check.get("matcher"):
        members["Matcher"] = {"HttpCode": check["matcher"]}
    return members


def _stickiness(value: Mapping[str, Any] | None) -> dict[str, str]:
    if not value or not value.get("enabled", True):
        return {"stickiness.enabled": "false"}
    kind = value["type"]
    wanted = {"stickiness.enabled": "true", "stickiness.type": kind}
    wanted[f"stickiness.{kind}.duration_seconds"] = str(value.get("cookieDuration", 86400))
    if kind == "app_cookie":
        wanted["stickiness.app_cookie.cookie_name"] = value["cookieName"]
    return wanted
