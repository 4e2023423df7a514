"""Values that AWS refuses, and neighbours that it accepts."""

from typing import Any

import pytest

from tests.cloud.rules.table import broken
from tests.cloud.values import UNKNOWN

GROUP, FLEET = "aws:lb/targetGroup:TargetGroup", "aws:autoscaling/group:Group"
RULE, LISTENER = "aws:lb/listenerRule:ListenerRule", "aws:lb/listener:Listener"
BALANCER, POLICY = "aws:lb/loadBalancer:LoadBalancer", "aws:autoscaling/policy:Policy"
TEMPLATE, ALARM = "aws:ec2/launchTemplate:LaunchTemplate", "aws:cloudwatch/metricAlarm:MetricAlarm"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
ROUTE, RECORD = "aws:ec2/route:Route", "aws:route53/record:Record"
PARAMETER, SCHEDULE = "aws:ssm/parameter:Parameter", "aws:autoscaling/schedule:Schedule"
TARGETS = {"port": 80, "protocol": "HTTP", "vpcId": "vpc-12345678"}
OPEN = {"ipProtocol": "tcp", "fromPort": 80, "toPort": 80, "cidrIpv4": "10.0.0.0/8"}
SIZES = {
    "minSize": 1,
    "maxSize": 2,
    "vpcZoneIdentifiers": ["subnet-12345678"],
    "launchTemplate": {"id": "l"},
}
TARGET = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/a/1"
ACTION = {"type": "forward", "targetGroupArn": TARGET}
ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/a/1/2"
CONDITION = {"pathPattern": {"values": ["/*"]}}
FORWARDING = {"listenerArn": ARN, "actions": [ACTION], "conditions": [CONDITION]}
CPU = {"predefinedMetricType": "ASGAverageCPUUtilization"}
TRACKING = {"targetValue": 50, "predefinedMetricSpecification": CPU}
SCALING = {"policyType": "TargetTrackingScaling", "targetTrackingConfiguration": TRACKING}
WATCH = {
    "comparisonOperator": "GreaterThanThreshold",
    "evaluationPeriods": 2,
    "threshold": 1,
    "metricName": "m",
    "namespace": "n",
    "period": 60,
    "statistic": "Sum",
}
QUERIES = {"comparisonOperator": "GreaterThanThreshold", "evaluationPeriods": 2, "threshold": 1}
ANSWER = {"zoneId": "Z123", "name": "a", "type": "A", "records": ["10.0.0.1"], "ttl": 60}
NIGHT = {"recurrence": "0 20 * * *", "minSize": 0}
WAY = {
    "routeTableId": "rtb-12345678",
    "destinationCidrBlock": "0.0.0.0/0",
    "gatewayId": "igw-12345678",
}


def found(token: str, good: dict[str, Any], **changed: Any) -> set[str]:
    inputs = {key: value for key, value in {**good, **changed}.items() if value is not ...}
    return {path for path, _ in broken(token, inputs)}


@pytest.mark.parametrize(
    ("token", "good"),
    [
        (GROUP, TARGETS),
        (GROUP, {**TARGETS, "healthCheck": {"path": "/readyz", "interval": 10, "timeout": 5}}),
        (GROUP, {"targetType": "lambda"}),
        (FLEET, SIZES),
        (RULE, FORWARDING),
        (POLICY, SCALING),
        (ALARM, WATCH),
        (INGRESS, OPEN),
        (INGRESS, {"ipProtocol": "-1", "referencedSecurityGroupId": "sg-12345678"}),
        (ROUTE, WAY),
        (RECORD, ANSWER),
        (SCHEDULE, NIGHT),
        (SCHEDULE, {**NIGHT, "maxSize": -1}),
        (PARAMETER, {"type": "String", "value": "a"}),
        (TEMPLATE, {"imageId": "ami-12c6146b", "userData": "IyEvYmluL3NoCg=="}),
        (BALANCER, {"subnets": ["subnet-12345678", "subnet-87654321"], "idleTimeout": 4000}),
    ],
)
def test_good_values_pass(token: str, good: dict[str, Any]) -> None:
    assert found(token, good) == set()


MISTAKES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    (GROUP, TARGETS, {"port": 0}, "port"),
    (GROUP, TARGETS, {"port": 65536}, "port"),
    (GROUP, TARGETS, {"protocol": "http"}, "protocol"),
    (GROUP, TARGETS, {"deregistrationDelay": 3601}, "deregistrationDelay"),
    (GROUP, TARGETS, {"slowStart": 10}, "slowStart"),
    (GROUP, TARGETS, {"vpcId": ...}, "vpcId"),
    (GROUP, TARGETS, {"healthCheck": {"interval": 4}}, "healthCheck.interval"),
    (GROUP, TARGETS, {"healthCheck": {"path": "readyz"}}, "healthCheck.path"),
    (GROUP, TARGETS, {"healthCheck": {"matcher": "ok"}}, "healthCheck.matcher"),
    (GROUP, TARGETS, {"healthCheck": {"interval": 10, "timeout": 10}}, "healthCheck.timeout"),
    (GROUP, TARGETS, {"stickiness": {"type": "cookie"}}, "stickiness.type"),
    (FLEET, SIZES, {"minSize": -1}, "minSize"),
    (FLEET, SIZES, {"minSize": 3}, "minSize"),
    (FLEET, SIZES, {"desiredCapacity": 3}, "desiredCapacity"),
    (FLEET, SIZES, {"healthCheckType": "HTTP"}, "healthCheckType"),
    (FLEET, SIZES, {"launchTemplate": ...}, "launchTemplate"),
    (FLEET, SIZES, {"mixedInstancesPolicy": {"launchTemplate": {}}}, "launchTemplate"),
    (FLEET, SIZES, {"vpcZoneIdentifiers": ...}, "vpcZoneIdentifiers"),
    (FLEET, SIZES, {"maxInstanceLifetime": 3600}, "maxInstanceLifetime"),
    (RULE, FORWARDING, {"priority": 0}, "priority"),
    (RULE, FORWARDING, {"priority": 50001}, "priority"),
    (RULE, FORWARDING, {"listenerArn": "listener"}, "listenerArn"),
    (RULE, FORWARDING, {"actions": [{"type": "forward"}]}, "actions[0]"),
    (
        RULE,
        FORWARDING,
        {"actions": [{**ACTION, "redirect": {"statusCode": "HTTP_301"}}]},
        "actions[0]",
    ),
    (
        RULE,
        FORWARDING,
        {"actions": [{"type": "send", "targetGroupArn": TARGET}]},
        "actions[0].type",
    ),
    (
        RULE,
        FORWARDING,
        {"conditions": [{"pathPattern": {"values": ["/a" * 65]}}]},
        "conditions[0].pathPattern.values[0]",
    ),
    (RULE, FORWARDING, {"conditions": [{"pathPattern": {"values": list("abcdef")}}]}, "conditions"),
    (
        RULE,
        FORWARDING,
        {"conditions": [{"pathPattern": {"values": ["a"]}, "hostHeader": {"values": ["b"]}}]},
        "conditions[0]",
    ),
    (
        RULE,
        FORWARDING,
        {"conditions": [{"httpHeader": {"httpHeaderName": "X Release", "values": ["a"]}}]},
        "conditions[0].httpHeader.httpHeaderName",
    ),
    (
        RULE,
        FORWARDING,
        {"actions": [{"type": "forward", "forward": {"targetGroups": [{"arn": TARGET}] * 6}}]},
        "actions[0].forward.targetGroups",
    ),
    (
        RULE,
        FORWARDING,
        {
            "actions": [
                {"type": "forward", "forward": {"targetGroups": [{"arn": TARGET, "weight": 1000}]}}
            ]
        },
        "actions[0].forward.targetGroups[0].weight",
    ),
    (
        LISTENER,
        {"loadBalancerArn": ARN, "defaultActions": [ACTION]},
        {"protocol": "HTTPS"},
        "certificateArn",
    ),
    (LISTENER, {"loadBalancerArn": ARN, "defaultActions": [ACTION]}, {"port": 70000}, "port"),
    (
        LISTENER,
        {"loadBalancerArn": ARN},
        {
            "defaultActions": [
                {
                    "type": "fixed-response",
                    "fixedResponse": {"contentType": "text/xml", "statusCode": "503"},
                }
            ]
        },
        "defaultActions[0].fixedResponse.contentType",
    ),
    (
        LISTENER,
        {"loadBalancerArn": ARN},
        {
            "defaultActions": [
                {
                    "type": "fixed-response",
                    "fixedResponse": {"contentType": "text/plain", "statusCode": "302"},
                }
            ]
        },
        "defaultActions[0].fixedResponse.statusCode",
    ),
    (BALANCER, {"subnets": ["a"]}, {"idleTimeout": 0}, "idleTimeout"),
    (BALANCER, {"subnets": ["a"]}, {"subnets": ...}, "subnets"),
    (POLICY, SCALING, {"targetTrackingConfiguration": ...}, "targetTrackingConfiguration"),
    (
        POLICY,
        SCALING,
        {"targetTrackingConfiguration": {**TRACKING, "targetValue": 0}},
        "targetTrackingConfiguration.targetValue",
    ),
    (
        POLICY,
        SCALING,
        {
            "targetTrackingConfiguration": {
                "targetValue": 1,
                "predefinedMetricSpecification": {
                    "predefinedMetricType": "ALBRequestCountPerTarget"
                },
            }
        },
        "targetTrackingConfiguration.predefinedMetricSpecification.resourceLabel",
    ),
    (SCHEDULE, NIGHT, {"recurrence": "every night"}, "recurrence"),
    (SCHEDULE, NIGHT, {"recurrence": ...}, "recurrence"),
    (SCHEDULE, NIGHT, {"startTime": "tomorrow"}, "startTime"),
    (SCHEDULE, NIGHT, {"maxSize": -2}, "maxSize"),
    (INGRESS, OPEN, {"cidrIpv4": "10.0.0.1/8"}, "cidrIpv4"),
    (INGRESS, OPEN, {"cidrIpv4": ...}, "cidrIpv4"),
    (INGRESS, OPEN, {"referencedSecurityGroupId": "sg-12345678"}, "cidrIpv4"),
    (INGRESS, OPEN, {"toPort": ...}, "fromPort"),
    (INGRESS, OPEN, {"toPort": 79}, "fromPort"),
    (INGRESS, OPEN, {"ipProtocol": "-1"}, "fromPort"),
    (INGRESS, OPEN, {"ipProtocol": "http"}, "ipProtocol"),
    (INGRESS, OPEN, {"description": "the world's"}, "description"),
    (ROUTE, WAY, {"gatewayId": ...}, "gatewayId"),
    (ROUTE, WAY, {"natGatewayId": "nat-12345678"}, "gatewayId"),
    ("aws:ec2/vpc:Vpc", {}, {"cidrBlock": "10.0.0.0/8"}, "cidrBlock"),
    ("aws:ec2/subnet:Subnet", {"vpcId": "vpc-12345678"}, {"cidrBlock": "10.0.0.0/29"}, "cidrBlock"),
    (TEMPLATE, {}, {"imageId": "latest"}, "imageId"),
    (TEMPLATE, {}, {"userData": "#!/bin/sh"}, "userData"),
    (TEMPLATE, {}, {"userData": "QUFB" * 5462}, "userData"),
    (TEMPLATE, {}, {"metadataOptions": {"httpTokens": "yes"}}, "metadataOptions.httpTokens"),
    (
        TEMPLATE,
        {},
        {"blockDeviceMappings": [{"ebs": {"volumeType": "ssd"}}]},
        "blockDeviceMappings[0].ebs.volumeType",
    ),
    ("aws:iam/role:Role", {}, {"assumeRolePolicy": "{"}, "assumeRolePolicy"),
    ("aws:iam/role:Role", {}, {"assumeRolePolicy": "{}"}, "assumeRolePolicy"),
    ("aws:iam/role:Role", {}, {"maxSessionDuration": 60}, "maxSessionDuration"),
    ("aws:cloudwatch/logGroup:LogGroup", {}, {"retentionInDays": 31}, "retentionInDays"),
    (ALARM, WATCH, {"period": 45}, "period"),
    (ALARM, WATCH, {"statistic": ...}, "statistic"),
    (ALARM, WATCH, {"treatMissingData": "ok"}, "treatMissingData"),
    (ALARM, WATCH, {"datapointsToAlarm": 3}, "datapointsToAlarm"),
    (ALARM, QUERIES, {}, "metricName"),
    (
        ALARM,
        QUERIES,
        {"metricQueries": [{"id": "E1", "expression": "1", "returnData": True}]},
        "metricQueries[0].id",
    ),
    (ALARM, QUERIES, {"metricQueries": [{"id": "e1", "expression": "1"}]}, "metricQueries"),
    (RECORD, ANSWER, {"ttl": ...}, "ttl"),
    (RECORD, ANSWER, {"type": "ALIAS"}, "type"),
    (RECORD, ANSWER, {"records": ...}, "records"),
    (PARAMETER, {"type": "Text", "value": "a"}, {}, "type"),
    (PARAMETER, {"type": "String"}, {}, "value"),
    (PARAMETER, {"type": "String", "value": "a" * 4097}, {}, "value"),
]


@pytest.mark.parametrize(
    ("token", "good", "changed", "path"),
    MISTAKES,
    ids=[f"{index}-{each[3]}" for index, each in enumerate(MISTAKES)],
)
def test_a_mistake_is_caught(
    token: str, good: dict[str, Any], changed: dict[str, Any], path: str
) -> None:
    assert path in found(token, good, **changed)


def test_a_sentence_says_value_rule_and_page() -> None:
    [(_, sentence)] = broken(GROUP, {**TARGETS, "healthCheck": {"interval": 4}})
    assert sentence == (
        '"healthCheck.interval" is "4"; it must be 5 to 300 (https://docs.aws.amazon.com/'
        "elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html)"
    )


def test_what_is_not_known_yet_is_not_judged() -> None:
    assert found(GROUP, dict.fromkeys(TARGETS, UNKNOWN)) == set()
    assert found(INGRESS, dict.fromkeys(OPEN, UNKNOWN)) == set()
    assert found(FLEET, {**dict.fromkeys(SIZES, UNKNOWN), "desiredCapacity": UNKNOWN}) == set()
    assert found(RULE, dict.fromkeys(FORWARDING, UNKNOWN)) == set()
    later: dict[str, Any] = {"conditions": [UNKNOWN, {"pathPattern": UNKNOWN}]}
    assert found(RULE, {**FORWARDING, **later, "actions": [UNKNOWN]}) == set()
    assert found(POLICY, dict.fromkeys(SCALING, UNKNOWN)) == set()
    assert found(ALARM, dict.fromkeys(WATCH, UNKNOWN)) == set()
