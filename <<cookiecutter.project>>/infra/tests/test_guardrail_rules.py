import base64
import json
from typing import Any

import pytest
from samples import settings

from stack.guardrail_rules import LAUNCH_TEMPLATE, RULES, Candidate

TAGS = {"service": "a", "tier": "b", "team": "c", "repository": "d/e", "managed-by": "pulumi"}
LISTENER = "aws:lb/listener:Listener"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
GROUP = "aws:autoscaling/group:Group"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
DATABASE = "aws:rds/instance:Instance"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
POLICY = "aws:iam/rolePolicy:RolePolicy"
LOGS = "aws:cloudwatch/logGroup:LogGroup"


def template(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "block_device_mappings": [{"device_name": "/dev/xvda", "ebs": {"encrypted": "true"}}],
        "metadata_options": {"http_tokens": "required", "http_put_response_hop_limit": 1},
        "tag_specifications": [
            {"resource_type": "volume", "tags": TAGS},
            {"resource_type": "network-interface", "tags": TAGS},
        ],
        "tags": TAGS,
        **changes,
    }


def policy(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    return {"policy": json.dumps({"Statement": [{**statement, **changes}]})}


def group_tags(*, propagate: bool = True) -> list[dict[str, Any]]:
    return [{"key": k, "value": v, "propagate_at_launch": propagate} for k, v in TAGS.items()]


def rule(low: int, high: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"from_port": low, "to_port": high, "ip_protocol": "tcp", **more}


HTTP = {"protocol": "HTTP", "default_actions": [{"type": "fixed-response"}]}
REDIRECT = {"protocol": "HTTP", "default_actions": [{"type": "redirect"}]}
SECURE = {"protocol": "HTTPS", "ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}
OPEN_BLOCK = {
    "block_public_acls": True,
    "block_public_policy": True,
    "ignore_public_acls": True,
    "restrict_public_buckets": False,
}
USER_DATA = base64.b64encode(b"#!/bin/sh\nkey=AKIAABCDEFGHIJKLMNOP\n").decode()

BROKEN = [
    ("encrypted-at-rest", LAUNCH_TEMPLATE, template(block_device_mappings=[]), "root disk"),
    (
        "encrypted-at-rest",
        LAUNCH_TEMPLATE,
        template(block_device_mappings=[{"device_name": "/dev/xvda", "ebs": {}}]),
        "disk /dev/xvda is not encrypted",
    ),
    ("encrypted-at-rest", DATABASE, {}, "storage_encrypted is not true"),
    ("encrypted-in-transit", LISTENER, HTTP, "plain HTTP"),
    (
        "encrypted-in-transit",
        LISTENER,
        {"protocol": "HTTPS", "ssl_policy": "ELBSecurityPolicy-2016-08"},
        "must be one of TLS 1.2 and 1.3",
    ),
    ("encrypted-in-transit", LISTENER, {"protocol": "HTTPS"}, "ssl_policy is None"),
    ("closed-ports", INGRESS, rule(22, 22, cidr_ipv4="0.0.0.0/0"), "ports 22 to 22 are open"),
    ("closed-ports", INGRESS, rule(80, 443, cidr_ipv4="0.0.0.0/0"), "ports 80 to 443 are open"),
    ("closed-ports", INGRESS, rule(8000, 8000, cidr_ipv6="::/0"), "only 80 and 443 may be"),
    ("closed-ports", INGRESS, {"ip_protocol": "-1", "cidr_ipv4": "0.0.0.0/0"}, "None to None"),
    ("closed-ports", EGRESS, rule(80, 80, cidr_ipv4="0.0.0.0/0"), "only 443 may be"),
    (
        "closed-ports",
        "aws:ec2/securityGroup:SecurityGroup",
        {"ingress": [rule(443, 443)]},
        "make each a resource of its own",
    ),
    ("private", DATABASE, {"publicly_accessible": True}, "publicly_accessible is true"),
    ("private", BLOCK, OPEN_BLOCK, "restrict_public_buckets is not true"),
    (
        "metadata-by-token",
        LAUNCH_TEMPLATE,
        template(metadata_options={"http_put_response_hop_limit": 1}),
        "http_tokens is not required",
    ),
    (
        "metadata-by-token",
        LAUNCH_TEMPLATE,
        template(metadata_options={"http_tokens": "optional", "http_put_response_hop_limit": 1}),
        "http_tokens is not required",
    ),
    (
        "metadata-by-token",
        LAUNCH_TEMPLATE,
        template(metadata_options={"http_tokens": "required", "http_put_response_hop_limit": 2}),
        "hop_limit is not 1",
    ),
    ("tagged", LOGS, {"tags": {"service": "a"}}, "tags lack managed-by, repository, team, tier"),
    ("tagged", "aws:sqs/queue:Queue", {}, "tags lack"),
    ("tagged", GROUP, {"tags": group_tags(propagate=False)}, "tags lack"),
    (
        "tagged",
        LAUNCH_TEMPLATE,
        template(tag_specifications=[{"resource_type": "volume", "tags": TAGS}]),
        "tag_specifications of network-interface lack",
    ),
    ("logs-end", LOGS, {}, "lines stay forever"),
    ("logs-end", LOGS, {"retention_in_days": 0}, "lines stay forever"),
    ("deletion-protected", BALANCER, {}, "enable_deletion_protection is not true"),
    ("deletion-protected", DATABASE, {"deletion_protection": False}, "deletion_protection is not"),
    ("no-secret", DATABASE, {"password": "hunter2"}, "password holds a secret"),
    ("no-secret", DATABASE, {"options": [{"auth_token": "x"}]}, "options.auth_token holds"),
    ("no-secret", LAUNCH_TEMPLATE, template(user_data=USER_DATA), "user_data has something"),
    ("no-secret", LOGS, {"name": "postgresql://app:hunter2@db/app"}, "looks like a secret"),
    ("no-wildcard", POLICY, policy(Action="*"), "policy allows Action *"),
    ("no-wildcard", POLICY, policy(Action=["s3:GetObject", "s3:*"]), "allows Action s3:*"),
    ("no-wildcard", POLICY, policy(Resource="*"), "policy allows Resource *"),
    ("no-wildcard", POLICY, policy(Principal="*"), "policy allows everybody"),
    ("names-fit", BALANCER, {"name": "a" * 33}, "has 33 characters; AWS takes 32"),
    ("names-fit", "aws:iam/role:Role", {"name": "a" * 65}, "AWS takes 64"),
]
KEPT = [
    ("encrypted-at-rest", LAUNCH_TEMPLATE, template()),
    ("encrypted-at-rest", DATABASE, {"storage_encrypted": True}),
    ("encrypted-at-rest", LOGS, {}),
    ("encrypted-in-transit", LISTENER, SECURE),
    ("encrypted-in-transit", LISTENER, REDIRECT),
    ("closed-ports", INGRESS, rule(443, 443, cidr_ipv4="0.0.0.0/0")),
    ("closed-ports", INGRESS, rule(22, 22, cidr_ipv4="203.0.113.0/24")),
    ("closed-ports", INGRESS, rule(8000, 8000, referenced_security_group_id="sg-1")),
    ("closed-ports", EGRESS, rule(443, 443, cidr_ipv4="0.0.0.0/0")),
    ("private", DATABASE, {"publicly_accessible": False}),
    ("private", BLOCK, {**OPEN_BLOCK, "restrict_public_buckets": True}),
    ("metadata-by-token", LAUNCH_TEMPLATE, template()),
    ("tagged", LAUNCH_TEMPLATE, template()),
    ("tagged", GROUP, {"tags": group_tags()}),
    ("tagged", POLICY, {}),
    ("tagged", "random:index/randomId:RandomId", {}),
    ("logs-end", LOGS, {"retention_in_days": 7}),
    ("deletion-protected", BALANCER, {"enable_deletion_protection": True}),
    ("no-secret", DATABASE, {"manage_master_user_password": True, "password": None}),
    ("no-secret", LOGS, {"name": "https://example.com/a"}),
    ("no-wildcard", POLICY, policy()),
    ("no-wildcard", POLICY, policy(Effect="Deny", Action="*", Resource="*")),
    ("no-wildcard", POLICY, policy(Principal="*", Condition={"StringEquals": {}})),
    ("names-fit", BALANCER, {"name": "a" * 32}),
]


def problems(name: str, type_: str, inputs: dict[str, Any]) -> list[str]:
    return list(RULES[name](Candidate(type_, "it", inputs, protected_tier=True)))


@pytest.mark.parametrize(("name", "type_", "inputs", "words"), BROKEN)
def test_what_breaks_a_rule_is_named(
    name: str, type_: str, inputs: dict[str, Any], words: str
) -> None:
    [problem] = problems(name, type_, inputs) or [""]

    assert words in problem


@pytest.mark.parametrize(("name", "type_", "inputs"), KEPT)
def test_what_keeps_a_rule_passes(name: str, type_: str, inputs: dict[str, Any]) -> None:
    assert problems(name, type_, inputs) == []


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_rule_is_tried_both_ways_and_says_what_it_wants(name: str) -> None:
    assert name in {each[0] for each in BROKEN}
    assert name in {each[0] for each in KEPT}
    assert (RULES[name].__doc__ or "").endswith(".")


def test_plain_http_is_a_setting_of_tiers_whose_platform_has_no_certificate() -> None:
    allowed = Candidate(LISTENER, "listener", HTTP, plain_http=settings("dev").plain_http)

    assert list(RULES["encrypted-in-transit"](allowed)) == []


def test_a_policy_that_is_not_known_yet_cannot_pass() -> None:
    [problem] = problems("no-wildcard", POLICY, {"policy": object()})

    assert "cannot be judged" in problem


def test_only_protected_tiers_must_be_protected() -> None:
    free = Candidate(BALANCER, "it", {}, protected_tier=False)

    assert list(RULES["deletion-protected"](free)) == []
