"""The scripts that make up for what the old language host lacks."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.engine.built import LAYOUT

HOST = """
echo "$@"; pwd
echo "$VIRTUAL_ENV"; echo "${PATH%%:*}"; echo "$SLIPWAY_PYTHON"; echo "$PULUMI_PYTHON_CMD"
"""

type Start = Callable[[Path], subprocess.CompletedProcess[str]]


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    """Return a copy of the scripts, with a host that says what it was given."""
    folder = shutil.copytree(LAYOUT, tmp_path / "engine")
    host = folder / "host" / "pulumi-language-python"
    host.write_text(f"#!/bin/sh\n{HOST}")
    host.chmod(0o755)
    return folder


@pytest.fixture
def start(layout: Path) -> Start:
    """Return a function that starts the language host as the engine does."""

    def run(folder: Path) -> subprocess.CompletedProcess[str]:
        unset = ("VIRTUAL_ENV", "PULUMI_PYTHON_CMD")
        return subprocess.run(
            [layout / "bin" / "pulumi-language-python", "127.0.0.1:4567"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            env={name: value for name, value in os.environ.items() if name not in unset},
        )

    return run


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder with an environment in it, named with a space and a dot."""
    folder = tmp_path / "my project"
    python = folder / ".venv" / "bin" / "python3"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755)
    (python.parent / "python").symlink_to("python3")
    return folder


@pytest.mark.parametrize(
    "text",
    [
        "runtime:\n  name: python\n  options:\n    toolchain: pip\n    virtualenv: .venv\n",
        "runtime:\n  options:\n    virtualenv: .venv # made by make install\n    toolchain: pip\n",
        "runtime:\n  options:\n    virtualenv:   '.venv'\n",
        'runtime: {name: python, options: {toolchain: pip, "virtualenv": ".venv"}}\n',
        "runtime: {name: python, options: {virtualenv: .venv, toolchain: pip}}\n",
        "runtime: {name: python, options: {virtualenv: .venv}}\r\n",
        "# virtualenv: another\nruntime:\n  options:\n    virtualenv: ./.venv\n",
    ],
    ids=["block", "comment", "quoted", "flow-quoted", "flow", "windows-lines", "commented-out"],
)
def test_the_environment_of_the_project_is_used(project: Path, start: Start, text: str) -> None:
    (project / "Pulumi.yaml").write_text(text)
    result = start(project)
    arguments, folder, environment, first, python, command = result.stdout.splitlines()
    assert arguments == "127.0.0.1:4567"
    assert folder == str(project)
    assert Path(environment) == project / ".venv"
    assert Path(first) == project / ".venv/bin"
    assert Path(python) == project / ".venv/bin/python3"
    assert command.endswith("/host/python")


def test_a_program_in_a_folder_below_uses_the_projects(project: Path, start: Start) -> None:
    (project / "Pulumi.yaml").write_text(
        "main: program\nruntime:\n  options:\n    virtualenv: .venv"
    )
    (project / "program").mkdir()
    assert start(project / "program").stdout.splitlines()[2] == str(project / ".venv")


def test_an_absolute_environment(project: Path, start: Start) -> None:
    (project / "Pulumi.yaml").write_text(f"runtime:\n  options:\n    virtualenv: {project}/.venv\n")
    assert start(project).stdout.splitlines()[2] == str(project / ".venv")


def test_without_one_the_first_python_on_path_is_used(project: Path, start: Start) -> None:
    (project / "Pulumi.yaml").write_text("runtime: python\n")
    assert start(project).stdout.splitlines()[4] == shutil.which("python3")


def test_an_environment_that_is_not_there_is_one_line(project: Path, start: Start) -> None:
    (project / "Pulumi.yaml").write_text("runtime:\n  options:\n    virtualenv: other\n")
    result = start(project)
    assert result.returncode == 1
    assert result.stderr == (
        f"{project}/Pulumi.yaml: virtualenv {project}/other is not there;"
        " make it first (make install)\n"
    )


def _python(layout: Path, *arguments: str) -> str:
    return subprocess.run(
        [layout / "host" / "python", *arguments],
        env=os.environ | {"SLIPWAY_PYTHON": sys.executable, "PULUMI_PYTHON_CMD": "x"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_packages_are_listed_without_pip(layout: Path) -> None:
    packages = json.loads(_python(layout, "-m", "pip", "list", "-v", "--format", "json"))
    (aws,) = [package for package in packages if package["name"].replace("_", "-") == "pulumi-aws"]
    assert aws["version"] == "7.51.1"
    assert (Path(aws["location"]) / "pulumi_aws" / "pulumi-plugin.json").exists()


def test_all_else_is_the_programs_python(layout: Path) -> None:
    code = "import os, sys; print(sys.argv[1:], *(n in os.environ for n in sys.argv[1:]))"
    answer = _python(layout, "-c", code, "SLIPWAY_PYTHON", "PULUMI_PYTHON_CMD")
    assert answer == "['SLIPWAY_PYTHON', 'PULUMI_PYTHON_CMD'] False False\n"
