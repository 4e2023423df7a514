"""A server of our own on a free port of the loopback address."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import httpx

from <<cookiecutter.__package>>.settings import variable

START_SECONDS = 20


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[bytes]
    url: str

    def stop(self, seconds: float = START_SECONDS) -> list[dict[str, Any]]:
        """Send SIGTERM, wait for the end, and return the lines of the log."""
        self.process.terminate()
        output, _ = self.process.communicate(timeout=seconds)
        return [json.loads(line) for line in output.splitlines()]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "<<cookiecutter.__package>>", *arguments]


def environment(settings: Mapping[str, object]) -> dict[str, str]:
    return os.environ | {variable(name): str(value) for name, value in settings.items()}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def start_server(settings: Mapping[str, object]) -> Iterator[Server]:
    chosen = {"port": free_port(), **settings}
    process = subprocess.Popen(
        command("serve"), env=environment(chosen), stdout=subprocess.PIPE, start_new_session=True
    )
    server = Server(process, f"http://127.0.0.1:{chosen['port']}")
    try:
        _wait_until_ready(server)
        yield server
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # its workers too
        process.communicate()


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        try:
            if httpx.get(f"{server.url}/readyz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"the server was not ready within {START_SECONDS} seconds")
