"""The bootstrap: makes a closed bucket and a key, once; its two lines work with the real engine."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.bootstrap import BootstrapError, State, bootstrap
from tests.cloud import Cloud
from tools.engine import Engine

ROOT = Path(__file__).parents[2]
ACCOUNT = "123456789012"
BUCKET = f"slipway-state-{ACCOUNT}-eu-west-1"
# What reads, in the words that boto3's operations begin with.
READS = ("Get", "Head", "Describe", "List")


@pytest.fixture(scope="module")
def one_cloud() -> Iterator[Cloud]:
    """The cloud of this module."""
    with Cloud.start() as running:
        yield running


@pytest.fixture
def cloud(one_cloud: Cloud) -> Cloud:
    """It, empty."""
    one_cloud.reset()
    return one_cloud


@pytest.fixture
def run(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[State, list[str]]]:
    """Bootstrap; answers with what it made and the calls it made to AWS."""

    def bootstrapped(region: str = "eu-west-1", prefix: str = "slipway") -> tuple[State, list[str]]:
        monkeypatch.setenv("AWS_ENDPOINT_URL", cloud.endpoint)
        session = boto3.Session(
            region_name=region,
            aws_access_key_id=cloud.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=cloud.environment["AWS_SECRET_ACCESS_KEY"],
        )
        calls: list[str] = []
        session.events.register(
            "before-call", lambda model, **_: calls.append(model.name), unique_id="record"
        )
        return bootstrap(session, prefix, print), calls

    return bootstrapped


def test_bucket_is_closed(cloud: Cloud, run: Callable[..., Any]) -> None:
    state, _ = run()
    s3 = cloud.client("s3")
    assert state.bucket == BUCKET
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    block = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    assert len(block) == 4
    owner = s3.get_bucket_ownership_controls(Bucket=BUCKET)["OwnershipControls"]
    assert owner["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    policy = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])
    [denied] = policy["Statement"]
    assert denied["Effect"] == "Deny"
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert denied["Resource"] == [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]


def test_former_states_go_and_current_ones_never(cloud: Cloud, run: Callable[..., Any]) -> None:
    run()
    rules = cloud.client("s3").get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    [rule] = rules
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}
    assert "Expiration" not in rule


def test_key_is_rotated(cloud: Cloud, run: Callable[..., Any]) -> None:
    state, _ = run()
    kms = cloud.client("kms")
    key = kms.describe_key(KeyId=state.alias)["KeyMetadata"]
    assert key["KeyState"] == "Enabled"
    assert kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"] is True


def test_second_run_changes_nothing(run: Callable[..., Any]) -> None:
    first, _ = run()
    second, calls = run()
    assert second == first
    assert [call for call in calls if not call.startswith(READS)] == []


def test_what_is_missing_is_put_right_and_what_was_added_stays(
    cloud: Cloud, run: Callable[..., Any]
) -> None:
    run()
    s3 = cloud.client("s3")
    own = {
        "Sid": "Audit",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
        "Action": "s3:ListBucket",
        "Resource": f"arn:aws:s3:::{BUCKET}",
    }
    s3.put_bucket_policy(
        Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [own]})
    )
    s3.delete_public_access_block(Bucket=BUCKET)
    run()
    policy = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])
    assert [one["Sid"] for one in policy["Statement"]] == ["Audit", "TlsOnly"]
    assert s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]


def test_oldest_region_works_too(cloud: Cloud, run: Callable[..., Any]) -> None:
    state, _ = run("us-east-1")
    assert state.bucket == f"slipway-state-{ACCOUNT}-us-east-1"
    assert cloud.client("s3").head_bucket(Bucket=state.bucket)


def test_key_that_is_being_deleted_is_told(cloud: Cloud, run: Callable[..., Any]) -> None:
    state, _ = run()
    kms = cloud.client("kms")
    key = kms.describe_key(KeyId=state.alias)["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=key)
    with pytest.raises(BootstrapError, match=r"is PendingDeletion; .*cancel-key-deletion"):
        run()


@pytest.mark.parametrize("prefix", ["Acme", "a" * 21, "", "acme-", "acme shop"])
def test_bad_prefix_is_refused(run: Callable[..., Any], prefix: str) -> None:
    with pytest.raises(BootstrapError, match="--prefix is "):
        run(prefix=prefix)


def command(cloud: Cloud, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it as the README says."""
    return subprocess.run(
        [sys.executable, "-m", "infra.bootstrap", *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **cloud.environment, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_command_prints_two_lines(cloud: Cloud) -> None:
    answer = command(cloud, "--region", "eu-west-1", "--prefix", "acme")
    assert answer.returncode == 0, answer.stderr
    bucket = f"acme-state-{ACCOUNT}-eu-west-1"
    where = "?region=eu-west-1&awssdk=v2"
    assert answer.stdout.splitlines() == [
        f"pulumi login 's3://{bucket}{where}'",
        f"pulumi stack init <stack> --secrets-provider 'awskms://alias/acme-state{where}'",
    ]


def test_command_says_in_one_line_what_is_wrong(cloud: Cloud) -> None:
    answer = command(cloud, AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="1")
    assert answer.returncode == 1
    assert answer.stdout == ""
    [line] = answer.stderr.splitlines()
    assert line.startswith("error: ")


@pytest.mark.engine
@pytest.mark.slow
def test_engine_keeps_state_and_secrets_there(
    cloud: Cloud, engine: Engine, run: Callable[..., Any], tmp_path: Path
) -> None:
    state, _ = run()
    (tmp_path / "Pulumi.yaml").write_text("name: tried\nruntime: python\n")
    environment = {
        **engine.environment,
        **cloud.environment,
        "HOME": str(tmp_path),
        "PULUMI_HOME": str(tmp_path / "home"),
        # A bucket's own host name is for AWS; here the bucket stands in the path.
        "PULUMI_BACKEND_URL": f"{state.login}&s3ForcePathStyle=true",
    }
    for words in (
        ("stack", "init", "dev", "--secrets-provider", state.secrets_provider),
        ("config", "set", "--secret", "password", "swordfish"),
    ):
        subprocess.run(
            ["pulumi", *words, "--non-interactive"], cwd=tmp_path, env=environment, check=True
        )
    written = (tmp_path / "Pulumi.dev.yaml").read_text()
    assert "encryptedkey:" in written
    assert "swordfish" not in written
    found = cloud.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    assert any(one["Key"].endswith("tried/dev.json") for one in found)


def test_readme_shows_the_lines_that_it_prints() -> None:
    text = (ROOT / "infra/README.md").read_text()
    state = State(bucket=BUCKET, alias="alias/slipway-state", region="eu-west-1", profile=None)
    assert f"pulumi login '{state.login}'" in text
    assert f"pulumi stack init main --secrets-provider '{state.secrets_provider}'" in text
    assert ".venv/bin/python -m infra.bootstrap --region eu-west-1" in text
