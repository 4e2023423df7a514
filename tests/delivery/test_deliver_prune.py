"""`deliver prune` on the simulated cloud: only what nobody needs, and never by half."""

import hashlib
import json
from typing import Any

import pytest

from tests.cloud import Cloud
from tests.delivery.builder import Builder, bake
from tests.delivery.conftest import PROJECT, REGION
from tests.delivery.documents import document
from tests.delivery.test_build_publish import BUCKET, CONTRACT

TIERS = ("dev", "test", "stage", "prod")
PUBLISHED = "2026-10-01T12:00:00Z"
NOW = "2026-11-20T12:00:00Z"


@pytest.fixture(scope="module")
def baked_builder(tmp_path_factory: pytest.TempPathFactory) -> Builder:
    answers = [f"project={PROJECT}", f"region={REGION}"]
    return bake(tmp_path_factory.mktemp("builder"), answers)


class Shop:
    """A project with builds and documents in the bucket of its platform."""

    def __init__(self, builder: Builder, cloud: Cloud) -> None:
        self.cloud = cloud
        self.s3: Any = cloud.client("s3")
        self._builder = builder.with_environment(**cloud.environment)

    def publish(self, seed: str) -> str:
        archive = seed.encode()
        sha256 = hashlib.sha256(archive).hexdigest()
        manifest = {
            "schema": 1,
            "service": PROJECT,
            "version": f"1.0.0+{seed}",
            "commit": "c" * 40,
            "dirty": False,
            "python": "3.13",
            "architecture": "arm64",
            "platform": "aarch64-manylinux_2_34",
            "lock": "0" * 64,
            "sbom": "0" * 64,
        }
        files = {"tar.zst": archive, "cdx.json": b"{}", "json": json.dumps(manifest).encode()}
        for end, body in files.items():
            self.s3.put_object(Bucket=BUCKET, Key=f"builds/{PROJECT}/{sha256}.{end}", Body=body)
        return sha256

    def live(self, tier: str, number: int, sha256: str) -> None:
        """Have a release of this build take all the traffic."""
        content = document(PROJECT, tier, {number: 100}, builds={number: sha256})
        self.s3.put_object(
            Bucket=BUCKET,
            Key=f"rollouts/{PROJECT}/{tier}.json",
            Body=json.dumps(content).encode(),
        )

    def held(self) -> set[str]:
        """The builds of which anything is there."""
        found = self.s3.list_objects_v2(Bucket=BUCKET, Prefix="builds/").get("Contents", [])
        return {each["Key"].rpartition("/")[2][:64] for each in found}

    def pruned(self, *words: str) -> dict[str, Any]:
        done = self._builder.deliver("prune", "--json", *words)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def said(self, *words: str) -> tuple[int, str, str]:
        done = self._builder.deliver("prune", *words)
        return done.returncode, done.stdout, done.stderr


@pytest.fixture
def shop(baked_builder: Builder, cloud: Cloud) -> Shop:
    cloud.reset()
    cloud.clock.set(PUBLISHED)
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for tier in TIERS:
        cloud.client("ssm").put_parameter(
            Name=f"/platform/{tier}", Type="String", Value=json.dumps({**CONTRACT, "tier": tier})
        )
    return Shop(baked_builder, cloud)


def test_what_is_shown_is_what_goes_and_can_be_brought_back(shop: Shop) -> None:
    former, live, unused = (shop.publish(each) for each in ("former", "live", "unused"))
    shop.live("prod", 1, former)
    shop.live("prod", 2, live)
    shop.cloud.clock.set(NOW)
    young = shop.publish("young")

    shown = shop.pruned()
    assert not shown["deleted"]
    assert [each["sha256"] for each in shown["builds"]] == [unused]
    assert (shown["used"], shown["young"]) == (2, 1)
    assert shop.held() == {former, live, unused, young}

    gone = shop.pruned("--yes")
    assert gone == {**shown, "deleted": True}
    assert shop.held() == {former, live, young}

    key = f"builds/{PROJECT}/{unused}.tar.zst"
    versions = shop.s3.list_object_versions(Bucket=BUCKET, Prefix=key)
    assert len(versions["Versions"]) == 1
    shop.s3.delete_object(
        Bucket=BUCKET, Key=key, VersionId=versions["DeleteMarkers"][0]["VersionId"]
    )
    assert shop.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"unused"


def test_releases_beyond_the_last_ones_lose_their_builds(shop: Shop) -> None:
    made = [shop.publish(f"{n}") for n in range(1, 5)]
    for number, sha256 in enumerate(made, 1):
        shop.live("dev", number, sha256)
    shop.cloud.clock.set(NOW)

    assert [each["sha256"] for each in shop.pruned("--releases", "3")["builds"]] == made[:1]
    assert shop.pruned()["builds"] == []


def test_a_tier_that_cannot_be_read_keeps_everything(shop: Shop) -> None:
    shop.publish("unused")
    shop.cloud.clock.set(NOW)
    shop.cloud.client("ssm").delete_parameter(Name="/platform/stage")

    code, out, told = shop.said("--yes")

    assert (code, out) == (1, "")
    assert "stage cannot be read, and may need any build; nothing is pruned." in told
    assert "Parameter /platform/stage does not exist" in told
    assert len(shop.held()) == 1


def test_a_document_that_may_not_be_read_keeps_everything(shop: Shop) -> None:
    shop.publish("unused")
    shop.cloud.clock.set(NOW)
    prod = f"rollouts/{PROJECT}/prod.json"

    with shop.cloud.faults.fail(
        "s3", "GetObject", code="AccessDenied", where=lambda given: given["Key"] == prod
    ):
        code, _, told = shop.said("--yes")

    assert code == 1
    assert f"{prod} cannot be read" in told
    assert len(shop.held()) == 1


def test_pruning_that_failed_in_the_middle_goes_on_where_it_was(shop: Shop) -> None:
    unused = shop.publish("unused")
    shop.cloud.clock.set(NOW)
    with shop.cloud.faults.fail("s3", "DeleteObject", code="AccessDenied", nth=2):
        code, _, told = shop.said("--yes")
    assert code == 1
    assert f"{unused}.cdx.json cannot be deleted: " in told

    [again] = shop.pruned("--yes")["builds"]
    assert (again["sha256"], again["version"]) == (unused, None)
    assert shop.held() == set()
    code, out, _ = shop.said()
    assert (code, out) == (0, "Nothing to prune; 0 in use and 0 younger than 14 days stay.\n")
