"""One bake, one build and one cloud for all tests here; a machine for each."""

import base64
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.bake.baking import copy_template, new_workshop, tool
from tests.boot.machine import Machine
from tests.boot.stub_build import StubBuild, stub_build
from tests.cloud import Cloud
from tests.service.installed import MEMORY, MINOR, PROJECT, free_port
from tools.environment import python_with

REGION = "eu-central-1"  # not the default, so that a region written somewhere by hand shows
BUCKET = "artifacts-of-tests"
# Runs in the bake's own folder, so that no other bake's `stack` is taken for this one.
USER_DATA = """\
import json, sys
from stack import userdata
from stack.document import Release
from stack.names import Names
told = json.load(sys.stdin)
userdata.SERVICE_PORT = told["port"]
release = Release.model_validate(told["release"], strict=False)
names = Names(service=told["service"], tier=told["tier"])
print(userdata.userdata(names, "v7", release, told["region"], told["bucket"]))
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """An instance is a Linux machine with GNU tools, a /proc, memory at /dev/shm and zstd."""
    lacking = [
        *(["Linux"] if sys.platform != "linux" else []),
        *(["/dev/shm"] if not MEMORY else []),  # noqa: S108
        *(["zstd"] if not shutil.which("zstd") else []),
    ]
    for item in items:
        if lacking and item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.skip(reason=f"needs {', '.join(lacking)}"))


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bake of the current tree, for the Python that runs this. Read only."""
    folder = tmp_path_factory.mktemp("boot")
    workshop = new_workshop(folder / "workshop", copy_template(folder / "template"))
    done = workshop.run(
        *(tool("cookiecutter"), "--no-input", workshop.template),
        *(f"project={PROJECT}", f"python={MINOR}"),
    )
    assert done.returncode == 0, done.stderr
    return workshop.shelf / PROJECT


@pytest.fixture(scope="session")
def build(project: Path) -> StubBuild:
    return stub_build(project)


@pytest.fixture(scope="session")
def aws() -> Path:
    """The folder of the real `aws`."""
    return python_with("tests-boot", [Path(__file__).with_name("requirements.txt")]).parent


@pytest.fixture(scope="package")
def running_cloud() -> Iterator[Cloud]:
    with Cloud.start(region=REGION) as cloud:
        yield cloud


@dataclass(frozen=True)
class Account:
    """An account with an artifact bucket."""

    cloud: Cloud
    environment: Mapping[str, str]

    def put(self, build: StubBuild, key: str | None = None) -> None:
        """Upload a build, under its own name or another's."""
        s3 = self.cloud.client("s3")
        if key:
            s3.put_object(Bucket=BUCKET, Key=key, Body=build.content)
        else:
            build.put(s3, BUCKET, PROJECT)

    def secret(self, name: str, value: str | bytes) -> dict[str, str]:
        """Make a secret; give what a release says of it."""
        kind = "SecretString" if isinstance(value, str) else "SecretBinary"
        made = self.cloud.client("secretsmanager").create_secret(Name=name, **{kind: value})
        return {"arn": made["ARN"], "version": made["VersionId"]}


@pytest.fixture
def account(running_cloud: Cloud) -> Account:
    running_cloud.reset()
    running_cloud.client("s3").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    kept = {k: v for k, v in running_cloud.environment.items() if k.startswith("AWS_")}
    nobody = {"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
    # The region is what the release says, as on an instance.
    return Account(running_cloud, {k: v for k, v in kept.items() if "REGION" not in k} | nobody)


@pytest.fixture
def make_machine(tmp_path: Path, aws: Path) -> Iterator[Callable[..., Machine]]:
    """Machines, whose services end with the test."""
    made: list[Machine] = []
    memories: list[tempfile.TemporaryDirectory[str]] = []

    def make(python: Path = Path(sys.executable)) -> Machine:
        memories.append(tempfile.TemporaryDirectory(prefix="slipway-boot-", dir=MEMORY))
        root = tmp_path / f"machine-{len(made)}"
        made.append(Machine(root, Path(memories[-1].name), MINOR, python, aws))
        return made[-1]

    yield make
    for machine in made:
        machine.power_off()
    for memory in memories:
        memory.cleanup()


@pytest.fixture
def machine(make_machine: Callable[..., Machine]) -> Machine:
    return make_machine()


@dataclass(frozen=True)
class Release:
    """A release, and the user-data that its stack would write."""

    port: int
    user_data: str

    @property
    def told(self) -> dict[str, Any]:
        """What boot.sh is given."""
        line = next(each for each in self.user_data.splitlines() if each.startswith("release="))
        return json.loads(base64.b64decode(line.removeprefix("release=").strip('"')))


@pytest.fixture(scope="session")
def make_release(project: Path, build: StubBuild) -> Callable[..., Release]:
    """Releases as the bake's own stack describes them."""

    def make(
        tier: str = "dev",
        sha256: str = build.sha256,
        environment: Mapping[str, str] | None = None,
        secrets: Mapping[str, Any] | None = None,
    ) -> Release:
        port = free_port()
        release = {
            "build": {"sha256": sha256, "version": "0.1.0", "commit": "0" * 40},
            "image": "ami-0123456789abcdef0",
            "architecture": "arm64",
            "instance_types": ["t4g.small"],
            "on_demand_base": 1,
            "spot_percent": 50,
            "environment": dict(environment or {}),
            "secrets": dict(secrets or {}),
            "label": "0" * 32,
            "created": "2026-11-21T08:00:00Z",
        }
        told = {"port": port, "release": release, "service": PROJECT, "tier": tier}
        done = subprocess.run(
            [sys.executable, "-B", "-c", USER_DATA],
            cwd=project / "infra",
            input=json.dumps({**told, "region": REGION, "bucket": BUCKET}),
            capture_output=True,
            text=True,
            check=True,
        )
        return Release(port, base64.b64decode(done.stdout).decode())

    return make


@pytest.fixture(scope="session")
def told(make_release: Callable[..., Release]) -> Release:
    """Any release."""
    return make_release()
