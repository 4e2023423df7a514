import time
from collections.abc import Callable

import httpx
import pytest

from .conftest import Client
from .process import PATIENCE, Server, wait_until


def test_a_started_process_is_alive_and_ready(client: Client) -> None:
    assert client.get("/livez").json() == {"status": "alive"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_sigterm_drains(serve: Callable[..., Server]) -> None:
    """The balancer is told to look elsewhere while requests are still served; then it ends."""
    server = serve(drain_seconds=3)
    assert "connection" not in server.get("/livez").headers
    server.process.terminate()
    began = time.monotonic()
    wait_until(lambda: server.get("/readyz").status_code == 503, "/readyz says no")
    answer = server.get("/livez")
    assert answer.status_code == 200
    assert answer.headers["connection"] == "close"
    server.process.wait(PATIENCE)
    assert time.monotonic() - began >= 3
    with pytest.raises(httpx.ConnectError):
        server.get("/livez")
