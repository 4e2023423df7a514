"""Runs one admin process for whoever connects to the socket that systemd hands over.

What it says goes to that one's stdout and stderr and into the journal. When that one is gone, as
after a cancelled Run Command, which kills without a word, the process is told to end.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from typing import BinaryIO

LISTENING = 3  # the first descriptor that systemd hands over; see sd_listen_fds(3)
GRACE = float(os.environ.get("ADMIN_GRACE_SECONDS", "10"))  # between asking it to end and ending it
LEFT_OPEN = 5.0  # seconds for which a child of its own may keep its output open
CHUNK = 65536


def main(package: str) -> None:
    """Serve one request."""
    with socket.socket(fileno=LISTENING) as listening:
        asking, _ = listening.accept()
        with asking:
            words, streams = request(asking)
            sys.stderr.write(f"running: {json.dumps(words)}\n")
            sys.stderr.flush()
            code = run([sys.executable, "-m", package, *words], streams, asking)
            sys.stderr.write(f"ended with {code}\n")
            with suppress(OSError):  # nobody is there any more
                asking.sendall(f"{code}\n".encode())


def request(asking: socket.socket) -> tuple[list[str], list[int]]:
    """Read the words of the command, and take the two descriptors that come with them."""
    line, streams, _, _ = socket.recv_fds(asking, CHUNK, 2)
    while not line.endswith(b"\n"):
        more = asking.recv(CHUNK)
        if not more:
            raise SystemExit("nothing was asked")
        line += more
    return json.loads(line), list(streams)


def run(command: list[str], streams: list[int], asking: socket.socket) -> int:
    """Run it to its end, or to the end of the one who asked; give the code a shell would."""
    process = subprocess.Popen(  # noqa: S603 a list, never a shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    signal.signal(signal.SIGTERM, lambda *_: end(process))
    threading.Thread(target=watch, args=(asking, process), daemon=True).start()
    copying = [
        threading.Thread(target=copy, args=each, daemon=True)
        for each in zip(
            (process.stdout, process.stderr),
            streams,
            (sys.stdout.fileno(), sys.stderr.fileno()),
            strict=True,
        )
    ]
    for each in copying:
        each.start()
    code = process.wait()
    for each in copying:
        each.join(LEFT_OPEN)
    return code if code >= 0 else 128 - code


def copy(source: BinaryIO, *targets: int) -> None:
    """Copy what comes, as it comes; a target that is gone is left out."""
    open_ones = list(targets)
    while chunk := os.read(source.fileno(), CHUNK):
        for target in list(open_ones):
            try:
                whole(target, chunk)
            except OSError:
                open_ones.remove(target)


def whole(target: int, chunk: bytes) -> None:
    """Write all of it."""
    while chunk:
        chunk = chunk[os.write(target, chunk) :]


def watch(asking: socket.socket, process: subprocess.Popen[bytes]) -> None:
    """Wait for the end of the one who asked."""
    with suppress(OSError):
        asking.recv(1)
    end(process)
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        end(process, signal.SIGKILL)


def end(process: subprocess.Popen[bytes], how: int = signal.SIGTERM) -> None:
    """Tell it and its children to end."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, how)


if __name__ == "__main__":
    main(sys.argv[1])
