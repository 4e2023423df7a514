"""Programs on a PATH of our own making, and the files of this repository."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What POSIX promises and our scripts use.
POSIX = [
    "cat",
    "cmp",
    "dirname",
    "env",
    "grep",
    "head",
    "ln",
    "mkdir",
    "readlink",
    "rm",
    "sed",
    "sh",
    "sleep",
]


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Return a folder to use as PATH: the POSIX tools, and no Python, uv, Go or Pulumi."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in POSIX:
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    return folder


@pytest.fixture
def program(programs: Path) -> Callable[[str, str], Path]:
    """Return a function that puts a shell script of that name and body on that PATH."""

    def put(name: str, body: str) -> Path:
        path = programs / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return path

    return put


@pytest.fixture(scope="session")
def tracked() -> list[Path]:
    """Return every file that is, or is about to be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]
