"""Where engines are kept: outside every repository, one at a time, whole or not at all."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

WAIT_SECONDS = 1
WORD_SECONDS = 15  # how often a waiting process says so
UNFINISHED = "unfinished-"


def root() -> Path:
    """Return $XDG_CACHE_HOME/slipway/engine; a relative value counts as none, as XDG says."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".cache") / "slipway" / "engine"


@contextmanager
def turn(progress: Callable[[str], None]) -> Generator[Path]:
    """Hold the only right to add to the cache, and clear what an interrupted process left there.

    The lock is the operating system's: it ends with its process, however that ends.
    """
    folder = root()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        _wait_for(lock.fileno(), progress)
        for left in folder.glob(f"{UNFINISHED}*"):
            remove(left)
        yield folder


@contextmanager
def becoming(final: Path) -> Generator[Path]:
    """Give a folder to fill, which turns into `final` in one step if the block ends well."""
    final.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=final.parent))
    try:
        yield unfinished
        remove(final)  # one that was there and did not work
        unfinished.rename(final)
    finally:
        remove(unfinished)


def remove(folder: Path) -> None:
    """Remove a tree that may hold folders without write permission, as Go's module cache does."""
    for place, _, _ in os.walk(folder):
        Path(place).chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def _wait_for(lock: int, progress: Callable[[str], None]) -> None:
    asked = time.monotonic()
    next_word = asked
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            now = time.monotonic()
            if now >= next_word:
                progress(
                    f"another process prepares the engine; waiting for it ({now - asked:.0f} s)"
                )
                next_word = now + WORD_SECONDS
            time.sleep(WAIT_SECONDS)
        else:
            return
