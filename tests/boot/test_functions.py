"""Functions of boot.sh one by one, and runs of it that end early; no AWS."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.boot.conftest import Release
from tests.boot.machine import AGENT, INSTANCE, Machine
from tests.boot.stub_build import StubBuild

type Run = Callable[..., subprocess.CompletedProcess[str]]

# Functions see what main finds out: the build, the release and where its file is.
CALL = 'source "$1"; build=$2; release=$3; shift 3; "$@"'


@pytest.fixture
def call(machine: Machine, build: StubBuild, told: Release) -> Run:
    """Call a function on a machine that has the build and the release."""
    folder = machine.root / "opt/service/builds" / build.sha256
    build.unpack(folder)
    machine.release.write_text(json.dumps(told.told))

    def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
        script = folder / "boot/boot.sh"
        given = ("bash", "-c", CALL, "bash", script, folder, machine.release)
        return machine.run(*given, *words, environment={})

    return run


@pytest.mark.parametrize(
    ("least", "version", "enough"),
    [
        ("1.300070.0", "1.300070.0", True),
        ("1.300070.0", "1.300070.0b99", True),
        ("1.300070.0", "1.1000000.0", True),
        ("1.300070.0", "1.300069.9", False),
        ("1.300070.0", "1.99999.0", False),
        ("1.300070.0", "", False),
    ],
)
def test_versions_are_compared_as_numbers(
    call: Run, least: str, version: str, enough: bool
) -> None:
    assert (call("is_at_least", least, version).returncode == 0) is enough


@pytest.mark.parametrize("version", ["1.300070.0", AGENT, "2.0.0"])
def test_an_agent_new_enough_is_taken(version: str, call: Run, machine: Machine) -> None:
    machine.bring_agent(version)

    assert call("find_agent").returncode == 0


def test_what_a_command_said_is_told_in_one_line_when_it_fails(call: Run) -> None:
    failed = call("attempt", "It is broken.", "bash", "-c", "echo one; echo two >&2; exit 3")
    went_well = call("attempt", "It is broken.", "echo", "fine")

    assert (failed.returncode, failed.stderr) == (1, "boot: It is broken. one two\n")
    assert (went_well.returncode, went_well.stdout, went_well.stderr) == (0, "", "")


def test_a_file_that_cannot_be_made_leaves_the_old_one(call: Run, machine: Machine) -> None:
    path = machine.root / "kept"
    path.write_text("old")

    done = call("write", "agent", path, "0644", "not an instance")

    assert done.returncode == 1
    assert done.stderr.startswith(f"boot: {path} cannot be written: the instance is called")
    assert path.read_text() == "old"


def test_the_instance_is_named_by_cloud_init_or_else_by_its_host(
    call: Run, machine: Machine
) -> None:
    assert call("instance").stdout.strip() == INSTANCE
    (machine.root / "var/lib/cloud/data/instance-id").unlink()
    host = subprocess.run(["uname", "-n"], capture_output=True, text=True, check=True).stdout
    assert call("instance").stdout == host


def test_secrets_never_go_where_there_is_a_disk_behind(call: Run, machine: Machine) -> None:
    machine.stand_in(machine.bin / "stat", "echo ext2/ext3")

    done = call("fetch_secrets")

    assert done.returncode == 1
    assert "run/app-secrets is not in memory (tmpfs)" in done.stderr
    assert not list(machine.secrets.iterdir())


def test_a_build_of_another_service_is_refused(
    call: Run, machine: Machine, build: StubBuild
) -> None:
    (machine.root / "opt/service/builds" / build.sha256 / "lib/late_orders/__main__.py").unlink()

    done = call("check_build")

    assert done.returncode == 1
    assert "has no lib/late_orders/__main__.py" in done.stderr


def test_the_build_is_linked_in_place_of_an_older_one(
    call: Run, machine: Machine, build: StubBuild
) -> None:
    current = machine.root / "opt/service/current"
    current.symlink_to(machine.root / "opt/service/builds/older")

    assert call("link_build").returncode == 0

    assert current.resolve().name == build.sha256


@pytest.mark.parametrize("words", [[], ["secret", "x"], ["a", "b", "c"]])
def test_wrong_words_are_answered_with_the_usage(
    words: list[str], machine: Machine, project: Path
) -> None:
    done = machine.run(project / "infra/boot/boot.sh", *words, environment={})

    assert done.returncode == 1
    assert done.stderr == (
        "boot: usage: boot.sh [secrets] RELEASE.JSON, or boot.sh admin COMMAND...\n"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "user-data writes it."), ("{", "it is not JSON"), ("[]", "schema is None")],
)
def test_a_release_that_is_no_release_is_named(
    content: str | None, said: str, call: Run, machine: Machine
) -> None:
    machine.release.unlink()
    if content is not None:
        machine.release.write_text(content)

    done = call("check_release")

    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert str(machine.release) in line
    assert said in line
