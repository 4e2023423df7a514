from typing import Any

import pytest

from stack.guardrails import WHOLE, Candidate
from stack.guardrails.buckets import BALANCER, BUCKET, WholeRule
from stack.guardrails.encryption import BUCKET_ENCRYPTION
from stack.guardrails.exposure import BLOCK

ID, NAME = object(), object()  # outputs of the bucket
FILES = Candidate(BUCKET, "files", {"bucket": "orders-files"}, outputs={"id": ID, "bucket": NAME})


def of_type(type_: str, bucket: object, **more: Any) -> Candidate:  # noqa: ANN401
    return Candidate(type_, "of-it", {"bucket": bucket, **more})


def ciphered(algorithm: str, bucket: object = ID) -> Candidate:
    rule = {"apply_server_side_encryption_by_default": {"sse_algorithm": algorithm}}
    return of_type(BUCKET_ENCRYPTION, bucket, rules=[rule])


def balancer(bucket: object) -> Candidate:
    return Candidate(BALANCER, "front", {"access_logs": {"bucket": bucket, "enabled": True}})


def found(rule: WholeRule, *stack: Candidate) -> list[str]:
    return [f"{candidate.name}: {problem}" for candidate, problem in rule(stack)]


@pytest.mark.parametrize("reference", [ID, NAME, "orders-files"])
def test_a_bucket_with_its_block_is_closed(reference: object) -> None:
    assert found(WHOLE["buckets-closed"], FILES, of_type(BLOCK, reference)) == []


@pytest.mark.parametrize("reference", [object(), "other-files", None])
def test_a_bucket_is_open_when_the_block_is_another_s(reference: object) -> None:
    [line] = found(WHOLE["buckets-closed"], FILES, of_type(BLOCK, reference))

    assert line.startswith("files: no s3.BucketPublicAccessBlock names it; add one")


def test_access_logs_do_not_go_where_a_kms_key_is() -> None:
    [line] = found(
        WHOLE["log-buckets-writable"], FILES, ciphered("aws:kms"), balancer("orders-files")
    )

    assert line.startswith("of-it: sse_algorithm must be AES256: front writes access logs into")


@pytest.mark.parametrize(
    "stack",
    [
        (ciphered("AES256"), balancer(ID)),
        (ciphered("aws:kms"), balancer("the-platform-s-logs")),
        (ciphered("aws:kms", bucket="other"), balancer(ID)),
        (balancer(ID),),
    ],
)
def test_any_other_bucket_may_have_a_key_and_a_log_bucket_s3_s_own(
    stack: tuple[Candidate, ...],
) -> None:
    assert found(WHOLE["log-buckets-writable"], FILES, *stack) == []


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_every_rule_says_what_it_wants(name: str) -> None:
    assert (WHOLE[name].__doc__ or "").endswith(".")
