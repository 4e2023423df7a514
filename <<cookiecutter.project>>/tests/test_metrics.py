from collections.abc import Callable

import pytest

from .process import Server

COUNT = 'http_request_duration_seconds_count{method="GET",route="/livez",status="200"}'


def value(text: str, name: str) -> float:
    (line,) = (line for line in text.splitlines() if line.startswith(f"{name} "))
    return float(line.rpartition(" ")[2])


@pytest.mark.parametrize("workers", [1, 3])
def test_a_scrape_tells_of_every_worker(serve: Callable[..., Server], workers: int) -> None:
    server = serve(workers=workers)
    for _ in range(30):
        server.get("/livez")  # each by its own connection, so that workers take turns
    for _ in range(3):
        text = server.get("/metrics").text
        assert value(text, COUNT) == 30
        assert value(text, "http_requests_in_flight") == 1  # the scrape itself


def test_others_are_told_nothing(server: Server) -> None:
    assert server.get("/metrics", **{"X-Forwarded-For": "203.0.113.7"}).status_code == 404


def test_paths_that_do_not_exist_are_one_series(server: Server) -> None:
    """Were each its own, anybody could fill the memory."""
    for number in range(5):
        server.get(f"/nowhere/{number}")
    text = server.get("/metrics").text
    assert value(text, COUNT.replace("/livez", "none").replace("200", "404")) >= 5
    assert "/nowhere" not in text
    assert 'build_info{release="unreleased",version="0.1.0"} 1.0' in text
