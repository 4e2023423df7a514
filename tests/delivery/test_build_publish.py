"""`deliver publish` on the simulated cloud: each file once, under its digest, and proven there."""

import base64
import hashlib
import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.boot.stub_build import archived, compressed
from tests.cloud import Cloud
from tests.delivery.builder import HERE, Builder, bake, git
from tests.delivery.conftest import PROJECT, REGION

BUCKET = "artifacts-of-tests"
CONTRACT = {
    "schema": 1,
    "tier": "dev",
    "account": "123456789012",
    "region": REGION,
    "network": {
        "vpc_id": "vpc-0123456789abcdef0",
        "balancer_subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        "fleet_subnet_ids": ["subnet-0123456789abcdef0"],
        "fleet_public_ips": True,
    },
    "artifact_bucket": BUCKET,
    "log_bucket": "logs-of-tests",
    "alarm_topic_arn": f"arn:aws:sns:{REGION}:123456789012:alarms",
    "domain": None,
    "certificate_arn": None,
}


@dataclass(frozen=True)
class Made:
    """A build in dist/, of which only the manifest is real."""

    dist: Path
    sha256: str

    def path(self, end: str) -> Path:
        return self.dist / f"{self.sha256}.{end}"

    def keys(self) -> list[str]:
        return [f"builds/{PROJECT}/{self.sha256}.{end}" for end in ("tar.zst", "cdx.json", "json")]


class Shop:
    """A project, its builds, and the account that its platform is in."""

    def __init__(self, builder: Builder, cloud: Cloud) -> None:
        self.cloud = cloud
        self.s3: Any = cloud.client("s3")
        self._builder = builder.with_environment(**cloud.environment)
        self._dist = builder.project / "dist"
        self._head = git(builder.project, "rev-parse", "HEAD").strip()

    def make(self, content: bytes = b"", **changes: Any) -> Made:
        parts = b'{"bomFormat": "CycloneDX"}'
        manifest = {
            "schema": 1,
            "service": PROJECT,
            "version": "1.0.0",
            "commit": self._head,
            "dirty": False,
            "python": "3.13",
            "architecture": HERE,
            "platform": "x86_64-manylinux_2_34",
            "lock": "0" * 64,
            "sbom": hashlib.sha256(parts).hexdigest(),
            **changes,
        }
        told = json.dumps(manifest).encode()
        archive = compressed(archived({"lib/x": (content, 0), "manifest.json": (told, 0)}))
        made = Made(self._dist, hashlib.sha256(archive).hexdigest())
        self._dist.mkdir(exist_ok=True)
        made.path("tar.zst").write_bytes(archive)
        made.path("cdx.json").write_bytes(parts)
        made.path("json").write_bytes(told)
        return made

    def publish(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self._builder.deliver("publish", *words)

    def published(self, *words: str) -> dict[str, Any]:
        done = self.publish("--json", *words)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def refused(self, *words: str) -> str:
        """Publish in vain; give the one line that says why."""
        done = self.publish(*words)
        assert (done.returncode, done.stdout) == (1, ""), done.stderr
        lines = [line for line in done.stderr.splitlines() if not line.startswith("publish: ")]
        (line,) = lines
        return line

    def held(self) -> list[str]:
        found = self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return [each["Key"] for each in found]

    def puts(self) -> list[str]:
        """The keys of all uploads, in their order."""
        return [call.parameters["Key"] for call in self.cloud.calls.of("s3", "PutObject")]


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Builder:
    answers = [f"project={PROJECT}", f"region={REGION}"]
    return bake(tmp_path_factory.mktemp("builder"), answers)


@pytest.fixture
def shop(builder: Builder, cloud: Cloud) -> Iterator[Shop]:
    cloud.reset()
    cloud.client("s3").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    cloud.client("s3").put_bucket_versioning(
        Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"}
    )
    cloud.client("ssm").put_parameter(
        Name="/platform/dev", Type="String", Value=json.dumps(CONTRACT)
    )
    cloud.calls.clear()
    yield Shop(builder, cloud)
    for path in (builder.project / "dist").glob("*"):
        path.unlink()


def test_a_build_is_uploaded_once_and_its_manifest_last(shop: Shop) -> None:
    made = shop.make()

    first, again = shop.published(), shop.published()

    assert shop.puts() == made.keys()
    assert first["keys"] == first["uploaded"] == made.keys()
    assert again == {**first, "uploaded": []}
    for key, end in zip(made.keys(), ("tar.zst", "cdx.json", "json"), strict=True):
        head = shop.s3.head_object(Bucket=BUCKET, Key=key, ChecksumMode="ENABLED")
        content = made.path(end).read_bytes()
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        assert head["ChecksumSHA256"] == digest
        assert shop.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == content
    assert "nothing was uploaded" in shop.publish().stdout


def test_what_an_interrupted_publish_left_out_follows(shop: Shop) -> None:
    made = shop.make()
    with shop.cloud.faults.fail("s3", "PutObject", code="AccessDenied", nth=2):
        line = shop.refused()
    assert f"{made.keys()[1]} cannot be written" in line
    assert "AccessDenied" in line
    assert shop.held() == made.keys()[:1]

    assert shop.published()["uploaded"] == made.keys()[1:]


@pytest.mark.parametrize("times", [1, None])
def test_a_lost_answer_is_no_failure(shop: Shop, times: int | None) -> None:
    """What has arrived has arrived, whether the next try is answered or none is."""
    made = shop.make()
    archive = made.keys()[0]

    with shop.cloud.faults.lose(
        "s3", "PutObject", times=times, where=lambda given: given["Key"] == archive
    ) as fault:
        told = shop.published()

    assert fault.hits
    assert told["uploaded"] == made.keys()
    versions = shop.s3.list_object_versions(Bucket=BUCKET, Prefix=archive)["Versions"]
    assert len(versions) == 1


def test_somebody_elses_upload_at_the_same_time_is_waited_for(shop: Shop) -> None:
    made = shop.make()
    with shop.cloud.faults.fail("s3", "PutObject", code="ConditionalRequestConflict", times=2):
        assert shop.published()["uploaded"] == made.keys()


def test_what_cannot_be_looked_at_is_not_taken_for_absent(shop: Shop) -> None:
    made = shop.make()
    with shop.cloud.faults.fail("s3", "HeadObject", code="ServiceUnavailable", times=None):
        line = shop.refused()
    assert f"s3://{BUCKET}/{made.keys()[0]} cannot be looked at: " in line
    assert shop.puts() == []


def test_another_content_under_the_name_is_left_and_told(shop: Shop) -> None:
    made = shop.make()
    shop.s3.put_object(Bucket=BUCKET, Key=made.keys()[0], Body=b"other", ChecksumAlgorithm="SHA256")
    shop.cloud.calls.clear()

    line = shop.refused()

    assert f"s3://{BUCKET}/{made.keys()[0]} is there and has the SHA-256" in line
    assert shop.puts() == []


@pytest.mark.parametrize(
    ("end", "what"),
    [
        ("tar.zst", "its digest is "),
        ("json", "it is not the manifest in the archive"),
        ("cdx.json", "it is not the list of parts that the manifest names"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_not_uploaded(
    shop: Shop, end: str, what: str
) -> None:
    path = shop.make().path(end)
    path.write_bytes(path.read_bytes().replace(b'"', b"'", 1) + b"\n")
    if end == "json":
        path.write_bytes(path.read_bytes().replace(b"'", b'"'))

    line = shop.refused()

    assert line.startswith(f"error: {path}: {what}")
    assert shop.held() == []


def commit(shop: Shop) -> None:
    shop.make(commit="1" * 40)


def nothing(shop: Shop) -> None:
    pass


def two(shop: Shop) -> None:
    shop.make(b"1")
    shop.make(b"2")


def of_another_service(shop: Shop) -> None:
    shop.make(service="other")


def without_parts(shop: Shop) -> None:
    shop.make().path("cdx.json").unlink()


@pytest.mark.parametrize(
    ("made", "words", "said"),
    [
        (nothing, [], "dist/ has no build of commit"),
        (commit, [], "dist/ has no build of commit"),
        (commit, ["f" * 64], f"dist/ has no build whose digest begins with {'f' * 64}"),
        (two, [], "dist/ has several builds of commit"),
        (of_another_service, [], "it is a build of 'other', not of"),
        (without_parts, [], ".cdx.json, a part of that build."),
        (two, ["--tier", "prd"], "'prd' is no tier; did you mean prod?"),
    ],
)
def test_it_says_why_there_is_nothing_to_publish(
    shop: Shop, made: Callable[[Shop], None], words: list[str], said: str
) -> None:
    made(shop)

    assert said in shop.refused(*words)
    assert shop.held() == []


def test_a_bucket_may_be_named(shop: Shop) -> None:
    made = shop.make()
    shop.cloud.client("ssm").delete_parameter(Name="/platform/dev")
    assert "Parameter /platform/dev does not exist" in shop.refused()

    assert shop.published("--bucket", BUCKET, made.sha256[:8])["bucket"] == BUCKET
    assert shop.held() == sorted(made.keys())
