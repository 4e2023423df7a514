"""What git knows of two builds' commits: what lies between them, for a person to read."""

import os
from dataclasses import dataclass
from pathlib import Path

from stack.refusal import Refused

from ..children import said_by
from ..showing.sentences import plain

ENOUGH = 20  # commits that are named; more are counted
SUBJECT = 72  # characters of a commit's first line


@dataclass(frozen=True)
class Range:
    """The way from one commit to another."""

    brings: tuple[str, ...] = ()  # commits that are new, the newest first, as git shortens them
    takes: tuple[str, ...] = ()  # those that it goes back behind
    unknown: str = ""  # why that cannot be said, if so

    @property
    def said(self) -> str:
        """Tell it in a few words."""
        if self.unknown:
            return self.unknown
        parts = [f"goes back {_counted(self.takes)}"] if self.takes else []
        parts += [f"brings {_counted(self.brings)}"] if self.brings else []
        return ", ".join(parts) or "no commit of this project lies between them"

    @property
    def lines(self) -> list[str]:
        """Name the commits: those that come with a plus, those that go with a minus."""
        marked = [f"- {each}" for each in self.takes] + [f"+ {each}" for each in self.brings]
        more = len(marked) - ENOUGH
        return marked[:ENOUGH] + ([f"and {more} more"] if more > 0 else [])


def between(project: Path, old: str, new: str) -> Range:
    """Look what lies between two commits, in this project alone where a repository has several."""
    unknown = [each[:12] for each in (old, new) if not commit_of(project, each)]
    if unknown:
        names = " and ".join(unknown)
        return Range(unknown=f"{names} is not in this clone, so what changed is not known here")
    brings, takes = _log(project, f"{old}..{new}"), _log(project, f"{new}..{old}")
    if takes and brings and _shallow(project):
        return Range(unknown="this clone is shallow, so what changed is not known here")
    return Range(brings, takes)


def commit_of(project: Path, revision: str) -> str | None:
    """Give the commit that a word means to git; None if it means none."""
    if revision.startswith("-"):
        return None
    words = ["rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"]
    try:
        return _git(project, *words, accepted=(0, 1)).strip() or None
    except Refused:
        return None  # where git or its repository is missing no word means anything


def _log(project: Path, commits: str) -> tuple[str, ...]:
    form = f"--format=%h %<({SUBJECT},trunc)%s"
    said = _git(project, "log", form, commits, "--", ".")
    return tuple(plain(each).strip() for each in said.split("\n") if each)


def _shallow(project: Path) -> bool:
    return _git(project, "rev-parse", "--is-shallow-repository").strip() == "true"


def _git(project: Path, *words: str, accepted: tuple[int, ...] = (0,)) -> str:
    said = said_by(
        ["git", *words],
        at=project,
        meaning=f"git cannot read the commits of {project}",
        accepted=accepted,
    )
    return os.fsdecode(said)


def _counted(commits: tuple[str, ...]) -> str:
    return f"{len(commits)} commit{'s' if len(commits) > 1 else ''}"
