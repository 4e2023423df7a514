"""The lock on a tier's state, and whether whoever holds it is still there.

A state in a bucket or a folder is locked by a file that names its maker. A maker that was killed
leaves it there for good.
"""

import os
import re
import socket
import subprocess
from collections.abc import Collection
from dataclasses import dataclass

from stack.refusal import Refused

# Pulumi's words, of pkg/backend/diy/lock.go.
HELD = re.compile(r"created by (?P<user>\S+)@(?P<host>\S+) \(pid (?P<pid>\d+)\) at (?P<since>\S+)")


class Locked(Refused):
    """Somebody else is at work on the state."""


@dataclass(frozen=True)
class Lock:
    """A lock, by what it says of its maker."""

    user: str
    host: str
    pid: int
    since: str

    @property
    def owner(self) -> str:
        """Name the maker as leases do."""
        return f"{self.user}@{self.host}"

    @property
    def here(self) -> bool:
        """Tell whether it was made on this machine."""
        return self.host == socket.gethostname()

    @property
    def alive(self) -> bool:
        """Tell whether its maker runs on this machine."""
        return self.here and _is_pulumi(self.pid)

    def left_by(self, owners: Collection[str]) -> bool:
        """Tell whether its maker is surely gone: it ended here, or it was a deployer before us."""
        return not self.alive if self.here else self.owner in owners

    def __str__(self) -> str:
        """Tell it to a person."""
        return f"{self.owner} (process {self.pid}) since {self.since}"


def parse_locks(said: str) -> list[Lock]:
    """Read the holders from what Pulumi says when it finds a lock."""
    return [
        Lock(each["user"], each["host"], int(each["pid"]), each["since"])
        for each in HELD.finditer(said)
    ]


def _is_pulumi(pid: int) -> bool:
    """Tell whether a process runs, and is no other that got the same number later."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # of another person
    told = subprocess.run(  # noqa: S603 a number only
        ["ps", "-o", "stat=,comm=", "-p", str(pid)],  # noqa: S607 the system's own
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    return "pulumi" in told and not told.startswith("Z")
