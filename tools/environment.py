"""Environments of tools that must not share ours: each from locks of its own, kept in the cache.

They lie outside the repository, are named by what they are made of, and are made once.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

TIME_LIMIT = 600
UV = Path(sysconfig.get_path("scripts")) / "uv"


class NoEnvironmentError(Exception):
    """An environment cannot be made; the message is one line, with uv's last words."""


def python_with(name: str, locks: Sequence[Path]) -> Path:
    """Return an interpreter of our own version that has everything in `locks`, and nothing else."""
    content = b"\0".join([sys.version.encode(), *(lock.read_bytes() for lock in locks)])
    folder = cache() / f"{name}-{hashlib.sha256(content).hexdigest()[:16]}"
    python = folder / "bin" / "python"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{name}.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # two test processes may want it at once
        if not (folder / "made").exists():
            _uv("venv", "--quiet", "--clear", "--python", sys.executable, folder)
            requirements = (word for lock in locks for word in ("-r", str(lock)))
            install(python, "--require-hashes", *requirements)
            (folder / "made").touch()
    return python


def install(python: Path, *words: str | Path) -> None:
    """Install for an interpreter; byte-code too, so that no start is slower for being the first."""
    _uv("pip", "install", "--quiet", "--compile-bytecode", "--python", python, *words)


def cache() -> Path:
    """$XDG_CACHE_HOME/slipway/environments; a relative value counts as none, as XDG says."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".cache") / "slipway" / "environments"


def _uv(*words: str | Path) -> None:
    program = UV if UV.exists() else shutil.which("uv") or UV
    try:
        done = subprocess.run(
            [program, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIME_LIMIT,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoEnvironmentError(f"uv {words[0]}: {error}") from error
    if done.returncode != 0:
        said = " ".join(done.stderr.split()) or f"status {done.returncode}"
        raise NoEnvironmentError(f"uv {' '.join(map(str, words))}: {said}")
