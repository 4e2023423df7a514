"""Load as a balancer sends it: connections kept busy, a health check, and no retry."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from types import TracebackType
from typing import Self

from tests.service.raw import OK, QUOTE, Connection, LostError, ask, request

PAUSE_SECONDS = 0.005  # after each answer: load enough, and several services can have it at once
CHECK_SECONDS = 0.1
UNHEALTHY_CHECKS = 5  # in a row, until no more requests are sent: half a second of them


class Load:
    """Requests all the time from several connections, until the health check fails for good.

    Whatever is sent before that must be answered. Nothing is sent twice.
    """

    def __init__(self, port: int, connections: int = 8) -> None:
        self.port = port
        self.answered = 0
        self.closes = 0  # answers that asked to close the connection
        self.lost: list[str] = []
        self._registered = True
        self._turn = threading.Lock()
        self._threads = [
            threading.Thread(target=self._guarded, args=(work,))
            for work in [self._check, *[self._send] * connections]
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._registered = self._registered and kind is None
        for thread in self._threads:
            thread.join()

    def wait_for(self, answers: int, seconds: float = 60) -> None:
        """Return when so many more requests have been answered."""
        goal, deadline = self.answered + answers, time.monotonic() + seconds
        while self.answered < goal:
            assert time.monotonic() < deadline, f"not {answers} answers; lost: {self.lost[:3]}"
            time.sleep(0.01)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # else the thread would end unseen
            self.lost.append(f"the client failed: {error!r}")

    def _check(self) -> None:
        failed = 0
        while self._registered and failed < UNHEALTHY_CHECKS:
            try:
                healthy = ask(self.port, request("GET", "/readyz", connection="close")).status == OK
            except LostError:
                healthy = False
            failed = 0 if healthy else failed + 1
            time.sleep(CHECK_SECONDS)
        self._registered = False

    def _send(self) -> None:
        while self._registered:
            try:
                self._send_on_one_connection()
            except LostError as error:
                with self._turn:
                    self.lost.append(str(error))
                time.sleep(CHECK_SECONDS)  # a refused connection is refused at once

    def _send_on_one_connection(self) -> None:
        with closing(Connection(self.port)) as connection:
            closes = False
            while self._registered and not closes:
                answer = connection.ask(QUOTE)
                closes = answer.closes
                with self._turn:
                    self.answered += 1
                    self.closes += closes
                    if answer.status != OK:
                        self.lost.append(f"answered {answer.status}: {answer.body[:200]!r}")
                time.sleep(PAUSE_SECONDS)
