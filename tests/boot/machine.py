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
        here = Path(as_systemd.__file__)
        command = f"{sys.executable} {here} {self.root}"
        start = (
            f"{command} app.service & echo $! >{self.root}/pid; "
            f"wait $!; echo $? >{self.root}/status"
        )
        return f"""\
running() {{ [ -s "{self.root}/pid" ] && [ -e "/proc/$(cat "{self.root}/pid")" ]; }}
case "$*" in
  "start app.service")
    if running; then exit 0; fi
    setsid bash -c "{start.replace("$", chr(92) + "$")}" >>"{self.root}/journal" 2>&1 </dev/null &
    until [ -s "{self.root}/pid" ]; do sleep 0.01; done ;;
  "enable --now app-admin.socket")
    if [ -S "{self.root}/run/app-admin.socket" ]; then exit 0; fi
    setsid {command} app-admin.socket >>"{self.root}/journal" 2>&1 </dev/null &
    echo $! >"{self.root}/admin"
    until [ -S "{self.root}/run/app-admin.socket" ]; do sleep 0.01; done ;;
  "is-failed "*) ! running ;;
  "disable --now "*) if running; then kill "$(cat "{self.root}/pid")"; fi ;;
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

    def start(self, script: str) -> "subprocess.Popen[bytes]":
        """Start a script as Run Command's agent does: by sh, in a process group of its own."""
        here = script.replace("/opt/service/", f"{self.root}/opt/service/", 1)
        return subprocess.Popen(
            ["sh", "-c", here],
            env={"PATH": f"{self.bin}:/usr/bin:/bin", "BOOT_ROOT": str(self.root)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

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

    def terminate(self) -> None:
        """Tell the service to end, as systemd does first."""
        os.kill(self.pid() or 0, signal.SIGTERM)

    def ended(self) -> int:
        """The status with which the service has ended, within the time a stop may take."""
        path = self.root / "status"
        deadline = time.monotonic() + PATIENCE
        while not (path.exists() and path.read_text()):
            assert time.monotonic() < deadline, "it runs on"
            time.sleep(0.02)
        return int(path.read_text())

    def power_off(self) -> None:
        """Kill the service, if there is one, and what listens."""
        for name in ("pid", "admin"):
            path = self.root / name
            if path.exists():
                with suppress(ProcessLookupError):
                    os.killpg(os.getpgid(int(path.read_text())), signal.SIGKILL)
