"""A server of our own on a free port of the loopback address."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

import httpx

from <<cookiecutter.__package>>.settings import variable

PATIENCE = 60  # seconds; a busy machine may need them


class Server:
    """The process, where it listens, and what it has logged so far."""

    def __init__(self, settings: Mapping[str, object]) -> None:
        chosen = {"port": free_port(), "drain_seconds": 0, **settings}
        self.url = f"http://127.0.0.1:{chosen['port']}"
        self.environment = environment(chosen)
        self.process = subprocess.Popen(
            command("serve"),
            env=self.environment,
            stdout=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        self.lines: list[dict[str, Any]] = []
        self._reader = Thread(target=self._read)
        self._reader.start()

    def get(self, path: str, **headers: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", headers=headers)

    def events(self) -> list[str]:
        return [line["event"] for line in self.lines]

    def stop(self) -> int:
        """Send SIGTERM and wait for the end."""
        self.process.terminate()
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code

    def kill(self) -> None:
        """Leave no time for anything; the workers die with their parent."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as stdout:
            for line in stdout:
                self.lines.append(json.loads(line))


@contextmanager
def start_server(settings: Mapping[str, object]) -> Iterator[Server]:
    server = Server(settings)
    try:
        wait_until(lambda: answers(server), f"{server.url} is ready")
        yield server
    finally:
        server.kill()


def answers(server: Server) -> bool:
    assert server.process.poll() is None, "the server has ended"
    with suppress(httpx.TransportError):
        return server.get("/readyz").is_success
    return False


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"not within {PATIENCE} seconds: {what}"
        time.sleep(0.05)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "<<cookiecutter.__package>>", *arguments]


def environment(settings: Mapping[str, object]) -> dict[str, str]:
    return os.environ | {variable(name): str(value) for name, value in settings.items()}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
