import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import to_json
from samples import REGION, SECRET, SECRET_VERSION, names, release_data

from stack.document import Release
from stack.fields import ENVIRONMENT_LIMIT, SECRETS_LIMIT
from stack.userdata import LIMIT, SCRIPT, userdata

BUILD = b"a build"


def release(**changes: Any) -> Release:  # noqa: ANN401
    return Release.model_validate(release_data(7, **changes), strict=False)


def script(given: Release) -> str:
    return base64.b64decode(userdata(names(), "v7", given, REGION, "artifacts")).decode()


def told(given: Release) -> dict[str, Any]:
    """Give what the script hands to boot.sh."""
    line = next(line for line in script(given).splitlines() if line.startswith("release="))
    return json.loads(base64.b64decode(line.removeprefix("release=").strip('"')))


def test_it_is_a_script_whose_body_is_the_same_for_every_release() -> None:
    one, other = script(release()), script(release(environment={"A": "b"}))

    assert one.startswith("#!/bin/bash\n")
    assert one.endswith(SCRIPT.read_text())
    assert other.endswith(SCRIPT.read_text())


@pytest.mark.parametrize("worst", ["'", '"', "\\", "ü", "$"])
def test_the_largest_release_fits_what_aws_takes(worst: str) -> None:
    def table(entry: Any, limit: int) -> dict[str, Any]:  # noqa: ANN401
        values: dict[str, Any] = {}
        while len(to_json(values | {f"NAME_{len(values)}": entry})) <= limit:
            values[f"NAME_{len(values)}"] = entry
        return values

    given = release(
        environment=table(worst * 200, ENVIRONMENT_LIMIT),
        secrets=table({"arn": SECRET, "version": SECRET_VERSION}, SECRETS_LIMIT),
    )

    assert LIMIT * 0.8 < len(script(given).encode()) <= LIMIT


def test_it_says_which_secrets_and_never_their_values() -> None:
    secrets = {"DATABASE_PASSWORD": {"arn": SECRET, "version": SECRET_VERSION}}

    assert told(release(secrets=secrets))["secrets"] == secrets


def test_shellcheck_has_nothing_to_say(tmp_path: Path) -> None:
    path = tmp_path / "userdata.sh"
    path.write_text(script(release(environment={"QUOTE": "it's $HOME `id` \\ \""})))
    shellcheck = Path(sys.executable).with_name("shellcheck")

    done = subprocess.run(  # noqa: S603
        [shellcheck, path], check=False, capture_output=True, text=True
    )

    assert (done.returncode, done.stdout) == (0, "")


class Machine:
    """A folder that the script takes for the whole machine, with stand-ins for what it calls."""

    def __init__(self, root: Path, build: bytes = BUILD) -> None:
        self.root = root
        self.build = build
        self.bin = root / "bin"
        self.bin.mkdir()
        (root / "opt/service").mkdir(parents=True)
        (root / "var/tmp").mkdir(parents=True)
        self.stand_in("zstd", "exit 0")
        self.stand_in("aws", f'echo "$@" >"{root}/asked"; printf "%s" "$BUILD" >"${{@: -1}}"')
        # In place of unpacking: a build whose boot.sh shows what it was given.
        (root / "boot.sh").write_text('#!/bin/sh\ncat "$1"\n')
        (root / "boot.sh").chmod(0o755)
        self.stand_in("tar", f'mkdir "${{@: -1}}/boot"; cp {root}/boot.sh "${{@: -1}}/boot"')

    def stand_in(self, name: str, body: str) -> None:
        """Put a command in front of the machine's own."""
        path = self.bin / name
        path.write_text(f"#!/bin/bash\n{body}\n")
        path.chmod(0o755)

    def boot(self, text: str) -> subprocess.CompletedProcess[str]:
        """Run user-data as cloud-init would."""
        here = text.replace("/opt/", f"{self.root}/opt/").replace("/var/", f"{self.root}/var/")
        path = self.root / "userdata.sh"
        path.write_text(here)
        env = {"PATH": f"{self.bin}:{os.environ['PATH']}", "BUILD": self.build.decode()}
        return subprocess.run(  # noqa: S603
            [shutil.which("bash") or "bash", path],
            check=False,
            capture_output=True,
            text=True,
            env=env,
        )


@pytest.fixture
def right_build() -> dict[str, str]:
    return {**release_data(7)["build"], "sha256": hashlib.sha256(BUILD).hexdigest()}


def test_a_machine_hands_the_release_to_its_build(
    tmp_path: Path, right_build: dict[str, str]
) -> None:
    awkward = {"QUOTE": "it's $HOME `id` \\ \"", "UMLAUT": "schön"}
    machine = Machine(tmp_path)

    done = machine.boot(script(release(build=right_build, environment=awkward)))

    assert done.returncode == 0, done.stderr
    given = json.loads(done.stdout)
    assert given["environment"] == awkward
    assert (given["service"], given["tier"], given["release"]) == ("orders", "dev", "v7")
    asked = (tmp_path / "asked").read_text()
    assert f"s3://artifacts/builds/orders/{right_build['sha256']}.tar.zst" in asked


def test_a_machine_runs_nothing_of_a_build_that_is_not_the_one_meant(
    tmp_path: Path, right_build: dict[str, str]
) -> None:
    machine = Machine(tmp_path, build=b"another build")

    done = machine.boot(script(release(build=right_build)))

    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "is not the build that its name says" in line
    assert "release" not in done.stdout
    assert not list((tmp_path / "opt/service").iterdir())
