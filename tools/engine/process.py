"""Run a long command and show that it lives."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tools.engine.model import Progress, WayFailedError

WORD_SECONDS = 10
POLL_SECONDS = 0.2


def run(
    command: Sequence[str | Path],
    *,
    doing: str,
    progress: Progress,
    time_limit: float,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    describe: Callable[[list[str]], str] = lambda _: "",
) -> str:
    """Return what `command` printed; WayFailedError, with its last line, when it fails.

    Every WORD_SECONDS `progress` hears the time and what `describe` makes of the lines so far.
    """
    started = time.monotonic()
    progress(f"{doing} ...")
    with tempfile.TemporaryFile("w+") as output:
        try:
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env=None if environment is None else dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        except OSError as error:
            raise WayFailedError(f"{command[0]} does not start ({error})") from error
        next_word = started + WORD_SECONDS
        try:
            while process.poll() is None:
                now = time.monotonic()
                if now - started > time_limit:
                    raise WayFailedError(f"{doing}: not done after {time_limit:.0f} s")
                if now >= next_word:
                    progress(_word(doing, now - started, describe(_lines(output.fileno()))))
                    next_word = now + WORD_SECONDS
                time.sleep(POLL_SECONDS)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        lines = _lines(output.fileno())
    if process.returncode != 0:
        raise WayFailedError(f"{doing}: {_reason(lines, process.returncode)}")
    return "\n".join(lines)


def _lines(descriptor: int) -> list[str]:
    size = os.fstat(descriptor).st_size
    text = os.pread(descriptor, size, 0).decode(errors="replace")
    return [line.strip() for line in text.splitlines() if line.strip()]


def _word(doing: str, seconds: float, detail: str) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{doing}: {minutes}:{rest:02d}" + (f", {detail}" if detail else "")


def _reason(lines: list[str], code: int) -> str:
    return lines[-1] if lines else f"ended with code {code} and no word"
