"""Bakes as a user would get them: own home, own temporary folder, no network, the current tree."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePath
from typing import Any

from cookiecutter.main import cookiecutter

ROOT = Path(__file__).parents[2]
PROJECT = "<<cookiecutter.project>>"
PARTS = ("cookiecutter.json", "hooks", PROJECT, "{{cookiecutter.unused}}")
IDENTITY = "[user]\n\tname = Ada Tester\n\temail = ada@example.com\n"
# Nothing listens on the discard port: whoever asks for the network is refused at once.
NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Workshop:
    """A place to bake in; nothing outside `root` is read or written."""

    root: Path
    template: Path

    @property
    def shelf(self) -> Path:
        """Where projects are baked."""
        return self.root / "shelf"

    @property
    def temporary(self) -> Path:
        return self.root / "temporary"

    @property
    def environment(self) -> dict[str, str]:
        """What a user's shell would hold, and proxies that refuse."""
        proxies = ("http_proxy", "https_proxy", "all_proxy")
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(self.root / "home"),
            "TMPDIR": str(self.temporary),
            "GIT_CONFIG_GLOBAL": str(self.root / "home" / ".gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "PWD": str(self.shelf),
            **dict.fromkeys((*proxies, *map(str.upper, proxies)), NOWHERE),
        }

    def bake(self, answers: Mapping[str, Any] | None = None, *, over: bool = False) -> Path:
        """Bake by the API, in this process; `over` an existing folder."""
        baked = cookiecutter(
            str(self.template),
            no_input=True,
            extra_context=dict(answers or {}),
            output_dir=str(self.shelf),
            overwrite_if_exists=over,
        )
        return Path(baked)

    def replay(self, answers: Mapping[str, Any]) -> Path:
        """Bake from a file of answers, which cookiecutter takes as they are."""
        file = self.root / "answers.json"
        file.write_text(json.dumps({"cookiecutter": answers}))
        return Path(cookiecutter(str(self.template), replay=str(file), output_dir=str(self.shelf)))

    def run(
        self,
        *command: str | Path,
        at: Path | None = None,
        also: Mapping[str, str] | None = None,
        typed: str = "",
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as the user; never raises for its status."""
        return subprocess.run(
            [str(word) for word in command],
            cwd=at or self.shelf,
            env={**self.environment, **(also or {})},
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


def tool(name: str) -> Path:
    """A command of this environment, such as cookiecutter or cruft."""
    return Path(sys.executable).parent / name


@dataclass(frozen=True)
class Baked:
    """A project and all the answers that it was baked from."""

    folder: Path
    answers: Mapping[str, str]

    @property
    def package(self) -> str:
        return self.answers["project"].replace("-", "_")


def new_workshop(root: Path, template: Path) -> Workshop:
    workshop = Workshop(root, template)
    for folder in (workshop.shelf, workshop.temporary, root / "home"):
        folder.mkdir(parents=True)
    (root / "home" / ".gitconfig").write_text(IDENTITY)
    return workshop


def copy_template(target: Path) -> Path:
    """The template as a commit of the current tree would hold it, as a repository of its own."""
    listed = git("ls-files", "-co", "--exclude-standard", "-z", "--", *PARTS, at=ROOT)
    for name in filter(None, listed.split("\0")):
        source = ROOT / name
        if source.exists():  # a deleted file is listed until its removal is committed
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)
    git("init", "-q", "-b", "main", at=target)
    commit_all(target, "template")
    return target


def commit_all(repository: Path, message: str) -> str:
    """Commit everything in it; the commit's hash."""
    git("add", "-A", at=repository)
    identity = ("-c", "user.name=Ada Tester", "-c", "user.email=ada@example.com")
    git(*identity, "commit", "-qm", message, at=repository)
    return git("rev-parse", "HEAD", at=repository).strip()


def git(*words: str, at: Path) -> str:
    return subprocess.run(
        ["git", *words], cwd=at, check=True, capture_output=True, text=True
    ).stdout


def files(folder: Path) -> dict[str, Path]:
    """Every file below by its relative name, without the repository's own."""
    return {
        str(path.relative_to(folder)): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts[:1]
    }


def copied(template: Path, name: str) -> bool:
    """Whether cookiecutter copies this file of the template, alone or with a folder above it."""
    patterns = json.loads((template / "cookiecutter.json").read_text())["_copy_without_render"]
    above = [name, *map(str, PurePath(name).parents)]
    return any(fnmatch(part, pattern) for part in above for pattern in patterns)


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Mode and bytes of every file, to compare two bakes."""
    return {name: (path.stat().st_mode, path.read_bytes()) for name, path in files(folder).items()}


def everything_in(folder: Path) -> set[str]:
    """Names of all that lies below, folders too."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}
