"""What is looked for, and how not finding it is said."""

import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.engine import cache

if TYPE_CHECKING:
    from pulumi.automation import PulumiCommand

# The oldest CLI that our tests have run with, and the one we build. Older ones are untried
# with our SDK; a new major version may differ in anything.
OLDEST = (3, 250, 0)
NEXT_MAJOR = (4, 0, 0)

type Progress = Callable[[str], None]


class EngineError(Exception):
    """No usable Pulumi CLI; the message is one line that names each way tried."""


class WayFailedError(Exception):
    """One way to a CLI did not work; the message is a clause for the line of EngineError."""


@dataclass(frozen=True, kw_only=True)
class Engine:
    """A Pulumi CLI whose version fits."""

    path: Path
    version: str
    origin: str  # how it came to be here, for people

    @property
    def ours(self) -> bool:
        """Whether it lies in our cache, where a person's shell finds it by our PATH only."""
        return self.path.is_relative_to(cache.root())

    @property
    def environment(self) -> dict[str, str]:
        """What to set, over os.environ, to run this CLI apart from a person's own Pulumi.

        The backend is the caller's choice; with none set, the private PULUMI_HOME knows no login.
        """
        path = os.environ.get("PATH", os.defpath)
        return {
            # A person's own CLI is on PATH; its folder moved to the front could hide their Python.
            "PATH": f"{self.path.parent}{os.pathsep}{path}" if self.ours else path,
            "PULUMI_HOME": str(cache.root() / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            # Without it every run looks for the network first, and waits where there is none.
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }

    def command(self) -> "PulumiCommand":
        """Return this CLI for the Automation API, which left alone takes the first on PATH."""
        from pulumi.automation import PulumiCommand  # noqa: PLC0415 (finding does without its 0.6 s)

        return PulumiCommand(root=str(self.path.parent.parent) if self.ours else None)


def engine_at(path: Path, origin: str) -> Engine:
    """Run the CLI at `path` to learn its version; WayFailedError when it does not fit."""
    try:
        answer = subprocess.run(
            [path, "version"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise WayFailedError(f"{path} does not run ({error})") from error
    found = re.match(r"v?(\d+)\.(\d+)\.(\d+)", answer.stdout.strip())
    if answer.returncode != 0 or not found:
        said = (answer.stderr or answer.stdout).strip().splitlines() or ["nothing"]
        raise WayFailedError(f"{path} does not tell its version, it says: {said[-1]}")
    version = found.group(0).removeprefix("v")
    if not OLDEST <= tuple(map(int, found.groups())) < NEXT_MAJOR:
        oldest = ".".join(map(str, OLDEST))
        raise WayFailedError(f"{path} is version {version}, we need {oldest} or later, below 4")
    return Engine(path=path, version=version, origin=origin)
