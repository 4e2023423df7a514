"""Each guardrail stops a real preview, in words that say what is wrong, where, and what to do.

The programs are a baked project's own, with one resource added as a team would add it; `up` could
only come later, so a preview that fails has made nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

import pulumi_aws as aws
import pytest
from pulumi.automation.errors import CommandError

from tests.cloud.lives.base import TRUST, document
from tests.cloud.sdk import load_sdk
from tests.delivery.conftest import PROJECT, Account
from tests.delivery.stacks import TierStack

pytestmark = pytest.mark.engine

type Tier = Any  # the baked project's
type Input = Any
EVERYTHING = document({"Effect": "Allow", "Action": "*", "Resource": "*"})


@dataclass(frozen=True)
class Mistake:
    """What a team might add, the rule against it, and words that help."""

    rule: str
    add: Callable[[Tier], object]  # takes the tier
    words: str


def template(tier: Tier, **changes: Input) -> None:
    given: dict[str, Any] = {
        "block_device_mappings": [{"device_name": "/dev/xvda", "ebs": {"encrypted": "true"}}],
        "metadata_options": {"http_tokens": "required", "http_put_response_hop_limit": 1},
        "tag_specifications": [
            {"resource_type": kind, "tags": tier.tags} for kind in ("volume", "network-interface")
        ],
        "tags": tier.tags,
    }
    aws.ec2.LaunchTemplate("added", **{**given, **changes})


def balancer(tier: Tier, **changes: Input) -> aws.lb.LoadBalancer:
    given: dict[str, Any] = {
        "name": "added",
        "subnets": tier.contract.network.balancer_subnet_ids,
        "access_logs": {"bucket": tier.contract.log_bucket, "enabled": True},
        "enable_deletion_protection": True,
        "tags": tier.tags,
    }
    return aws.lb.LoadBalancer("added", **{**given, **changes})


def old_tls(tier: Tier) -> None:
    aws.lb.Listener(
        "added-listener",
        load_balancer_arn=balancer(tier).arn,
        port=8443,
        protocol="HTTPS",
        certificate_arn=f"arn:aws:acm:{tier.contract.region}:123456789012:certificate/0123-abcd",
        ssl_policy="ELBSecurityPolicy-2016-08",
        default_actions=[{"type": "redirect", "redirect": {"status_code": "HTTP_301"}}],
        tags=tier.tags,
    )


def open_to_the_world(tier: Tier) -> None:
    group = aws.ec2.SecurityGroup(
        "group", vpc_id=tier.contract.network.vpc_id, description="added", tags=tier.tags
    )
    aws.vpc.SecurityGroupIngressRule(
        "added",
        security_group_id=group.id,
        ip_protocol="tcp",
        from_port=22,
        to_port=22,
        cidr_ipv4="0.0.0.0/0",
        tags=tier.tags,
    )


def not_quite_closed(tier: Tier) -> None:
    bucket = aws.s3.Bucket("bucket", tags=tier.tags)
    aws.s3.BucketPublicAccessBlock("added", bucket=bucket.id, block_public_acls=True)


def allowing_all(tier: Tier) -> None:
    role = aws.iam.Role("role", name="added", assume_role_policy=document(TRUST), tags=tier.tags)
    aws.iam.RolePolicy("added", role=role.name, policy=EVERYTHING)


def logs_behind_a_key(tier: Tier) -> None:
    bucket = aws.s3.Bucket("bucket", tags=tier.tags)
    aws.s3.BucketPublicAccessBlock(
        "closed",
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
    )
    aws.s3.BucketServerSideEncryptionConfiguration(
        "added",
        bucket=bucket.id,
        rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms"}}],
    )
    balancer(tier, access_logs={"bucket": bucket.id, "enabled": True})


MISTAKES = [
    Mistake(
        "encrypted-at-rest",
        partial(template, block_device_mappings=[{"device_name": "/dev/xvda", "ebs": {}}]),
        "added: disk /dev/xvda is not encrypted",
    ),
    Mistake("encrypted-in-transit", old_tls, "it must be one of TLS 1.2 or 1.3, such as ELBSec"),
    Mistake("closed-ports", open_to_the_world, "ports 22 to 22 are open to the world"),
    Mistake("private", not_quite_closed, "added: block_public_policy is not true"),
    Mistake(
        "metadata-by-token",
        partial(template, metadata_options={"http_put_response_hop_limit": 1}),
        "added: metadata_options.http_tokens is not required",
    ),
    Mistake(
        "tagged",
        lambda _tier: aws.cloudwatch.LogGroup("added", retention_in_days=7),
        "added: tags lack managed-by, repository, service, team, tier",
    ),
    Mistake(
        "logs-end",
        lambda tier: aws.cloudwatch.LogGroup("added", tags=tier.tags),
        "added: retention_in_days is not set, so lines stay forever",
    ),
    Mistake(
        "access-logged",
        partial(balancer, access_logs=None),
        "added: access_logs.enabled is not true",
    ),
    Mistake(
        "deletion-protected",
        partial(balancer, enable_deletion_protection=False),
        "added: enable_deletion_protection is not true in a protected tier",
    ),
    Mistake(
        "no-secret",
        lambda tier: aws.ssm.Parameter(
            "added",
            type="String",
            insecure_value="postgresql://app:hunter2@db/app",
            tags=tier.tags,
        ),
        "added: insecure_value has something in it that looks like a secret; let AWS make it",
    ),
    Mistake("no-wildcard", allowing_all, "added: policy allows Action *"),
    Mistake("names-fit", partial(balancer, name="b" * 33), "has 33 characters; AWS takes 32"),
    Mistake(
        "buckets-closed",
        lambda tier: aws.s3.Bucket("added", tags=tier.tags),
        "added: no s3.BucketPublicAccessBlock names it; add one",
    ),
    Mistake("log-buckets-writable", logs_behind_a_key, "added: sse_algorithm must be AES256"),
]


@pytest.fixture(scope="module")
def stack(account_of_module: Account) -> TierStack:
    """An empty tier that is protected."""
    # The program's own modules are in; what the additions use is loaded before the engine's thread.
    load_sdk(["cloudwatch", "ec2", "iam", "lb", "s3", "sns", "ssm", "vpc"])
    made = account_of_module.stack("test")
    made.configure({"protect": True})
    return made


def refused(stack: TierStack, *additions: Callable[[Tier], object]) -> list[str]:
    """Preview a tier with something added; give the lines of what is said to be wrong."""
    main = import_module("stack.program").main  # of the baked project

    def own(tier: Tier) -> None:
        for add in additions:
            add(tier)

    with pytest.raises(CommandError) as caught:
        stack.preview(program=lambda: main(own=own))
    said = str(caught.value).partition("Diagnostics:")[2].partition("Resources:")[0]
    return [line.strip().removeprefix("error: ") for line in said.splitlines() if line.strip()]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda each: each.rule)
def test_a_violation_fails_the_preview_in_words(stack: TierStack, mistake: Mistake) -> None:
    lines = refused(stack, mistake.add)

    assert not [line for line in lines if "Traceback" in line or line.startswith("File ")]
    told = {line for line in lines if f"(guardrail {mistake.rule})" in line if "added" in line}
    assert [line for line in told if mistake.words in line], lines
    advice = " ".join(lines)
    assert "Correct it; or, where it must be so, give the reason in" in advice
    assert f"Pulumi.test.yaml: {PROJECT}:exceptions, as <guardrail>/<resource>." in advice


@pytest.mark.usefixtures("baked")
def test_every_guardrail_is_tried() -> None:
    names = import_module("stack.guardrails").NAMES

    assert {mistake.rule for mistake in MISTAKES} == set(names)


def test_all_mistakes_are_told_by_one_preview(stack: TierStack) -> None:
    lines = refused(
        stack,
        lambda tier: aws.sns.Topic("first", tags=tier.tags),
        lambda tier: aws.cloudwatch.LogGroup("second", tags=tier.tags),
        lambda tier: aws.s3.Bucket("third", tags=tier.tags),
    )

    told = [line for line in lines if "(guardrail " in line]
    assert {line.partition(":")[0] for line in told} == {"first", "second", "third"}
