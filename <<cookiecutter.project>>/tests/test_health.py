import time
from collections.abc import Callable

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from .process import Server


def test_a_started_process_is_alive_and_ready(client: TestClient[Litestar]) -> None:
    assert client.get("/livez").json() == {"status": "alive"}
    assert client.get("/readyz").json() == {"status": "ready"}


@pytest.mark.parametrize("workers", [1, 2])
def test_sigterm_drains(serve: Callable[..., Server], workers: int) -> None:
    """The balancer is told to look elsewhere while requests are still served; then it ends."""
    server = serve(workers=workers, drain_seconds=2)
    server.process.terminate()
    deadline = time.monotonic() + 1
    while httpx.get(f"{server.url}/readyz").status_code == 200:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    answer = httpx.get(f"{server.url}/v1/quotes/discounts")
    assert answer.status_code == 200
    assert answer.headers["connection"] == "close"
    assert httpx.get(f"{server.url}/livez").status_code == 200
    server.process.wait(timeout=10)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.url}/livez")


def test_without_sigterm_connections_are_kept(serve: Callable[..., Server]) -> None:
    server = serve()
    assert "connection" not in httpx.get(f"{server.url}/readyz").headers
