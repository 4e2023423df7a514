"""The boot folder without AWS: what it says agrees with the service and the stack."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from boot_folder import AWKWARD, BOOT, PACKAGE, PYTHON, SOCKET, UNITS, release, told
from samples import SECRET, SECRET_VERSION


def test_what_the_stack_tells_is_what_instances_read() -> None:
    secrets = {"KEY": {"arn": SECRET, "version": SECRET_VERSION}}

    assert release.problems(told(environment={"A": AWKWARD}, secrets=secrets)) == []
    assert release.problems({**told(), "schema": 2}) == ["schema is 2; this build reads 1."]


@pytest.mark.parametrize("name", release.FIELDS)
def test_every_value_that_goes_into_a_file_is_checked(name: str) -> None:
    (problem,) = release.problems({**told(), name: '"\n@x'})

    assert problem.startswith(f"{name} is ")


def test_the_service_cannot_be_told_another_place() -> None:
    own = release.ours(told(), 2)

    for name in own.keys() - {f"{release.PREFIX}WORKERS"}:
        assert release.problems(told(environment={name: "1"}))
    assert release.problems(told(environment={f"{release.PREFIX}WORKERS": "3"})) == []


def test_every_setting_it_gives_is_one_of_the_service() -> None:
    text = (PACKAGE / "settings.py").read_text()

    assert f'PREFIX = "{release.PREFIX}"' in text
    for name in release.ours(told(), 2):
        assert f"    {name.removeprefix(release.PREFIX).lower()}: " in text
    assert f"le={release.MOST_WORKERS}," in text


def test_no_more_workers_than_the_service_takes() -> None:
    assert release.ours(told(), 192)[f"{release.PREFIX}WORKERS"] == "64"


def test_the_script_is_for_the_same_python_and_package() -> None:
    lines = (BOOT / "boot.sh").read_text().splitlines()

    assert f"PYTHON={PYTHON}" in lines
    assert f"PACKAGE={PACKAGE.name}" in lines


def test_the_readme_names_every_unit_and_the_agent_s_version() -> None:
    readme = (BOOT / "README.md").read_text()
    found = re.search(r"^AGENT=([0-9.]+)$", (BOOT / "boot.sh").read_text(), re.MULTILINE)

    assert found
    assert found[1] in readme
    assert all(unit in readme for unit in (*UNITS, SOCKET))


def test_shellcheck_has_nothing_to_say() -> None:
    shellcheck = Path(sys.executable).with_name("shellcheck")
    # Optional checks that ask for braces, and that doubt every function called in a condition.
    but = "--exclude=SC2250,SC2310,SC2311,SC2312"

    done = subprocess.run(  # noqa: S603
        [shellcheck, "--enable=all", but, BOOT / "boot.sh"],
        check=False,
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout) == (0, "")
    assert (BOOT / "boot.sh").stat().st_mode & 0o111
