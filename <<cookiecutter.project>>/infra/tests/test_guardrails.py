from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from conftest import Deploy
from samples import contract, document, names, settings

from stack.guardrails import Guardrails
from stack.program import declare
from stack.refusal import Refused
from stack.tier import Tier

REASON = "Lines of an audit are kept forever by law."


def watched(program: Callable[[], Any], **exceptions: str) -> Callable[[], None]:
    """Run a program between guardrails."""
    table = {key.replace("__", "/").replace("_", "-"): why for key, why in exceptions.items()}

    def run() -> None:
        guardrails = Guardrails(
            table, "Pulumi.dev.yaml: orders:exceptions", protected_tier=False, plain_http=True
        )
        guardrails.watch()
        program()
        guardrails.close()

    return run


TAGS = dict.fromkeys(("service", "tier", "team", "repository", "managed-by"), "x")


def forever() -> None:
    aws.cloudwatch.LogGroup("audit", name="/audit", tags=TAGS)


def test_a_violation_is_refused_with_resource_problem_rule_and_way_out(deploy: Deploy) -> None:
    with pytest.raises(Refused) as caught:
        deploy(watched(forever))

    assert str(caught.value) == (
        "audit: retention_in_days is not set, so lines stay forever (guardrail logs-end). "
        "Correct it; or, where it must be so, give the reason in "
        "Pulumi.dev.yaml: orders:exceptions, as <guardrail>/<resource>."
    )


def test_all_problems_of_a_resource_are_told(deploy: Deploy) -> None:
    def program() -> None:
        aws.cloudwatch.LogGroup("audit", name="/audit")

    with pytest.raises(Refused) as caught:
        deploy(watched(program))

    assert [line.partition("(guardrail ")[2][:8] for line in caught.value.problems] == [
        "tagged).",
        "logs-end",
    ]


def test_an_exception_with_a_reason_lets_it_pass(deploy: Deploy) -> None:
    made = deploy(watched(forever, logs_end__audit=REASON))

    assert "audit" in made


def test_an_exception_is_for_one_resource_and_one_rule(deploy: Deploy) -> None:
    with pytest.raises(Refused, match="guardrail logs-end"):
        deploy(watched(forever, tagged__audit=REASON))


def test_an_exception_that_excuses_nothing_is_refused(deploy: Deploy) -> None:
    program = watched(forever, logs_end__audit=REASON, logs_end__other=REASON)

    with pytest.raises(Refused, match="logs-end/other excuses nothing"):
        deploy(program)


def test_a_preview_tells_the_problems_of_all_resources_at_once(
    deploy: Deploy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: True)

    def program() -> None:
        forever()
        aws.sns.Topic("news", tags=TAGS)
        aws.s3.Bucket("files", tags=TAGS)

    with pytest.raises(Refused) as caught:
        deploy(watched(program))

    told = [line.partition(":")[0] for line in caught.value.problems]
    assert told == ["audit", "news", "files"]


def test_what_excuses_nothing_is_told_with_the_rest(
    deploy: Deploy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: True)

    with pytest.raises(Refused) as caught:
        deploy(watched(forever, logs_end__other=REASON))

    assert "audit: retention_in_days is not set" in str(caught.value)
    assert "logs-end/other excuses nothing that is declared. Remove it." in str(caught.value)


def test_a_bucket_is_judged_with_what_is_declared_for_it(deploy: Deploy) -> None:
    def program(*, closed: bool) -> None:
        bucket = aws.s3.Bucket("files", bucket="orders-dev-files", tags=TAGS)
        aws.s3.BucketPublicAccessBlock(
            "files-closed",
            bucket=bucket.id if closed else "another",
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )

    assert "files" in deploy(watched(lambda: program(closed=True)))
    with pytest.raises(Refused, match=r"files: no s3\.BucketPublicAccessBlock names it"):
        deploy(watched(lambda: program(closed=False)))


def test_what_a_team_adds_to_its_tier_is_watched_too(deploy: Deploy) -> None:
    def own(tier: Tier) -> None:
        aws.sns.Topic("news", tags=tier.tags)

    with pytest.raises(Refused, match="news: kms_master_key_id is not set"):
        deploy(lambda: declare(names(), settings(), contract(), document(), own=own))


def test_what_guardrails_cannot_look_into_is_refused(deploy: Deploy) -> None:
    def program() -> None:
        options = aws.ec2.LaunchTemplateMetadataOptionsArgs(http_tokens="optional")
        aws.ec2.LaunchTemplate("template", metadata_options=options)

    with pytest.raises(Refused, match="LaunchTemplateMetadataOptionsArgs among its inputs"):
        deploy(watched(program))


def test_the_whole_stack_of_a_tier_is_watched(deploy: Deploy) -> None:
    exceptions = f'{{"logs-end/log-group": "{REASON}"}}'

    with pytest.raises(Refused, match="logs-end/log-group excuses nothing"):
        deploy(lambda: declare(names(), settings(exceptions=exceptions), contract(), document()))


def test_plain_http_can_be_forbidden(deploy: Deploy) -> None:
    with pytest.raises(Refused, match="listener: it answers plain HTTP, which the setting"):
        deploy(lambda: declare(names(), settings(plain_http="false"), contract(), document()))
