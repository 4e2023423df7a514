"""A contender as a process: started, pinned to a core, asked, weighed, stopped."""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.bench.service.contenders import Contender

START_LIMIT = 60.0
STOP_LIMIT = 10.0
POLL_SECONDS = 0.002
TICKS = os.sysconf("SC_CLK_TCK")


class BenchError(Exception):
    """What was to be measured cannot be; the message is one line."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """A contender that has answered its first request."""

    process: subprocess.Popen[bytes]
    port: int
    start_seconds: float  # from the call that starts it to its first answer
    first_answer: bytes

    def memory(self) -> float:
        """Megabytes in memory now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024

    def cpu_seconds(self) -> float:
        """Seconds of processor so far: what a request costs, however busy the machine is."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text()
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / TICKS


def two_cores() -> tuple[int, int]:
    """One core for the server and one for the client, so that neither takes from the other."""
    if not hasattr(os, "sched_setaffinity") or not Path("/proc/self/stat").exists():
        raise BenchError("this benchmark pins processes to cores and reads /proc: it needs Linux")
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:  # noqa: PLR2004
        raise BenchError("this benchmark needs two cores, one for the server, one for the client")
    return cores[0], cores[1]


@contextmanager
def running(contender: Contender, core: int, request: bytes) -> Generator[Running]:
    """Start it, wait for its first answer, stop it in the end."""
    port = free_port()
    with tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            contender.command(port),
            env=dict(contender.environment(port)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # everybody's log is written, and nobody's is read
            stderr=errors,
        )
        try:
            os.sched_setaffinity(process.pid, {core})
            answer = None
            while answer is None:
                took = time.perf_counter() - began
                if process.poll() is not None or took > START_LIMIT:
                    errors.seek(0)
                    said = errors.read().decode(errors="replace").strip().splitlines() or [
                        "nothing"
                    ]
                    raise BenchError(f"{contender.name} does not start; its last line: {said[-1]}")
                time.sleep(POLL_SECONDS)
                answer = ask(port, request)
            took = time.perf_counter() - began
            yield Running(process=process, port=port, start_seconds=took, first_answer=answer)
        finally:
            stop(process)


def ask(port: int, request: bytes) -> bytes | None:
    """Return the body of the answer to one request, None where nobody listens yet."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
    except ConnectionRefusedError:
        return None
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200 "):
        raise BenchError(f"port {port} answered {head[:40]!r} {body[:200]!r}, not 200")
    return body


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
