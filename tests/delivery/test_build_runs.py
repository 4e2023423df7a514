"""A build starts: on a plain interpreter, and on an instance in each tier, as it was published."""

import base64
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.boot.conftest import USER_DATA
from tests.cloud import Cloud
from tests.delivery.builder import HERE, Builder, MadeBuild, image_python
from tests.delivery.conftest import REGION
from tests.delivery.instance import aws_folder, known, machine
from tests.service.installed import MEMORY, PACKAGE, PREFIX, PROJECT, free_port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux" or not shutil.which("zstd"), reason="unpacking needs Linux and zstd"
    ),
]

BUCKET = "artifacts-of-tests"


@pytest.fixture(scope="module")
def made(builder: Builder) -> MadeBuild:
    """A build for this machine."""
    return builder.build()


@pytest.fixture(scope="module")
def tree(made: MadeBuild, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.unpack(tmp_path_factory.mktemp("tree") / "unpacked")


@pytest.fixture
def port(tree: Path, tmp_path: Path) -> Iterator[int]:
    """The build's service on an interpreter that has nothing, from a folder that has nothing."""
    number = free_port()
    popen = subprocess.Popen(
        [image_python(), "-s", "-m", PACKAGE, "serve"],
        cwd=tmp_path,
        env={
            "PATH": os.defpath,
            "PYTHONPATH": str(tree / "lib"),
            f"{PREFIX}PORT": str(number),
            f"{PREFIX}DRAIN_SECONDS": "0",
        },
        stdin=subprocess.DEVNULL,
    )
    try:
        yield number
    finally:
        popen.terminate()
        popen.wait(30)


def test_it_starts_on_a_plain_interpreter(port: int) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            assert time.monotonic() < end, "it is not ready"
            time.sleep(0.1)


@pytest.fixture(scope="module")
def published(builder: Builder, made: MadeBuild, cloud: Cloud) -> Cloud:
    """A cloud whose bucket the build was published to."""
    cloud.reset()
    cloud.client("s3").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    here = builder.with_environment(**cloud.environment)
    done = here.deliver("publish", "--bucket", BUCKET, made.sha256)
    assert done.returncode == 0, done.stderr
    return cloud


def user_data(builder: Builder, made: MadeBuild, tier: str, port: int) -> str:
    """What the project's own stack writes for a release of the build."""
    build = {name: made.told[name] for name in ("sha256", "version", "commit")}
    release = {
        "build": build,
        "image": "ami-0123456789abcdef0",
        "architecture": made.told["architecture"],
        "instance_types": ["m7g.large" if HERE == "arm64" else "m7i.large"],
        "on_demand_base": 1,
        "spot_percent": 50,
        "environment": {f"{PREFIX}DRAIN_SECONDS": "0"},
        "secrets": {},
        "label": "0" * 32,
        "created": "2026-11-21T08:00:00Z",
    }
    told = {"port": port, "release": release, "service": PROJECT, "tier": tier}
    done = subprocess.run(
        [sys.executable, "-B", "-c", USER_DATA],
        cwd=builder.project / "infra",
        input=json.dumps({**told, "region": REGION, "bucket": BUCKET}),
        capture_output=True,
        text=True,
        check=True,
    )
    return base64.b64decode(done.stdout).decode()


@pytest.mark.skipif(not MEMORY, reason="an instance needs /dev/shm")
@pytest.mark.parametrize("tier", ["dev", "test", "stage", "prod"])
def test_one_build_starts_in_every_tier(
    builder: Builder, made: MadeBuild, published: Cloud, tmp_path: Path, tier: str
) -> None:
    """Fetched from where it was published, by an image that has nothing but Python."""
    port = free_port()
    script = user_data(builder, made, tier, port)
    with machine(tmp_path / "machine", image_python()) as booting:
        done = booting.user_data(script, known(published))
        assert (done.returncode, done.stderr) == (0, "")
        booting.ask(port)
        lines = (booting.root / "journal").read_text().splitlines()
    listening = next(line for line in map(json.loads, lines) if line["event"] == "listening")
    assert (listening["tier"], listening["release"]) == (tier, "v7")


def test_a_build_is_verified_by_hand_as_the_page_says(
    builder: Builder, made: MadeBuild, published: Cloud, tmp_path: Path
) -> None:
    page = (builder.project / "docs/builds.md").read_text()
    commands = page.partition("## Verify one by hand")[2].split("```")[1].removeprefix("sh\n")
    given = commands.replace("digest=3f2a9c81...", f"digest={made.sha256}")
    given = given.replace("bucket=...", f"bucket={BUCKET}")
    assert given.count("...") == 0
    path = f"{aws_folder()}:{os.environ['PATH']}"

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", given],
        cwd=tmp_path,
        env={**os.environ, **published.environment, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    *_, archive, parts = done.stdout.splitlines()
    assert archive == f"{made.sha256}  {made.archive.name}"
    assert parts.split()[0] == json.loads(made.manifest.read_text())["sbom"]
