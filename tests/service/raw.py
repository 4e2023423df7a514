"""A client that never retries: what the network says is what it reports."""

import json
import socket
from contextlib import closing
from dataclasses import dataclass

OK = 200
HEAD_END = b"\r\n\r\n"
BASKET = {"currency": "EUR", "items": [{"sku": "TEA-250", "quantity": 12, "unit_price": 1250}]}
TOTAL = 14250


class LostError(Exception):
    """A request that got no whole answer; the message says what came instead."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def closes(self) -> bool:
        return self.headers.get("connection", "").lower() == "close"


def request(method: str, path: str, body: object = None, **headers: str) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", f"content-length: {len(content)}"]
    if content:
        lines.append("content-type: application/json")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + HEAD_END + content


QUOTE = request("POST", "/v1/quotes", BASKET)


class Connection:
    """One connection; each request on it is sent once."""

    def __init__(self, port: int, seconds: float = 30) -> None:
        try:
            self.socket = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        except OSError as error:
            raise LostError(f"connecting: {error}") from error
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, message: bytes) -> Answer:
        got = b""
        try:
            self.socket.sendall(message)
            while HEAD_END not in got:
                got += self._more()
            head, _, body = got.partition(HEAD_END)
            first, *lines = head.decode("latin-1").split("\r\n")
            headers = {
                name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)
            }
            while len(body) < int(headers["content-length"]):
                body += self._more()
        except OSError as error:
            raise LostError(f"after {len(got)} bytes: {error}") from error
        return Answer(int(first.split()[1]), headers, body)

    def close(self) -> None:
        self.socket.close()

    def _more(self) -> bytes:
        data = self.socket.recv(65536)
        if not data:
            raise LostError("closed before the answer was whole")
        return data


def ask(port: int, message: bytes, seconds: float = 30) -> Answer:
    """Ask once on a connection of its own."""
    with closing(Connection(port, seconds)) as connection:
        return connection.ask(message)
