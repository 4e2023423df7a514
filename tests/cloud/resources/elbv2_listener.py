"""Listeners and their rules: conditions and actions."""

from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.resource import Change, handles
from tests.cloud.resources.ec2_common import only
from tests.cloud.resources.elbv2_balancer import Elbv2Resource
from tests.cloud.schema import Type, resource_schema
from tests.cloud.shapes import from_aws, parameter, to_aws

ACTION_NAMES = {
    "forward": "ForwardConfig",
    "redirect": "RedirectConfig",
    "fixedResponse": "FixedResponseConfig",
    "stickiness": "TargetGroupStickinessConfig",
    "arn": "TargetGroupArn",
    "duration": "DurationSeconds",
}
CONDITION_FIELDS = {
    "hostHeader": ("host-header", "HostHeaderConfig"),
    "httpHeader": ("http-header", "HttpHeaderConfig"),
    "httpRequestMethod": ("http-request-method", "HttpRequestMethodConfig"),
    "pathPattern": ("path-pattern", "PathPatternConfig"),
    "sourceIp": ("source-ip", "SourceIpConfig"),
}


@handles("aws:lb/listener:Listener", "aws:alb/listener:Listener")
class Listener(Elbv2Resource):
    noun = "ELBv2 Listener"
    replaces = frozenset({"loadBalancerArn"})
    computed = frozenset({"protocol", "sslPolicy", "mutualAuthentication", "tcpIdleTimeoutSeconds"})

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        made = aws.elbv2.create_listener(
            LoadBalancerArn=new["loadBalancerArn"],
            **self._members(aws, new),
            **self.tagging(aws, new),
        )
        return str(made["Listeners"][0]["ListenerArn"])

    def update(self, aws: Aws, id: str, change: Change) -> None:
        if change.keys - {"tags"}:
            aws.elbv2.modify_listener(ListenerArn=id, **self._members(aws, change.new))

    def _members(self, aws: Aws, new: Mapping[str, Any]) -> dict[str, Any]:
        members: dict[str, Any] = {
            member: new[key]
            for key, member in (
                ("port", "Port"),
                ("protocol", "Protocol"),
                ("sslPolicy", "SslPolicy"),
            )
            if key in new
        }
        members.setdefault("Protocol", "HTTP")
        if new.get("certificateArn"):
            members["Certificates"] = [{"CertificateArn": new["certificateArn"]}]
            members.setdefault("SslPolicy", "ELBSecurityPolicy-2016-08")
        members["DefaultActions"] = actions_to_aws(aws, new["defaultActions"])
        return members

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        listener = only(aws.elbv2.describe_listeners(ListenerArns=[id])["Listeners"])
        if listener is None:
            return None
        certificates = listener.get("Certificates") or []
        return {
            "arn": id,
            "loadBalancerArn": listener["LoadBalancerArn"],
            "port": listener.get("Port"),
            "protocol": listener.get("Protocol"),
            "sslPolicy": listener.get("SslPolicy") or "",
            "certificateArn": certificates[0]["CertificateArn"] if certificates else None,
            "defaultActions": actions_from_aws(
                self.token, "defaultActions", listener["DefaultActions"]
            ),
            "tagsAll": self.tags_of(aws, id),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.elbv2.delete_listener(ListenerArn=id)


@handles("aws:lb/listenerRule:ListenerRule", "aws:alb/listenerRule:ListenerRule")
class ListenerRule(Elbv2Resource):
    noun = "ELBv2 Listener Rule"
    replaces = frozenset({"listenerArn"})
    computed = frozenset({"priority"})

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        made = aws.elbv2.create_rule(
            ListenerArn=new["listenerArn"],
            Priority=new.get("priority") or _next_priority(aws, new["listenerArn"]),
            Conditions=_conditions_to_aws(new["conditions"]),
            Actions=actions_to_aws(aws, new["actions"]),
            **self.tagging(aws, new),
        )
        return str(made["Rules"][0]["RuleArn"])

    def update(self, aws: Aws, id: str, change: Change) -> None:
        if "priority" in change and change.new.get("priority"):
            aws.elbv2.set_rule_priorities(
                RulePriorities=[{"RuleArn": id, "Priority": change.new["priority"]}]
            )
        # Only what differs is sent: actions that someone else moves are not moved back.
        wanted: dict[str, Any] = {}
        if "conditions" in change:
            wanted["Conditions"] = _conditions_to_aws(change.new["conditions"])
        if "actions" in change:
            wanted["Actions"] = actions_to_aws(aws, change.new["actions"])
        if wanted:
            aws.elbv2.modify_rule(RuleArn=id, **wanted)

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        rule = only(aws.elbv2.describe_rules(RuleArns=[id])["Rules"])
        if rule is None:
            return None
        prefix, _, rest = id.partition(":listener-rule/")
        return {
            "arn": id,
            "listenerArn": f"{prefix}:listener/{rest.rpartition('/')[0]}",
            "priority": int(rule["Priority"]) if rule["Priority"] != "default" else 99999,
            "actions": actions_from_aws(self.token, "actions", rule["Actions"]),
            "conditions": _conditions_from_aws(rule["Conditions"]),
            "tagsAll": self.tags_of(aws, id),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.elbv2.delete_rule(RuleArn=id)


@handles("aws:lb/listenerCertificate:ListenerCertificate")
class ListenerCertificate(Elbv2Resource):
    noun = "ELBv2 Listener Certificate"
    replaces = frozenset({"listenerArn", "certificateArn"})
    taggable = False

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        certificate = {"CertificateArn": new["certificateArn"]}
        aws.elbv2.add_listener_certificates(
            ListenerArn=new["listenerArn"], Certificates=[certificate]
        )
        return f"{new['listenerArn']}_{new['certificateArn']}"

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        listener, _, certificate = id.partition("_")
        found = aws.elbv2.describe_listener_certificates(ListenerArn=listener)["Certificates"]
        if certificate not in [each["CertificateArn"] for each in found]:
            return None
        return {"listenerArn": listener, "certificateArn": certificate}

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        certificate = {"CertificateArn": state["certificateArn"]}
        aws.elbv2.remove_listener_certificates(
            ListenerArn=state["listenerArn"], Certificates=[certificate]
        )


def actions_to_aws(aws: Aws, actions: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    shape = parameter(aws.elbv2, "CreateRule", "Actions")
    found: list[dict[str, Any]] = to_aws(shape, actions, ACTION_NAMES)
    for order, action in enumerate(found, 1):
        action.setdefault("Order", order)
        if "FixedResponseConfig" in action:
            action["FixedResponseConfig"].setdefault("StatusCode", "200")
        if "RedirectConfig" in action:
            redirect = {
                "Host": "#{host}",
                "Path": "/#{path}",
                "Port": "#{port}",
                "Protocol": "#{protocol}",
                "Query": "#{query}",
            }
            action["RedirectConfig"] = {**redirect, **action["RedirectConfig"]}
        for group in action.get("ForwardConfig", {}).get("TargetGroups", []):
            group.setdefault("Weight", 1)
    return found


def actions_from_aws(token: str, key: str, actions: list[dict[str, Any]]) -> list[Any]:
    """A forward to one group is the same, written by `forward` or by `targetGroupArn`."""
    schema = resource_schema(token)
    assert schema is not None
    kind: Type = schema.inputs[key].type
    found: list[dict[str, Any]] = from_aws(kind, actions, ACTION_NAMES)
    for order, action in enumerate(found, 1):
        action.setdefault("order", order)
        forward: dict[str, Any] = action.get("forward") or {}
        groups = forward.get("targetGroups") or []
        if groups:
            action["targetGroupArn"] = groups[0]["arn"] if len(groups) == 1 else None
            forward.setdefault("stickiness", {"enabled": False})
        elif action.get("targetGroupArn"):
            only_group = {"arn": action["targetGroupArn"], "weight": 1}
            action["forward"] = {"targetGroups": [only_group], "stickiness": {"enabled": False}}
    return found


def _conditions_to_aws(conditions: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for condition in conditions:
        for key, (field, member) in CONDITION_FIELDS.items():
            if key in condition:
                value = condition[key]
                config = {"Values": value["values"]}
                if key == "httpHeader":
                    config["HttpHeaderName"] = value["httpHeaderName"]
                found.append({"Field": field, member: config})
        if "queryStrings" in condition:
            values = [
                {"Value": each["value"], **({"Key": each["key"]} if each.get("key") else {})}
                for each in condition["queryStrings"]
            ]
            found.append({"Field": "query-string", "QueryStringConfig": {"Values": values}})
    return found


def _conditions_from_aws(conditions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for condition in conditions:
        for key, (field, member) in CONDITION_FIELDS.items():
            if condition["Field"] == field:
                config = condition.get(member) or {}
                value: dict[str, Any] = {
                    "values": config.get("Values") or condition.get("Values") or []
                }
                if key == "httpHeader":
                    value["httpHeaderName"] = config.get("HttpHeaderName", "")
                found.append({key: value})
        if condition["Field"] == "query-string":
            values = condition["QueryStringConfig"]["Values"]
            found.append(
                {
                    "queryStrings": [
                        {"value": each["Value"], "key": each.get("Key")} for each in values
                    ]
                }
            )
    return found


def _next_priority(aws: Aws, listener: str) -> int:
    taken = [
        int(rule["Priority"])
        for rule in aws.elbv2.describe_rules(ListenerArn=listener)["Rules"]
        if rule["Priority"] != "default"
    ]
    return max(taken, default=0) + 1
