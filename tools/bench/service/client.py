"""A load client that costs a fraction of what it measures: raw sockets, one epoll loop.

A closed loop of connections that are kept alive, one request in flight on each, never pipelined.
All requests are the same bytes, so an answer is checked by its first line and its length alone.
It reads nothing of ours and runs as a file, so that it starts in 30 ms on a core of its own.

    python client.py HOST:PORT CONNECTIONS SECONDS < request > result.json
"""

import gc
import json
import select
import socket
import sys
import time
from dataclasses import dataclass

OK = b"HTTP/1.1 200 "
HEAD_END = b"\r\n\r\n"
LENGTH = b"\r\ncontent-length:"
CHUNK = 65536


@dataclass(slots=True)
class Connection:
    """One connection and what its request has got so far."""

    socket: socket.socket
    sent: float = 0.0
    got: bytes = b""


def answer_size(got: bytes) -> int | None:
    """Size of the whole answer once its head is there; raise unless it is a 200 with a length."""
    head, end, _ = got.partition(HEAD_END)
    if not end:
        return None
    if not head.startswith(OK):
        raise RuntimeError(f"answered {head.splitlines()[0].decode('latin-1')!r}, not 200")
    _, found, rest = head.lower().partition(LENGTH)
    if not found:
        raise RuntimeError("answered without Content-Length, which this client cannot measure")
    return len(head) + len(end) + int(rest.split(b"\r\n", 1)[0])


def load(
    address: tuple[str, int], connections: int, seconds: float, request: bytes
) -> dict[str, object]:
    """Keep every connection busy for some time; return each request's microseconds."""
    poll = select.epoll()
    open_now: dict[int, Connection] = {}
    for _ in range(connections):
        made = socket.create_connection(address, timeout=5)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.setblocking(False)
        poll.register(made, select.EPOLLIN)
        open_now[made.fileno()] = Connection(made)
    clock = time.perf_counter
    micros: list[int] = []
    usual = 0
    busy = time.process_time()
    began = clock()
    for connection in open_now.values():
        connection.sent = clock()
        connection.socket.send(request)
    while (now := clock()) - began < seconds:
        if now - began > seconds / 2 and not micros:
            raise RuntimeError(f"no answer within {seconds / 2:.1f} s")
        for number, _ in poll.poll(0.1):
            connection = open_now[number]
            data = connection.socket.recv(CHUNK)
            if not data:
                raise RuntimeError("the server closed a connection")
            if connection.got:
                data = connection.got + data
            if len(data) != usual or not data.startswith(OK):
                size = answer_size(data)
                if size is None or len(data) < size:
                    connection.got = data
                    continue
                usual = len(data)
            connection.got = b""
            answered = clock()
            micros.append(round((answered - connection.sent) * 1e6))
            connection.sent = answered
            connection.socket.send(request)
    took = clock() - began
    busy = time.process_time() - busy
    for connection in open_now.values():
        connection.socket.close()
    return {"seconds": took, "busy": busy / took, "micros": micros}


def main() -> None:
    host, _, port = sys.argv[1].rpartition(":")
    gc.disable()  # a pause of ours would be a latency of theirs
    request = sys.stdin.buffer.read()
    json.dump(load((host, int(port)), int(sys.argv[2]), float(sys.argv[3]), request), sys.stdout)


if __name__ == "__main__":
    main()
