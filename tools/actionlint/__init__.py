"""actionlint, built from its Go module once: no package index carries the program itself."""

import fcntl
import hashlib
import tempfile
from pathlib import Path

from tools.engine.cache import remove
from tools.engine.golang import find_go
from tools.engine.model import Progress
from tools.engine.process import run
from tools.environment import cache

HERE = Path(__file__).parent
PROGRAM = "github.com/rhysd/actionlint/cmd/actionlint"
TIME_LIMIT = 600


def find_actionlint(progress: Progress) -> Path:
    """Return the program of the pinned version; WayFailedError where Go cannot be had either."""
    pinned = b"".join((HERE / name).read_bytes() for name in ("go.mod", "go.sum"))
    folder = cache().parent / "actionlint"
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / f"actionlint-{hashlib.sha256(pinned).hexdigest()[:16]}"
    with (folder / "lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not program.exists():
            build(program, progress)
    return program


def build(program: Path, progress: Progress) -> None:
    """Build beside its place, so that what is in place is always whole."""
    work = Path(tempfile.mkdtemp(dir=program.parent))
    try:
        go = find_go(work, HERE, progress)
        run(
            [go.command, "build", "-mod=readonly", "-o", work / "actionlint", PROGRAM],
            doing="building actionlint from its Go module (only once)",
            progress=progress,
            time_limit=TIME_LIMIT,
            cwd=HERE,
            environment=go.environment,
        )
        (work / "actionlint").rename(program)
    finally:
        remove(work)
