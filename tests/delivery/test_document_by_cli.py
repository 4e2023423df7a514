"""`deliver init` and `deliver history` on the simulated cloud, with answers that are lost."""

import json
from typing import Any

import pytest

from tests.cloud import Cloud
from tests.delivery.builder import Builder, bake
from tests.delivery.conftest import PROJECT, REGION
from tests.delivery.documents import document
from tests.delivery.test_build_publish import BUCKET, CONTRACT

KEY = f"rollouts/{PROJECT}/dev.json"


@pytest.fixture(scope="module")
def baked_builder(tmp_path_factory: pytest.TempPathFactory) -> Builder:
    answers = [f"project={PROJECT}", f"region={REGION}"]
    return bake(tmp_path_factory.mktemp("builder"), answers)


@pytest.fixture
def builder(baked_builder: Builder, cloud: Cloud) -> Builder:
    cloud.reset()
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    cloud.client("ssm").put_parameter(
        Name="/platform/dev", Type="String", Value=json.dumps(CONTRACT)
    )
    return baked_builder.with_environment(**cloud.environment)


def told(builder: Builder, *words: str) -> dict[str, Any]:
    done = builder.deliver(*words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def versions(cloud: Cloud) -> int:
    found = cloud.client("s3").list_object_versions(Bucket=BUCKET, Prefix=KEY)
    return len(found.get("Versions", []))


def test_the_first_document_is_written_once(builder: Builder, cloud: Cloud) -> None:
    where = f"s3://{BUCKET}/{KEY}"

    assert told(builder, "init", "dev") == {"document": where, "written": True}
    assert told(builder, "init", "dev") == {"document": where, "written": False}
    assert versions(cloud) == 1


def test_a_lost_answer_is_no_second_document(builder: Builder, cloud: Cloud) -> None:
    """boto3 tries again by itself, and S3 refuses: the document is there, and is our own."""
    with cloud.faults.lose("s3", "PutObject", times=1) as fault:
        assert told(builder, "init", "dev")["written"]

    assert fault.hits
    assert versions(cloud) == 1


def test_the_history_tells_what_stood_when(builder: Builder, cloud: Cloud) -> None:
    assert told(builder, "history", "dev") == {"changes": []}
    told(builder, "init", "dev")
    for weights in ({1: 100}, {1: 50, 2: 50}):
        cloud.client("s3").put_object(
            Bucket=BUCKET, Key=KEY, Body=json.dumps(document(PROJECT, "dev", weights)).encode()
        )

    changes = told(builder, "history", "dev")["changes"]
    assert [each["weights"] for each in changes] == [{"v1": 50, "v2": 50}, {"v1": 100}, {}]
    assert [each["what"] for each in changes] == ["at rest", "at rest", "no release"]
    assert len(builder.deliver("history", "dev", "--last", "2").stdout.splitlines()) == 2


def test_a_platform_that_is_not_there_is_one_line(builder: Builder, cloud: Cloud) -> None:
    cloud.client("ssm").delete_parameter(Name="/platform/dev")

    done = builder.deliver("history", "dev")

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "/platform/dev" in done.stderr
