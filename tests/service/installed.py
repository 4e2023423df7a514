"""A service baked and installed once per run, and processes of it."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests.service.raw import OK, LostError, ask, request
from tools.environment import install, python_with

PROJECT = "late-orders"  # a hyphen, so that names of project, package and settings all differ
PACKAGE = "late_orders"
PREFIX = "LATE_ORDERS_"
MINOR = "{}.{}".format(*sys.version_info)
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
PATIENCE = 60.0  # seconds for what takes one on a machine that is not busy


@dataclass
class Process:
    """A service that has been started; whatever it says is kept."""

    popen: subprocess.Popen[bytes]
    port: int
    memory: Path  # its runtime directory
    output: list[bytes] = field(default_factory=list)

    @property
    def pid(self) -> int:
        return self.popen.pid

    def read(self) -> None:
        assert self.popen.stdout
        with self.popen.stdout as lines:
            self.output.extend(lines)

    def lines(self) -> list[dict]:
        """Its log so far."""
        return [json.loads(line) for line in list(self.output)]

    def workers(self) -> list[int]:
        """Processes that serve: its children, but for the resource tracker of multiprocessing."""
        path = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [pid for pid in map(int, path.read_text().split()) if b"spawn_main" in command(pid)]

    def everything(self) -> list[int]:
        """All its processes."""
        path = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [self.pid, *map(int, path.read_text().split())]

    def kill(self, pid: int, number: signal.Signals) -> None:
        """Signal one worker of it, never any other process."""
        assert pid in self.workers()
        os.kill(pid, number)

    def signal_all(self, number: signal.Signals) -> None:
        """Signal every process of it at once, as systemd does."""
        os.killpg(self.pid, number)

    def end(self) -> None:
        """Kill what is left of it."""
        with suppress(ProcessLookupError):
            self.signal_all(signal.SIGKILL)
        self.popen.wait()


def command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it has just ended
        return b""


def is_stopped(pid: int) -> bool:
    """Has SIGSTOP reached it? Only then does it take no more connections: proc_pid_stat(5)."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("T")


@dataclass(frozen=True)
class Installed:
    """A tree of packages, and an interpreter that has what they need."""

    python: Path
    tree: Path
    project: Path

    def declared(self, tier: str) -> dict[str, str]:
        """The environment that the team declares for a tier."""
        stack = yaml.safe_load((self.project / f"infra/Pulumi.{tier}.yaml").read_text())
        return stack["config"].get(f"{PROJECT}:environment", {})

    @contextmanager
    def serving(
        self,
        *,
        place: Path | None = None,
        environment: Mapping[str, str] | None = None,
        **settings: object,
    ) -> Generator[Process]:
        """Start it in `place` with these settings, wait until it is ready, kill what is left."""
        port = free_port()
        chosen = {"port": port, "drain_seconds": 0, **settings}
        variables = {f"{PREFIX}{name.upper()}": str(value) for name, value in chosen.items()}
        with tempfile.TemporaryDirectory(prefix="slipway-", dir=MEMORY) as memory:
            popen = subprocess.Popen(
                [self.python, "-m", PACKAGE, "serve"],
                cwd=place or self.tree,
                env={
                    "PATH": os.defpath,
                    "PYTHONPATH": str(self.tree),
                    "RUNTIME_DIRECTORY": memory,  # as systemd gives one, and takes it away again
                    **(environment or {}),
                    **variables,
                },
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # the group that signals go to is the service's alone
            )
            process = Process(popen, port, Path(memory))
            reader = threading.Thread(target=process.read)
            reader.start()
            try:
                wait_until(lambda: ready(process), "the service is ready")
                yield process
            finally:
                process.end()
                reader.join()


def ready(process: Process) -> bool:
    if process.popen.poll() is not None:
        said = b"".join(process.output).decode(errors="replace")
        raise AssertionError(f"the service ended with {process.popen.returncode}: {said}")
    try:
        return ask(process.port, request("GET", "/readyz", connection="close")).status == OK
    except LostError:
        return False


def wait_until(holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.02)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def install_service(project: Path, folder: Path) -> Installed:
    """Install a baked project as a build is: its lock apart, its code as a tree of its own."""
    python = python_with("tests-service", [project / "requirements.txt"])
    tree = folder / "tree"
    install(python, "--no-deps", "--target", tree, project)
    return Installed(python, tree, project)
