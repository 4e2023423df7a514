"""What a build is made of: the files of one commit, not of a folder."""

import io
import os
import shutil
import tarfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from stack.configuration import PROJECT_FILE
from stack.refusal import Refused

from ..children import in_one_line, said_by

# As uv calls them. Amazon Linux 2023 has glibc 2.34: "AL2023 core toolchain packages" in its guide.
PLATFORMS = {"arm64": "aarch64-manylinux_2_34", "x86_64": "x86_64-manylinux_2_34"}
NAMED = 10  # changed files in a message; more do not help
# A person's settings may not change what a commit's files hold.
PLAIN = ("-c", "core.autocrlf=false", "-c", f"core.attributesFile={os.devnull}")


@dataclass(frozen=True)
class Source:
    """A commit of the project in a folder; `changed` are files that differ from it."""

    project: Path
    commit: str
    time: int  # seconds since 1970, when it was committed
    changed: tuple[str, ...]

    def refuse_changes(self) -> None:
        """Refuse to build where the files are not those of the commit."""
        if self.changed:
            more = len(self.changed) - NAMED
            names = ", ".join(self.changed[:NAMED]) + (f" and {more} more" if more > 0 else "")
            raise Refused(
                [f"Not committed: {names}."],
                "A build is made of a commit: commit or stash them, or try them out with "
                "--allow-dirty.",
            )

    def export(self, folder: Path) -> None:
        """Write the files to an empty folder: the commit's, or with changes all that git sees."""
        if self.changed:
            self._copy(folder)
        else:
            words = [*PLAIN, "archive", "--format=tar", self.commit, "."]
            with tarfile.open(fileobj=io.BytesIO(_git(self.project, *words))) as tar:
                tar.extractall(folder, filter="data")

    def _copy(self, folder: Path) -> None:
        listed = _git(self.project, "ls-files", "-z", "-co", "--exclude-standard").split(b"\0")
        for name in filter(None, map(os.fsdecode, listed)):
            path = self.project / name
            if path.is_file():  # one that is deleted is listed until that is committed
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, folder / name)


def find_source(project: Path) -> Source:
    """Look at the commit that is checked out, and at what differs from it."""
    commit, time = _git(project, "log", "-1", "--format=%H %ct").decode().split()
    words = ["status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", "."]
    entries = _git(project, *words).split(b"\0")
    changed = tuple(sorted(os.fsdecode(entry[3:]) for entry in entries if entry))
    return Source(project, commit, int(time), changed)


def _git(project: Path, *words: str) -> bytes:
    return said_by(
        ["git", *words],
        at=project,
        meaning=f"git cannot read the commit of {project}",
        advice="A build needs a repository with a commit.",
    )


@dataclass(frozen=True)
class Recipe:
    """What the files say about how they are built."""

    service: str
    version: str
    python: str
    architecture: str

    @property
    def package(self) -> str:
        """Package that boot.sh starts."""
        return self.service.replace("-", "_")

    @property
    def platform(self) -> str:
        """Instances' platform, as uv calls it."""
        return PLATFORMS[self.architecture]


def read_recipe(folder: Path, source: Source, architecture: str | None) -> Recipe:
    """Read it from a folder that the source was exported to."""
    stacks = _parsed(folder / "infra" / PROJECT_FILE, yaml.safe_load)
    project = _parsed(folder / "pyproject.toml", tomllib.loads)
    architecture = architecture or str(_value(stacks, PROJECT_FILE, "config.architecture.value"))
    if architecture not in PLATFORMS:
        raise Refused(
            [f"{PROJECT_FILE}: architecture is {architecture!r}."],
            f"It must be {' or '.join(PLATFORMS)}.",
        )
    return Recipe(
        service=str(_value(stacks, PROJECT_FILE, "name")),
        version=_version(str(_value(project, "pyproject.toml", "project.version")), source),
        python=_text(folder / ".python-version").strip(),
        architecture=architecture,
    )


def _version(version: str, source: Source) -> str:
    """Give the service's version with the commit behind it: one version for one content.

    Twelve digits and not what `git describe` finds enough: that grows with the clone.
    """
    release, _, local = version.partition("+")
    parts = [local, f"g{source.commit[:12]}", "dirty" if source.changed else ""]
    return f"{release}+{'.'.join(part for part in parts if part)}"


def _parsed(path: Path, parse: Callable[[str], Any]) -> Any:  # noqa: ANN401 whatever the file holds
    try:
        return parse(_text(path))
    except (tomllib.TOMLDecodeError, yaml.YAMLError) as error:
        raise Refused([f"{path.name} cannot be read: {in_one_line(str(error))}."]) from error


def _value(content: Any, file: str, path: str) -> Any:  # noqa: ANN401
    for key in path.split("."):
        content = content.get(key) if isinstance(content, dict) else None
        if content is None:
            raise Refused([f"{file}: {path} is missing."], "Write it, and commit.")
    return content


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        raise Refused([f"{path.name} is not in the commit."], "Add it and commit.") from None
