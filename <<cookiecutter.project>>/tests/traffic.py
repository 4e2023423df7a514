"""Clients that send without pause and never try again, and a balancer that they obey."""

import http.client
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import httpx

from .process import Server

CLIENTS = 8
CHECK_SECONDS = 0.2


class Traffic:
    """Each client keeps its connection; a request without a whole answer of 200 is lost."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.served = 0
        self.lost: list[str] = []
        self.elsewhere = Event()
        self.threads = [Thread(target=self._client) for _ in range(CLIENTS)]
        self.threads.append(Thread(target=self._balancer))

    def _client(self) -> None:
        connection = http.client.HTTPConnection(self.server.url.removeprefix("http://"), timeout=10)
        while not self.elsewhere.is_set():
            try:
                connection.request("GET", "/livez")
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException) as exc:
                self.lost.append(repr(exc))
                connection.close()
                continue
            if answer.status == 200:
                self.served += 1
            else:
                self.lost.append(f"status {answer.status}")
        connection.close()

    def _balancer(self) -> None:
        """Look at /readyz as the load balancer does, and send nothing more once it says no."""
        while not self.elsewhere.is_set():
            try:
                if self.server.get("/readyz").status_code == 503:
                    self.elsewhere.set()
            except httpx.TransportError:
                pass  # a balancer needs more than one failure
            time.sleep(CHECK_SECONDS)


@contextmanager
def traffic(server: Server) -> Iterator[Traffic]:
    """Clients send from before the block until the balancer, or the end of the block, says stop."""
    run = Traffic(server)
    for thread in run.threads:
        thread.start()
    try:
        while run.served < 10 * CLIENTS:
            time.sleep(0.01)
        yield run
    finally:
        run.elsewhere.set()
        for thread in run.threads:
            thread.join()
