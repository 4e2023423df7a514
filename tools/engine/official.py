"""The third way: Pulumi's own installation, as its Automation API does it."""

import sys
from importlib.metadata import version
from pathlib import Path

from tools.engine import cache
from tools.engine.model import Engine, Progress, WayFailedError, engine_at
from tools.engine.process import run

# A process of its own, because the installation knows no time limit and would block us.
INSTALL = """
import socket, sys
from pulumi.automation import PulumiCommand
socket.setdefaulttimeout(10)
try:
    PulumiCommand.install(root=sys.argv[1])
except Exception as error:
    output = getattr(error, "output", None) or b""
    sys.exit((output.decode().strip().splitlines() or [str(error)])[-1])
"""
TIME_LIMIT = 600  # some 200 MB to fetch


def cached(_: Progress) -> Engine:
    """Return what this way installed before."""
    path = _folder() / "bin" / "pulumi"
    if not path.exists():
        raise WayFailedError("not installed before")
    return engine_at(path, "official installation, cached")


def install(progress: Progress) -> Engine:
    """Install the CLI of our SDK's own version."""
    with cache.becoming(_folder()) as folder:
        run(
            [sys.executable, "-c", INSTALL, str(folder)],
            doing=f"installing the Pulumi CLI {version('pulumi')} from its makers",
            progress=progress,
            time_limit=TIME_LIMIT,
        )
    return engine_at(_folder() / "bin" / "pulumi", "official installation")


def _folder() -> Path:
    return cache.root() / f"official-{version('pulumi')}"
