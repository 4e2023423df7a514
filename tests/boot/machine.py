"""A folder that user-data and boot.sh take for the machine, with stand-ins for what they call."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.boot import as_systemd

AGENT = "1.300071.0b1842"  # as its version file says it
INSTANCE = "i-0123456789abcdef0"
PATIENCE = 30.0  # seconds for what takes one


class Machine:
    """What an image brings: an interpreter, the agent, systemd, zstd and `aws`."""

    def __init__(self, root: Path, memory: Path, minor: str, python: Path, aws: Path) -> None:
        self.root = root
        self.minor = minor
        self.patience = int(PATIENCE)
        self.python = python
        self._aws = aws
        self.bin = root / "stand-ins"
        self.agent = root / "opt/aws/amazon-cloudwatch-agent/bin"
        for folder in (self.bin, self.agent, root / "usr/bin", root / "var/tmp"):
            folder.mkdir(parents=True)
        (root / "opt/service").mkdir()
        (root / "run").symlink_to(memory)
        (root / "var/lib/cloud/data").mkdir(parents=True)
        (root / "var/lib/cloud/data/instance-id").write_text(f"{INSTANCE}\n")
        (root / "calls").touch()
        self.bring_interpreter()
        self.bring_agent(AGENT)
        self.stand_in(self.bin / "dnf", "exit 1")
        self.stand_in(self.bin / "journalctl", f'tail -n 5 "{root}/journal"')
        self.stand_in(self.bin / "systemctl", self._systemctl())

    def _systemctl(self) -> str:
        """Start and stop really happen; a service that runs is not started again."""
        here, pid = as_systemd.__file__, self.root / "pid"
        return f"""\
case "$*" in
  "start app.service")
    if [ -e {pid} ] && kill -0 "$(cat {pid})"; then exit 0; fi
    setsid "{sys.executable}" "{here}" "{self.root}" >>"{self.root}/journal" 2>&1 </dev/null &
    echo $! >{pid} ;;
  "is-failed "*) [ ! -e "/proc/$(cat {pid})" ] || grep -q ^State:.Z "/proc/$(cat {pid})/status" ;;
  "disable --now "*) [ ! -e {pid} ] || kill "$(cat {pid})" 2>/dev/null || true ;;
esac"""

    def bring_interpreter(self, body: str | None = None) -> Path:
        """Put one at its place that runs the tests' own."""
        path = self.root / f"usr/bin/python{self.minor}"
        path.write_text(f"#!/bin/sh\n{body or f'exec "{self.python}" "$@"'}\n")
        path.chmod(0o755)
        return path

    def bring_agent(self, version: str) -> None:
        (self.agent / "CWAGENT_VERSION").write_text(version)
        self.stand_in(self.agent / "amazon-cloudwatch-agent-ctl", "exit 0")

    def stand_in(self, path: Path, body: str) -> None:
        """Put a command in place that writes down how it is called."""
        record = f'echo "{path.name} $*" >>"{self.root}/calls"'
        path.write_text(f"#!/bin/bash\n{record}\n{body}\n")
        path.chmod(0o755)

    def run(
        self, *words: str | Path, environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run a command on it, as root would on a machine."""
        path = f"{self.bin}:{self._aws}:/usr/bin:/bin"
        own = {"PATH": path, "BOOT_ROOT": str(self.root), "READY_SECONDS": str(self.patience)}
        return subprocess.run(
            list(words),
            env={**environment, **own},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def user_data(
        self, script: str, environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run user-data as cloud-init does; its paths are this machine's."""
        for folder in ("opt", "var"):
            script = script.replace(f"/{folder}/", f"{self.root}/{folder}/")
        path = self.root / "user-data"
        path.write_text(script)
        return self.run(shutil.which("bash") or "bash", path, environment=environment)

    @property
    def boot(self) -> Path:
        return self.root / "opt/service/current/boot/boot.sh"

    @property
    def release(self) -> Path:
        return self.root / "opt/service/release.json"

    @property
    def units(self) -> Path:
        return self.root / "etc/systemd/system"

    @property
    def secrets(self) -> Path:
        return self.root / "run/app-secrets"

    def calls(self) -> list[str]:
        return (self.root / "calls").read_text().splitlines()

    def pid(self) -> int | None:
        """The service's process."""
        path = self.root / "pid"
        return int(path.read_text()) if path.exists() else None

    def ask(self, port: int, path: str = "/readyz") -> dict[str, Any]:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as answer:
            return json.loads(answer.read() or b"{}")

    def ended(self) -> bool:
        """Say whether the service is gone, within the time a stop may take."""
        pid = self.pid()
        deadline = time.monotonic() + PATIENCE
        while pid and Path(f"/proc/{pid}").exists() and not _is_zombie(pid):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def power_off(self) -> None:
        """Kill the service, if there is one."""
        pid = self.pid()
        if pid:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
