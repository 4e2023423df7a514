"""The demo's talk with the service: started by `make run`, asked, stopped by SIGTERM."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from tools.demo.children import ChildFailedError, Children

START_SECONDS = 30
ASK_SECONDS = 5

BASKET = {
    "currency": "EUR",
    "items": [
        {"sku": "TEA-250", "quantity": 12, "unit_price": 1250},
        {"sku": "MUG-01", "quantity": 1, "unit_price": 900},
    ],
}
EMPTY_BASKET = {"currency": "EUR", "items": []}

QUESTIONS: tuple[tuple[str, str, object], ...] = (
    ("GET", "/readyz", None),
    ("POST", "/v1/quotes", BASKET),
    ("POST", "/v1/quotes", EMPTY_BASKET),
    ("GET", "/v1/nothing-here", None),
)


@dataclass(frozen=True)
class Answer:
    """What the service said to one question."""

    question: str
    status: int
    body: str


@contextmanager
def running(
    project: Path, children: Children, environment: Mapping[str, str], prefix: str
) -> Generator[int]:
    """Have the service run on a free port, by `make run`; gives the port.

    Args:
        prefix: What the names of the service's settings begin with, as `ORDERS_`.

    Raises:
        ChildFailedError: The service ended, or was not ready within `START_SECONDS`.
    """
    port = _free_port()
    command = ["make", "run"]
    service = children.start(
        command, folder=project, environment={**environment, f"{prefix}PORT": str(port)}
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _ready(port):
            if service.poll() is not None or time.monotonic() > deadline:
                children.end(service)
                output = service.stdout.read() if service.stdout else ""
                raise ChildFailedError(command, service.returncode, output)
            time.sleep(0.1)
        # What it logs from now on must go somewhere, or it waits until somebody reads it.
        threading.Thread(target=_drop, args=(service.stdout,), daemon=True).start()
        yield port
    finally:
        children.end(service)


def hold(port: int) -> list[Answer]:
    """Ask the running service the questions."""
    return [_ask(port, *question) for question in QUESTIONS]


def transcript(answers: list[Answer]) -> Table:
    """The questions and answers, a row each."""
    drawn = Table(title="Asked of the running service")
    drawn.add_column("question")
    drawn.add_column("status", justify="right")
    drawn.add_column("answer", overflow="fold")
    for answer in answers:
        drawn.add_row(answer.question, str(answer.status), answer.body)
    return drawn


def _ask(port: int, method: str, path: str, content: object) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ASK_SECONDS)
    try:
        body = None if content is None else json.dumps(content)
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return Answer(f"{method} {path}", answer.status, answer.read().decode())
    finally:
        connection.close()


def _ready(port: int) -> bool:
    try:
        return _ask(port, "GET", "/readyz", None).status == http.client.OK
    except OSError:  # not listening yet
        return False


def _drop(lines: Iterable[str] | None) -> None:
    for _ in lines or ():
        pass


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
