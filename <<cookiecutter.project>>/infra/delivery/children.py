"""Other programs: what they say, and one line when they fail."""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from stack.refusal import Refused

# Of this process only: another repository, environment or way to compile is never meant.
OTHERS = re.compile(r"GIT_(DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|PREFIX)|VIRTUAL_ENV|PYTHON.*")
FRAMES = re.compile(r"[\s│├╰─▶\u00d7]+")  # with which uv draws its errors
ENOUGH = 600  # characters of a program's last words


def said_by(
    command: Sequence[str | Path],
    *,
    at: Path,
    meaning: str,
    advice: str = "",
    environment: Mapping[str, str] | None = None,
    accepted: Sequence[int] = (0,),
) -> bytes:
    """Run a program; give what it wrote. If it fails, its last words follow the meaning."""
    inherited = {k: v for k, v in os.environ.items() if not OTHERS.fullmatch(k)}
    try:
        done = subprocess.run(  # noqa: S603 a list, never a shell
            command,
            cwd=at,
            env={**inherited, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        words = f"{command[0]} cannot be run: {error.strerror}"
        raise Refused([f"{meaning}: {words}."], advice) from error
    if done.returncode not in accepted:
        words = in_one_line(done.stderr.decode(errors="replace"))
        ending = words or f"it ended with {done.returncode}"
        raise Refused([f"{meaning}: {ending.rstrip('.')}."], advice)
    return done.stdout


def in_one_line(text: str) -> str:
    """Join lines, without frames; of much text give the end."""
    joined = FRAMES.sub(" ", text).strip()
    return joined if len(joined) <= ENOUGH else f"... {joined[-ENOUGH:]}"
