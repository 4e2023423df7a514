"""A baked project passes its own checks, untouched, on what its own locks install."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bake.answers import LONGEST, Answers
from tests.bake.baking import git, new_workshop, tool
from tests.bake.test_names import assert_taken

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

# Each value of each option is in one of these.
BAKES: dict[str, Answers] = {"default": {}, "longest": LONGEST, "py3.14": {"python": "3.14"}}


class Project:
    """A baked project, and make in it as its owner would run it."""

    def __init__(self, folder: Path, python: str) -> None:
        self.folder = folder
        self.python = python

    def make(self, *words: str) -> subprocess.CompletedProcess[str]:
        # Of our environment only what finds programs and packages; VIRTUAL_ENV would mislead uv.
        kept = ("PATH", "HOME", "LANG", "PIP_", "UV_", "SSL_", "REQUESTS_", "http", "HTTP", "no_")
        environment = {k: v for k, v in os.environ.items() if k.startswith(kept)}
        return subprocess.run(
            ["make", *words],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def succeed(self, *words: str) -> str:
        done = self.make(*words)
        assert done.returncode == 0, f"make {' '.join(words)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    @property
    def has_interpreter(self) -> bool:
        return shutil.which(f"python{self.python}") is not None

    def changes(self) -> str:
        return git("status", "--porcelain", at=self.folder)


@pytest.fixture(params=BAKES)
def project(request: pytest.FixtureRequest, tmp_path: Path, template: Path) -> Project:
    """Baked as a user would; then make gets the caches of whoever runs this."""
    answers = BAKES[request.param]
    workshop = new_workshop(tmp_path / "workshop", template)
    given = (f"{name}={value}" for name, value in answers.items())
    done = workshop.run(tool("cookiecutter"), template, "--no-input", *given)
    assert done.returncode == 0, done.stderr
    folder = workshop.shelf / answers.get("project", "orders")
    return Project(folder, answers.get("python", "3.13"))


def test_it_passes_and_nothing_changes(project: Project) -> None:
    if not project.has_interpreter:
        check_without_interpreter(project)
        return
    project.succeed("install")
    assert_taken(installed_modules(project.folder))
    project.succeed("check")
    assert project.changes() == ""
    project.succeed("lock")
    assert project.changes() == "", git("diff", at=project.folder)[:2000]


@pytest.mark.parametrize("project", ["default"], indirect=True)
def test_the_example_goes_with_one_command(project: Project) -> None:
    """What is left is whole: it passes its checks, and nothing speaks of the example any more."""
    project.succeed("install", "remove-example")
    gone = [line[3:] for line in project.changes().splitlines() if line.startswith(" D")]
    assert gone
    assert all("/v1/quotes/" in path for path in gone)
    assert "quotes" not in (project.folder / "README.md").read_text()
    project.succeed("lint", "types")
    # Only the service: the stacks know nothing of the example.
    tests = subprocess.run(
        [project.folder / ".venv" / "bin" / "pytest", "--quiet"],
        cwd=project.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert tests.returncode == 0, tests.stdout


def check_without_interpreter(project: Project) -> None:
    """All but running: its own Python is not on this machine."""
    done = project.make("install")
    assert done.returncode != 0
    told = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert len(told) == 1, done.stderr
    assert f"Python {project.python}" in told[0]
    assert "is not installed" in told[0]
    for folder in (project.folder, project.folder / "infra"):
        for words in (["format", "--check"], ["check"]):
            ruff = subprocess.run(
                [tool("ruff"), *words, "--no-cache", "."],
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
            )
            assert ruff.returncode == 0, ruff.stdout
    # The locks are made by uv alone: lend it and a Python, for the environment that is missing.
    shutil.rmtree(project.folder / ".venv", ignore_errors=True)
    (project.folder / ".venv" / "bin").mkdir(parents=True)
    (project.folder / ".venv" / "bin" / "uv").symlink_to(tool("uv"))
    (project.folder / ".venv" / "bin" / "python").symlink_to(sys.executable)
    project.succeed("lock", "--old-file=.venv/.ready")
    assert project.changes() == "", git("diff", at=project.folder)[:2000]


def installed_modules(folder: Path) -> set[str]:
    """Top-level modules of both environments, but for the project's own."""
    found: set[str] = set()
    for environment in (folder / ".venv", folder / "infra" / ".venv"):
        (packages,) = environment.glob("lib/python*/site-packages")
        found |= {path.stem for path in packages.iterdir() if path.suffix == ".py"}
        found |= {path.name for path in packages.iterdir() if (path / "__init__.py").is_file()}
    return found - {folder.name.replace("-", "_")}
