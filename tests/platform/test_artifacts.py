"""The artifact bucket: what it keeps, who may read it."""

import json
from collections.abc import Callable
from typing import Any

from tests.platform.recorder import ACCOUNT, REGION, Declaration

Account = Callable[..., Declaration]
BUCKET = f"slipway-artifacts-{ACCOUNT}-{REGION}"


def rules(made: Declaration) -> dict[str, Any]:
    """The lifecycle rules, by name."""
    return {rule["id"]: rule for rule in made.the("s3.BucketLifecycleConfiguration")["rules"]}


def statements(made: Declaration) -> dict[str, Any]:
    """The statements of the bucket's policy, by name."""
    policy = json.loads(made.the("s3.BucketPolicy")["policy"])
    return {statement["Sid"]: statement for statement in policy["Statement"]}


def test_bucket_has_the_documented_name(account: Account) -> None:
    assert account().the("s3.Bucket")["bucket"] == BUCKET
    made = account(prefix="acme-shop")
    assert made.the("s3.Bucket")["bucket"] == f"acme-shop-artifacts-{ACCOUNT}-{REGION}"


def test_bucket_keeps_versions(account: Account) -> None:
    status = account().the("s3.BucketVersioning")["versioningConfiguration"]["status"]
    assert status == "Enabled"


def test_nothing_current_ever_expires(account: Account) -> None:
    for rule in rules(account()).values():
        assert "transitions" not in rule
        assert set(rule.get("expiration", {})) <= {"expiredObjectDeleteMarker"}


def test_failed_uploads_are_cleared_everywhere(account: Account) -> None:
    rule = rules(account())["failed-uploads"]
    assert rule["filter"] == {"prefix": ""}
    assert rule["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}


def test_former_versions_expire_builds_before_documents(account: Account) -> None:
    found = rules(account(deleted_build_days="10", history_days="500"))
    assert found["deleted-builds"]["filter"] == {"prefix": "builds/"}
    assert found["deleted-builds"]["noncurrentVersionExpiration"] == {"noncurrentDays": 10}
    assert found["document-history"]["filter"] == {"prefix": "rollouts/"}
    assert found["document-history"]["noncurrentVersionExpiration"] == {"noncurrentDays": 500}


def test_no_other_account_gets_in_by_itself(account: Account) -> None:
    assert set(statements(account())) == {"TlsOnly"}


def test_listed_accounts_read_all_and_write_documents_only(account: Account) -> None:
    found = statements(account(tier_accounts='["210987654321", "012345678901"]'))
    granted = [one for one in found.values() if one["Effect"] == "Allow"]
    others = {"AWS": [f"arn:aws:iam::{number}:root" for number in ("210987654321", "012345678901")]}
    assert all(one["Principal"] == others for one in granted)
    arn = f"arn:aws:s3:::{BUCKET}"
    assert found["TierAccountsRead"]["Resource"] == f"{arn}/*"
    writes = [one for one in granted if "s3:PutObject" in one["Action"]]
    assert [one["Resource"] for one in writes] == [f"{arn}/rollouts/*"]
    assert not any("Delete" in str(one["Action"]) for one in granted)


def test_account_publishes_its_bucket(account: Account) -> None:
    parameter = account().the("ssm.Parameter")
    assert parameter["name"] == "/platform/account"
    assert json.loads(parameter["insecureValue"]) == {
        "schema": 1,
        "account": ACCOUNT,
        "region": REGION,
        "artifact_bucket": BUCKET,
    }
