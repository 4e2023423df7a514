"""What `deliver` makes releases of, on the simulated cloud: builds, images, secrets, the past."""

import base64
import hashlib
import importlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.cloud import Cloud
from tests.delivery.builder import git
from tests.delivery.conftest import PROJECT, REGION
from tests.delivery.documents import document
from tests.delivery.stacks import Baked
from tests.delivery.test_build_publish import BUCKET, CONTRACT

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
NEWEST = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"
OTHER_ACCOUNT = "210987654321"
MISSING = "arn:aws:secretsmanager:us-west-2:123456789012:secret:shop-front/queue-AbCdEf"


def delivery(name: str) -> Any:
    """A module of the baked project."""
    return importlib.import_module(f"delivery.{name}")


def refusal(match: str = ".") -> Any:
    """Expect that the baked project refuses something."""
    refused = importlib.import_module("stack.refusal").Refused
    return pytest.raises(refused, match=match)


class Shop:
    """A baked project, its account, and its tiers as `deliver` finds them."""

    def __init__(self, baked: Baked, cloud: Cloud) -> None:
        self.project = baked.infra.parent
        self.cloud = cloud
        self.s3: Any = cloud.client("s3")

    def place(self, tier: str = "dev", settings: Mapping[str, object] | None = None) -> Any:
        """The tier, with settings of its own."""

        found = delivery("place").place_of(self.project, tier)
        changed = {**found.settings.model_dump(), **(settings or {})}
        return replace(found, settings=type(found.settings).model_validate(changed))

    def publish(self, seed: str = "a", **changes: object) -> str:
        archive = f"archive {seed}".encode()
        digest = hashlib.sha256(archive)
        manifest = {
            "schema": 1,
            "service": PROJECT,
            "version": f"1.0.0+{seed}",
            "commit": git(self.project, "rev-parse", "HEAD").strip(),
            "dirty": False,
            "python": "3.13",
            "architecture": "x86_64",
            "platform": "x86_64-manylinux_2_34",
            "lock": "0" * 64,
            "sbom": "0" * 64,
            **changes,
        }
        files = {"tar.zst": archive, "cdx.json": b"{}", "json": json.dumps(manifest).encode()}
        for end, body in files.items():
            checked = base64.b64encode(hashlib.sha256(body).digest()).decode()
            self.s3.put_object(
                Bucket=BUCKET,
                Key=f"builds/{PROJECT}/{digest.hexdigest()}.{end}",
                Body=body,
                ChecksumAlgorithm="SHA256",
                ChecksumSHA256=checked,
            )
        return digest.hexdigest()

    def release(self, seed: str = "a", settings: Mapping[str, object] | None = None) -> Any:
        """The release that a build gives with these settings."""

        place = self.place(settings=settings)
        found = delivery("builds.builds").find(place, self.publish(seed))
        return delivery("releases.releasing").content(place, found.sha256, found.manifest, NOW)

    def refused(self, settings: Mapping[str, object] | None = None) -> list[str]:
        with refusal() as caught:
            self.release(settings=settings)
        return str(caught.value).splitlines()

    def write(self, tier: str, releases: Mapping[str, Any], weights: Mapping[str, int]) -> None:
        """Another version of a tier's document."""
        content = {
            **document(PROJECT, tier, {}),
            "releases": {
                name: each.model_dump(mode="json") if hasattr(each, "model_dump") else each
                for name, each in releases.items()
            },
            "weights": weights,
        }
        key = f"rollouts/{PROJECT}/{tier}.json"
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(content).encode())


@pytest.fixture
def shop(baked: Baked, cloud: Cloud, environment: Mapping[str, str]) -> Shop:
    assert environment["AWS_ENDPOINT_URL"] == cloud.endpoint
    cloud.reset()
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for tier in ("dev", "test", "stage", "prod"):
        contract = {**CONTRACT, "tier": tier, "account": cloud.account}
        cloud.client("ssm").put_parameter(
            Name=f"/platform/{tier}", Type="String", Value=json.dumps(contract)
        )
    return Shop(baked, cloud)


def newest(cloud: Cloud, architecture: str) -> str:
    found = cloud.client("ssm").get_parameter(Name=f"{NEWEST}{architecture}")
    return str(found["Parameter"]["Value"])


def test_a_release_takes_the_newest_image_and_the_current_secrets(shop: Shop) -> None:
    secrets = shop.cloud.client("secretsmanager")
    first = secrets.create_secret(Name=f"{PROJECT}/database", SecretString="one")
    own = {"secrets": {"DATABASE_URL": first["ARN"]}}

    one = shop.release(settings=own)
    second = secrets.put_secret_value(SecretId=first["ARN"], SecretString="two")
    other = shop.release(settings=own)

    assert one.image == newest(shop.cloud, "x86_64")
    assert one.secrets["DATABASE_URL"].version == first["VersionId"]
    assert other.secrets["DATABASE_URL"].version == second["VersionId"]
    assert "one" not in one.model_dump_json()
    assert not shop.cloud.calls.of(service="secretsmanager", operation="GetSecretValue")

    told = delivery("releases.difference")
    assert told.as_lines(told.differences(one, other, shop.project)) == [
        f"secret       DATABASE_URL: {first['VersionId'][:8]} -> {second['VersionId'][:8]}"
    ]


def test_a_team_may_have_an_image_of_its_own(shop: Shop) -> None:
    image = newest(shop.cloud, "x86_64")
    shop.cloud.client("ssm").put_parameter(Name="/images/base", Type="String", Value=image)

    assert shop.release(settings={"image": "/images/base"}).image == image
    [line] = shop.refused({"image": newest(shop.cloud, "arm64")})
    assert "is for arm64, the builds are for x86_64" in line


def test_what_is_missing_is_told_at_once(shop: Shop) -> None:
    image, secret = shop.refused({"image": "/images/none", "secrets": {"QUEUE_URL": MISSING}})

    assert image.startswith("Parameter /images/none, which should name the image, does not exist")
    assert secret.startswith(f"Secret QUEUE_URL does not exist in {REGION}: {MISSING}.")


def test_what_may_not_be_read_is_one_line(shop: Shop) -> None:
    with shop.cloud.faults.fail("ec2", "DescribeImages", code="UnauthorizedOperation"):
        [line] = shop.refused()
    assert "cannot be read: " in line
    assert "UnauthorizedOperation" in line


def test_a_former_release_is_made_again_only_from_what_is_still_there(shop: Shop) -> None:
    secrets = shop.cloud.client("secretsmanager")
    made = secrets.create_secret(Name=f"{PROJECT}/database", SecretString="one")
    former = shop.release(settings={"secrets": {"DATABASE_URL": made["ARN"]}})
    for value in ("two", "three"):
        secrets.put_secret_value(SecretId=made["ARN"], SecretString=value)
    place = shop.place()
    delivery("releases.releasing").check_still_there(place, former)

    secrets.delete_secret(SecretId=made["ARN"])
    sha256 = former.build.sha256
    shop.s3.delete_object(Bucket=BUCKET, Key=f"builds/{PROJECT}/{sha256}.tar.zst")
    with refusal() as caught:
        delivery("releases.releasing").check_still_there(place, former)

    build, secret = str(caught.value).splitlines()
    assert f"{sha256}.tar.zst is not there" in build
    assert secret.startswith("Secret DATABASE_URL is about to be deleted: ")


def test_a_build_is_found_by_commit_and_proven_by_its_checksum(shop: Shop) -> None:
    place = shop.place()
    sha256 = shop.publish()
    for word in (None, sha256[:8], "HEAD", "1.0.0+a"):
        assert delivery("builds.builds").find(place, word).sha256 == sha256

    key = f"builds/{PROJECT}/{sha256}.tar.zst"
    shop.s3.put_object(Bucket=BUCKET, Key=key, Body=b"another", ChecksumAlgorithm="SHA256")
    with refusal("is there and has the SHA-256"):
        delivery("builds.builds").find(place, sha256)


def test_prod_takes_what_is_live_in_stage(shop: Shop) -> None:
    release = shop.release()
    prod = shop.place("prod")
    with refusal("stage has no release yet"):
        delivery("releases.promoting").promoted(prod)

    shop.write("stage", {"v1": release}, {"v1": 100})

    assert delivery("releases.promoting").promoted(prod).sha256 == release.build.sha256
    with refusal("is not live in stage"):
        delivery("releases.promoting").check_promotion(prod, "f" * 64)


def test_prod_in_an_account_of_its_own_needs_no_other_credentials(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bucket's policy is that of the platform: other accounts read it, and list it."""
    release = shop.release()
    shop.write("stage", {"v1": release}, {"v1": 100})
    other = shop.cloud.account_of(OTHER_ACCOUNT)
    everybody = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}}
    arn = f"arn:aws:s3:::{BUCKET}"
    read = {"Action": ["s3:GetObject", "s3:GetObjectVersion"], "Resource": f"{arn}/*"}
    listed = {"Action": ["s3:ListBucket", "s3:ListBucketVersions"], "Resource": arn}
    policy = {
        "Version": "2012-10-17",
        "Statement": [{**everybody, **read}, {**everybody, **listed}],
    }
    shop.s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))
    contract = {**CONTRACT, "tier": "prod", "account": OTHER_ACCOUNT}
    other.client("ssm").put_parameter(
        Name="/platform/prod", Type="String", Value=json.dumps(contract)
    )
    for name, value in other.environment.items():
        monkeypatch.setenv(name, value)
    shop.cloud.calls.clear()

    prod = shop.place("prod")
    sha256 = delivery("releases.promoting").promoted(prod).sha256
    assert delivery("builds.builds").find(prod, sha256).manifest.version == "1.0.0+a"

    assert {each.access_key for each in shop.cloud.calls} == {
        other.environment["AWS_ACCESS_KEY_ID"]
    }


def test_the_way_back_leads_past_what_was_undone(shop: Shop) -> None:
    """The bucket lists versions with the newest first, also those of one second."""

    contents = [shop.release(seed) for seed in ("good", "bad", "good", "better")]
    for number, release in enumerate(contents, 1):
        shop.write("dev", {f"v{number}": release}, {f"v{number}": 100})
    place = shop.place()
    observed = delivery("deciding.observed").Observed(now=NOW, weights={"v4": 100}, fleets={})

    back = delivery("releases.going_back").way_back(place, place.store.read().document, observed)

    assert (back.way, back.name) == ("release", "v3")
    assert back.content.build.version == "1.0.0+good"
