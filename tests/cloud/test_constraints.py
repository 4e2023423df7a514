"""Requests are held against AWS's own model of its API."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud import Cloud
from tests.cloud.constraints import broken_constraints, compiled
from tests.cloud.modelled import service_model

# Service, operation, one member with a wrong value and one with a right one; what the answer says.
REQUESTS: list[tuple[str, str, dict[str, Any], dict[str, Any], str]] = [
    ("elbv2", "CreateLoadBalancer", {"Type": "classic"}, {"Type": "network"}, "enum value set"),
    (
        "elbv2",
        "CreateRule",
        {"Priority": 50001},
        {"Priority": 50000},
        "less than or equal to 50000",
    ),
    ("logs", "CreateLogGroup", {"logGroupName": "a b"}, {"logGroupName": "/a/b"}, "pattern"),
    ("iam", "CreateRole", {"RoleName": "a" * 65}, {"RoleName": "a" * 64}, "length less than"),
    ("wafv2", "ListWebACLs", {"Limit": 101}, {"Limit": 100}, "value less than or equal to 100"),
    ("ssm", "PutParameter", {"Type": "Text"}, {"Type": "String"}, "enum value set"),
    (
        "ec2",
        "CreateLaunchTemplate",
        {"LaunchTemplateData": {"InstanceType": "t4g.tiny"}},
        {"LaunchTemplateData": {"InstanceType": "t4g.small"}},
        "enum value set",
    ),
    (
        "elbv2",
        "AddTags",
        {"Tags": [{"Key": "a", "Value": "#"}]},
        {"Tags": [{"Key": "a", "Value": "ä b"}]},
        "regular expression",
    ),
    (
        "autoscaling",
        "CreateOrUpdateTags",
        {"Tags": [{"Key": "a", "Value": "\x07"}]},
        {"Tags": [{"Key": "a", "Value": "\U0001f6f3"}]},
        "regular expression",
    ),
]


@pytest.mark.parametrize(
    ("service", "operation", "wrong", "right", "words"),
    REQUESTS,
    ids=[f"{each[0]}-{each[1]}" for each in REQUESTS],
)
def test_a_member_outside_its_model_is_refused(
    service: str, operation: str, wrong: dict[str, Any], right: dict[str, Any], words: str
) -> None:
    shape = service_model(service).operation_model(operation).input_shape
    assert list(broken_constraints(shape, right)) == []
    [sentence] = broken_constraints(shape, wrong)
    assert words in sentence


@pytest.mark.parametrize(
    ("pattern", "fits", "does_not"),
    [
        (r"[\u0020-\uD7FF\uD800\uDC00-\uDBFF\uDFFF]*", "\U0001f6f3", "\n"),
        (r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$", "Größe 1", "a#b"),
        (r"\p{ASCII}+", "abc", "ä"),
        (r"[\w-_]*", "a-b_c", "a b"),
    ],
)
def test_patterns_are_read_as_java_reads_them(pattern: str, fits: str, does_not: str) -> None:
    assert compiled(pattern).fullmatch(fits)
    assert not compiled(pattern).fullmatch(does_not)


@pytest.mark.parametrize(
    ("service", "operation", "given", "code"),
    [
        ("elbv2", "create_load_balancer", {"Name": "a", "Type": "classic"}, "ValidationError"),
        (
            "ec2",
            "create_launch_template",
            {"LaunchTemplateName": "abc", "LaunchTemplateData": {"InstanceType": "t4g.tiny"}},
            "InvalidParameterValue",
        ),
        ("logs", "create_log_group", {"logGroupName": "a b"}, "InvalidParameterException"),
        (
            "s3",
            "put_bucket_versioning",
            {"Bucket": "abc", "VersioningConfiguration": {"Status": "On"}},
            "InvalidArgument",
        ),
        (
            "route53",
            "create_hosted_zone",
            {"Name": "a" * 1025, "CallerReference": "a"},
            "InvalidInput",
        ),
        (
            "cloudwatch",
            "put_metric_alarm",
            {"AlarmName": "a", "EvaluationPeriods": 1, "ComparisonOperator": "Above"},
            "ValidationError",
        ),
    ],
)
def test_every_protocol_is_read(
    cloud: Cloud, service: str, operation: str, given: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError, match="1 validation error detected: Value") as caught:
        getattr(cloud.client(service), operation)(**given)
    assert caught.value.response["Error"]["Code"] == code
