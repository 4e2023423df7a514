import base64
import json
from typing import Any

import pytest
from samples import settings

from stack.guardrails import RULES, Candidate
from stack.guardrails.encryption import LAUNCH_TEMPLATE

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
ACL = "aws:s3/bucketAcl:BucketAcl"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
CALL = "aws:lambda/permission:Permission"
FUNCTION = "aws:lambda/function:Function"
KEY = "aws:kms/key:Key"
MACHINE = "aws:ec2/instance:Instance"
OLD_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
PARAMETER = "aws:ssm/parameter:Parameter"
QUEUE = "aws:sqs/queue:Queue"
ROLE = "aws:iam/role:Role"
SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 a type
SEARCH = "aws:opensearch/domain:Domain"
SSE = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
TABLE = "aws:dynamodb/table:Table"
TOPIC = "aws:sns/topic:Topic"
URL = "aws:lambda/functionUrl:FunctionUrl"
SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"  # noqa: S105
MANAGED = "arn:aws:iam::aws:policy"
UNKNOWN = object()  # as an Output is: there, and not to be read


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


def rule(low: Any, high: Any, **more: Any) -> dict[str, Any]:  # noqa: ANN401
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
PLAIN_BUCKET = {"rules": [{"apply_server_side_encryption_by_default": {"sse_algorithm": "none"}}]}
ROOT = {"Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "kms:*", "Resource": "*"}
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
        "must be one of TLS 1.2 or 1.3",
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
    ("encrypted-at-rest", MACHINE, {"root_block_device": {}}, "root_block_device.encrypted is not"),
    ("encrypted-at-rest", SEARCH, {"encrypt_at_rest": UNKNOWN}, "encrypt_at_rest.enabled is not"),
    ("encrypted-at-rest", TOPIC, {}, "kms_master_key_id is not set; take alias/aws/sns"),
    ("encrypted-at-rest", QUEUE, {"sqs_managed_sse_enabled": False}, "sse_enabled is not true"),
    ("encrypted-at-rest", SSE, PLAIN_BUCKET, "sse_algorithm is none of AES256, aws:kms"),
    ("encrypted-at-rest", SSE, {"rules": UNKNOWN}, "sse_algorithm is none of AES256, aws:kms"),
    ("encrypted-in-transit", CACHE, {}, "transit_encryption_enabled is not true"),
    ("encrypted-in-transit", SUBSCRIPTION, {"protocol": "http"}, "take https"),
    (
        "encrypted-in-transit",
        "aws:cloudfront/distribution:Distribution",
        {"default_cache_behavior": {"viewer_protocol_policy": "allow-all"}},
        "default_cache_behavior.viewer_protocol_policy is neither",
    ),
    (
        "encrypted-in-transit",
        "aws:apigateway/domainName:DomainName",
        {"security_policy": "TLS_1_0"},
        "security_policy is not TLS_1_2",
    ),
    ("encrypted-in-transit", LISTENER, {"protocol": UNKNOWN}, "write the value itself"),
    ("encrypted-in-transit", LISTENER, {**SECURE, "ssl_policy": UNKNOWN}, "is not known yet"),
    ("encrypted-in-transit", LISTENER, {"protocol": "HTTP"}, "let it redirect to HTTPS"),
    ("closed-ports", INGRESS, rule(22, 22, cidr_ipv4="128.0.0.0/1"), "ports 22 to 22 are open"),
    ("closed-ports", INGRESS, rule(22, 22, cidr_ipv4=UNKNOWN), "range is not known before"),
    ("closed-ports", INGRESS, rule(UNKNOWN, 22, cidr_ipv4="0.0.0.0/0"), "from_port or to_port is"),
    (
        "closed-ports",
        OLD_RULE,
        rule(22, 22, type="ingress", cidr_blocks=["10.0.0.0/8", "0.0.0.0/0"]),
        "ports 22 to 22 are open",
    ),
    ("closed-ports", OLD_RULE, rule(80, 80, type="egress", ipv6_cidr_blocks=["::/0"]), "only 443"),
    ("private", DATABASE, {"publicly_accessible": UNKNOWN}, "cannot be judged"),
    ("private", ACL, {"acl": "public-read"}, "acl gives others rights"),
    ("private", URL, {"authorization_type": "NONE"}, "everybody can call it"),
    ("private", CALL, {"principal": "*"}, "everybody can call it"),
    ("private", "aws:rds/snapshot:Snapshot", {"shared_accounts": ["all"]}, "shares the data"),
    ("metadata-by-token", MACHINE, {"metadata_options": {"http_tokens": "required"}}, "hop_limit"),
    ("tagged", QUEUE, {"tags": UNKNOWN}, "tags is not known before it is made"),
    ("tagged", MACHINE, {"tags": TAGS}, "volume_tags lack"),
    ("logs-end", LOGS, {"retention_in_days": UNKNOWN}, "lines stay forever"),
    ("access-logged", BALANCER, {}, "access_logs.enabled is not true"),
    ("access-logged", BALANCER, {"access_logs": UNKNOWN}, "access_logs.enabled is not true"),
    ("deletion-protected", TABLE, {}, "deletion_protection_enabled is not true"),
    ("deletion-protected", "aws:s3/bucket:Bucket", {"force_destroy": True}, "force_destroy is"),
    ("deletion-protected", SECRET, {"recovery_window_in_days": 0}, "gone at once"),
    ("no-secret", DATABASE, {"password": UNKNOWN}, "manage_master_user_password"),
    ("no-secret", "random:index/randomPassword:RandomPassword", {}, "is kept in the state"),
    ("no-secret", PARAMETER, {"value": UNKNOWN}, "write others as insecure_value"),
    (
        "no-secret",
        FUNCTION,
        {"environment": {"variables": {"DATABASE_PASSWORD": "hunter2"}}},
        "environment.variables.DATABASE_PASSWORD holds",
    ),
    ("no-wildcard", POLICY, {"policy": UNKNOWN}, "names here are fixed"),
    ("no-wildcard", POLICY, {"policy": "{"}, "policy is no policy in JSON"),
    ("no-wildcard", POLICY, policy(Resource="arn:aws:s3:::*"), "allows Resource arn:aws:s3:::*"),
    ("no-wildcard", POLICY, policy(NotAction="iam:*"), "by NotAction; name what it allows"),
    ("no-wildcard", POLICY, policy(Principal={"AWS": "*"}), "policy allows everybody"),
    ("no-wildcard", POLICY, policy(**{**ROOT, "Resource": "arn:a"}), "allows Action kms:*"),
    (
        "no-wildcard",
        ROLE,
        {"managed_policy_arns": ["arn:aws:iam::aws:policy/AdministratorAccess"]},
        "allows nearly everything",
    ),
    ("no-wildcard", ROLE, {"inline_policies": [policy(Action="*")]}, "inline_policies.0.policy"),
    ("names-fit", QUEUE, {"name": "q" * 81}, "AWS takes 80"),
    ("names-fit", "aws:rds/instance:Instance", {"identifier": "d" * 64}, "identifier ddd"),
]
KEPT = [
    ("encrypted-at-rest", LAUNCH_TEMPLATE, template()),
    ("encrypted-at-rest", DATABASE, {"storage_encrypted": True}),
    ("encrypted-at-rest", LOGS, {}),
    ("encrypted-in-transit", LISTENER, SECURE),
    (
        "encrypted-in-transit",
        LISTENER,
        {**SECURE, "ssl_policy": "ELBSecurityPolicy-TLS13-1-3-2021-06"},
    ),
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
    ("tagged", "random:index/randomId:RandomId", {}),
    ("logs-end", LOGS, {"retention_in_days": 7}),
    ("deletion-protected", BALANCER, {"enable_deletion_protection": True}),
    ("no-secret", DATABASE, {"manage_master_user_password": True, "password": None}),
    ("no-secret", LOGS, {"name": "https://example.com/a"}),
    ("no-wildcard", POLICY, policy()),
    ("no-wildcard", POLICY, policy(Effect="Deny", Action="*", Resource="*")),
    ("no-wildcard", POLICY, policy(Principal="*", Condition={"StringEquals": {}})),
    ("names-fit", BALANCER, {"name": "a" * 32}),
    ("names-fit", BALANCER, {"name_prefix": "a"}),
    ("encrypted-at-rest", MACHINE, {"root_block_device": {"encrypted": True}}),
    ("encrypted-at-rest", QUEUE, {}),
    ("encrypted-at-rest", QUEUE, {"kms_master_key_id": UNKNOWN}),
    ("encrypted-at-rest", TOPIC, {"kms_master_key_id": "alias/aws/sns"}),
    ("encrypted-at-rest", TABLE, {}),
    ("encrypted-in-transit", CACHE, {"transit_encryption_enabled": True}),
    ("encrypted-in-transit", SUBSCRIPTION, {"protocol": "https"}),
    (
        "encrypted-in-transit",
        "aws:cloudfront/distribution:Distribution",
        {"default_cache_behavior": {"viewer_protocol_policy": "https-only"}},
    ),
    ("closed-ports", OLD_RULE, rule(22, 22, type="ingress", cidr_blocks=["203.0.113.0/24"])),
    ("closed-ports", INGRESS, rule(22, 22, cidr_ipv6="2001:db8::/32")),
    ("private", ACL, {"acl": "private"}),
    ("private", URL, {"authorization_type": "AWS_IAM"}),
    ("access-logged", BALANCER, {"access_logs": {"enabled": True}}),
    ("access-logged", BALANCER, {"access_logs": [{"enabled": True}]}),
    ("deletion-protected", TABLE, {"deletion_protection_enabled": True}),
    ("deletion-protected", SECRET, {}),
    ("no-secret", FUNCTION, {"environment": {"variables": {"LEVEL": "info", "DB": UNKNOWN}}}),
    ("no-secret", FUNCTION, {"environment": {"variables": {"DB_SECRET": f"{SECRET_ARN}"}}}),
    ("no-secret", PARAMETER, {"type": "String", "insecure_value": "1"}),
    ("no-wildcard", KEY, policy(**ROOT)),
    ("no-wildcard", POLICY, policy(Resource="arn:aws:logs:eu-west-1:1:log-group:/a/b:*")),
    ("no-wildcard", POLICY, {"policy": json.dumps({"Statement": {"Effect": "Deny"}})}),
    ("no-wildcard", ROLE, {"managed_policy_arns": [f"{MANAGED}/AmazonSSMManagedInstanceCore"]}),
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


def test_what_aws_gives_no_tags_needs_none() -> None:
    assert list(RULES["tagged"](Candidate(POLICY, "it", {}, taggable=False))) == []


def test_a_name_that_pulumi_will_make_must_fit_too() -> None:
    [problem] = RULES["names-fit"](Candidate(BALANCER, "a-name-that-is-too-long-by-one", {}))

    assert "AWS takes 32" in problem


def test_only_protected_tiers_must_be_protected() -> None:
    free = Candidate(BALANCER, "it", {}, protected_tier=False)

    assert list(RULES["deletion-protected"](free)) == []
