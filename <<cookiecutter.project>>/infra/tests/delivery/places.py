"""Tiers for tests that releases are made for: files, account and bucket without AWS."""

import hashlib
import json
import subprocess
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from fake_account import FakeAccount
from fake_bucket import START, FakeBucket
from samples import SECRET, SECRET_VERSION, contract, document_data, names, settings

from delivery.place import Place
from delivery.releases.images import NEWEST

IMAGE = "ami-0123456789abcdef0"


@dataclass
class Cloud(FakeAccount):
    """An account with images, secrets, and an artifact bucket."""

    bucket: FakeBucket = field(default_factory=FakeBucket)

    def __post_init__(self) -> None:
        """Have what is right."""
        super().__init__({f"{NEWEST}arm64": IMAGE})
        self.parameters = self._parameters
        self.images: dict[str, dict[str, Any]] = {IMAGE: image()}
        self.secrets: dict[str, dict[str, Any]] = {
            SECRET: {"VersionIdsToStages": {SECRET_VERSION: ["AWSCURRENT"]}}
        }
        self.deprecated: list[str] = []

    def text(self, bucket: str, key: str) -> str | None:
        """Read an object."""
        assert bucket == "artifacts"
        self.bucket.asked.append(("text", key))
        versions = self.bucket.keys.get(key)
        body = versions[-1].body if versions else None
        return None if body is None else body.decode()

    def client(self, service: str, tries: int | None = None) -> Any:  # noqa: ANN401, ARG002 as boto3's
        """Give a client."""
        return self.bucket if service == "s3" else self

    def describe_images(self, *, ImageIds: list[str]) -> dict[str, Any]:  # noqa: N803 as boto3 names them
        """Describe an image, as EC2 does."""
        found = [self.images[each] for each in ImageIds if each in self.images]
        if not found:
            raise refusal("InvalidAMIID.NotFound")
        return {"Images": found}

    def describe_secret(self, *, SecretId: str) -> dict[str, Any]:  # noqa: N803
        """Describe a secret, as Secrets Manager does."""
        if SecretId not in self.secrets:
            raise refusal("ResourceNotFoundException")
        return self.secrets[SecretId]

    def list_secret_version_ids(
        self,
        *,
        SecretId: str,  # noqa: N803
        IncludeDeprecated: bool,  # noqa: N803
        NextToken: str = "0",  # noqa: N803
    ) -> dict[str, Any]:
        """List its versions, one at a time."""
        labelled = self.secrets[SecretId]["VersionIdsToStages"]
        versions = [*labelled, *(self.deprecated if IncludeDeprecated else [])]
        at = int(NextToken)
        more = {"NextToken": str(at + 1)} if at + 1 < len(versions) else {}
        return {"Versions": [{"VersionId": each} for each in versions[at : at + 1]], **more}


def refusal(code: str) -> ClientError:
    """Give what AWS raises."""
    return ClientError({"Error": {"Code": code, "Message": "as AWS says it"}}, "Describe")


def image(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """Describe an image that is right."""
    return {
        "State": "available",
        "Architecture": "arm64",
        "RootDeviceName": "/dev/xvda",
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8}}],
        **changes,
    }


def place(cloud: Cloud, tier: str = "dev", **own: str) -> Place:
    """Give a tier with settings of its own."""
    return Place(Path("/nowhere"), names(tier), settings(tier, **own), cloud, contract(tier))


def publish(
    cloud: Cloud,
    seed: str = "a",
    when: datetime = START,
    **changes: Any,  # noqa: ANN401
) -> str:
    """Put a build into the bucket; give its digest."""
    archive = f"archive {seed}".encode()
    sha256 = hashlib.sha256(archive).hexdigest()
    manifest = {
        "schema": 1,
        "service": "orders",
        "version": f"1.0.0+{seed}",
        "commit": hashlib.sha256(seed.encode()).hexdigest()[:40],
        "dirty": False,
        "python": "3.13",
        "architecture": "arm64",
        "platform": "aarch64-manylinux_2_34",
        "lock": "0" * 64,
        "sbom": "0" * 64,
        **changes,
    }
    cloud.bucket.put(names().build(sha256), archive, when)
    cloud.bucket.put(names().parts(sha256), b"{}", when)
    cloud.bucket.put(names().manifest(sha256), json.dumps(manifest).encode(), when)
    return sha256


def write(cloud: Cloud, tier: str = "dev", **changes: Any) -> None:  # noqa: ANN401
    """Write another version of a tier's document."""
    cloud.bucket.now += timedelta(minutes=1)
    content = json.dumps(document_data(tier, **changes)).encode()
    cloud.bucket.put(names(tier).document, content)


def repository(folder: Path, *messages: str) -> list[str]:
    """Make a repository with these commits; give them."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    return [commit(folder, each) for each in messages]


def commit(folder: Path, message: str) -> str:
    """Commit a change."""
    (folder / "file").write_text(message)
    git(folder, "add", "file")
    git(folder, "commit", "--quiet", "-m", message)
    return git(folder, "rev-parse", "HEAD").strip()


def git(folder: Path, *words: str) -> str:
    """Run git as somebody."""
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    command = ["git", *who, *words]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)  # noqa: S603
    return done.stdout
