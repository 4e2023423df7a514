"""A baked project with all that `deliver build` needs, and the command run in it."""

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.bake.baking import copy_template, new_workshop, tool
from tests.service.installed import MINOR
from tools.environment import python_with

# What a build must be for to run on this machine.
HERE = "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"


@dataclass(frozen=True)
class Builder:
    """A project's folder, and where its command is run."""

    project: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def deliver(
        self, *words: str, umask: int = 0o022, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the command as a person does."""
        infra = self.project / "infra"
        return subprocess.run(
            [infra / ".venv/bin/python", "-m", "delivery", *words],
            cwd=infra,
            env={**os.environ, **self.environment, **more},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            umask=umask,
        )

    def build(self, *words: str, umask: int = 0o022, **more: str) -> "MadeBuild":
        done = self.deliver("build", "--json", *words, umask=umask, **more)
        assert done.returncode == 0, done.stderr
        return MadeBuild(json.loads(done.stdout))

    def with_environment(self, **more: str) -> "Builder":
        return replace(self, environment={**self.environment, **more})

    def clone(self, folder: Path) -> "Builder":
        """Another copy of the repository, with the same environments."""
        git(self.project, "clone", "--quiet", str(self.project), str(folder))
        link_environments(folder)
        return replace(self, project=folder)

    def commit(self, message: str) -> str:
        git(self.project, "add", "-A")
        git(self.project, "commit", "--quiet", "--allow-empty", "-m", message)
        return git(self.project, "rev-parse", "HEAD").strip()


@dataclass(frozen=True)
class MadeBuild:
    """What `deliver build` said of a build."""

    told: Mapping[str, Any]

    @property
    def sha256(self) -> str:
        return str(self.told["sha256"])

    @property
    def archive(self) -> Path:
        return Path(self.told["path"])

    @property
    def manifest(self) -> Path:
        return self.archive.with_name(f"{self.sha256}.json")

    @property
    def parts(self) -> Path:
        return self.archive.with_name(f"{self.sha256}.cdx.json")

    def unpack(self, folder: Path) -> Path:
        """Do what user-data does with it."""
        folder.mkdir(parents=True)
        words = ["tar", "--extract", "--zstd", "--no-same-owner"]
        subprocess.run([*words, "--file", self.archive, "--directory", folder], check=True)
        return folder


def bake(folder: Path, answers: Iterable[str] = ()) -> Builder:
    """Bake the current tree for the Python that runs this, with environments from its locks."""
    workshop = new_workshop(folder / "workshop", copy_template(folder / "template"))
    done = workshop.run(
        *(tool("cookiecutter"), "--no-input", workshop.template),
        *(f"python={MINOR}", f"architecture={HERE}", *answers),
    )
    assert done.returncode == 0, done.stderr
    (project,) = workshop.shelf.iterdir()
    link_environments(project)
    identity = {"GIT_CONFIG_GLOBAL": workshop.environment["GIT_CONFIG_GLOBAL"]}
    return Builder(project, identity)


def link_environments(project: Path) -> None:
    """Give a project its environments, as `make install` does but made once for all tests."""
    for place, name in ((project, "service"), (project / "infra", "stacks")):
        python = python_with(name, [place / "requirements-dev.txt"])
        (place / ".venv").symlink_to(python.parents[1])
    # The project ignores the folders of that name, not links.
    with (project / ".git/info/exclude").open("a") as exclude:
        exclude.write(".venv\n")


def image_python() -> Path:
    """An interpreter without packages, as an image brings it."""
    return Path(sys.base_prefix) / "bin" / f"python{MINOR}"


def git(project: Path, *words: str) -> str:
    identity = ("-c", "user.name=Ada Tester", "-c", "user.email=ada@example.com")
    program = shutil.which("git") or "git"
    return subprocess.run(
        [program, *identity, *words], cwd=project, check=True, capture_output=True, text=True
    ).stdout
