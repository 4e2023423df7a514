"""What holds for every bucket of the platform."""

import json
from collections.abc import Callable

import pytest
from platform_parts.place import Place

from tests.platform.recorder import ACCOUNT, Declaration

# The longest names that settings and AWS admit.
PREFIX = "p" * 20
REGION = "ap-southeast-1"


@pytest.fixture(params=["account", "dev", "prod"])
def made(request: pytest.FixtureRequest) -> Declaration:
    """A program with a bucket."""
    if request.param == "account":
        return request.getfixturevalue("account")()
    run: Callable[..., Declaration] = request.getfixturevalue("tier")
    return run(request.param)


def test_public_access_is_blocked_in_all_four_ways(made: Declaration) -> None:
    block = made.the("s3.BucketPublicAccessBlock")
    ways = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    assert all(block[way] is True for way in ways)


def test_objects_are_encrypted_and_owned_by_the_bucket(made: Declaration) -> None:
    [rule] = made.the("s3.BucketServerSideEncryptionConfiguration")["rules"]
    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}
    assert made.the("s3.BucketOwnershipControls")["rule"] == {
        "objectOwnership": "BucketOwnerEnforced"
    }


def test_everything_is_denied_without_tls(made: Declaration) -> None:
    policy = json.loads(made.the("s3.BucketPolicy")["policy"])
    arn = f"arn:aws:s3:::{made.the('s3.Bucket')['bucket']}"
    [denied] = [one for one in policy["Statement"] if one["Effect"] == "Deny"]
    assert denied["Principal"] == "*"
    assert denied["Action"] == "s3:*"
    assert denied["Resource"] == [arn, f"{arn}/*"]
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_every_part_is_of_the_one_bucket(made: Declaration) -> None:
    name = made.the("s3.Bucket")["bucket"]
    parts = [one for one in made.resources if one.type.startswith("s3.Bucket")]
    assert len(parts) >= 6
    assert {one.inputs["bucket"] for one in parts} == {name}


def test_longest_names_fit_a_bucket() -> None:
    from account.artifacts import artifact_bucket_name  # noqa: PLC0415
    from tier.logs import log_bucket_name  # noqa: PLC0415

    place = Place(account=ACCOUNT, region=REGION, partition="aws")
    assert len(artifact_bucket_name(PREFIX, place)) <= 63
    assert len(log_bucket_name(PREFIX, "stage", place)) <= 63
