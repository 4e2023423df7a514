import os
from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client.values import MultiProcessValue

from <<cookiecutter.__package>>.metrics import Metrics
from <<cookiecutter.__package>>.settings import SHARED_NUMBERS

from .process import Server, wait_until

COUNT = 'http_request_duration_seconds_count{method="GET",route="/livez",status="200"}'
IN_FLIGHT = "http_requests_in_flight"


def value(text: str, name: str) -> float:
    (line,) = (line for line in text.splitlines() if line.startswith(f"{name} "))
    return float(line.rpartition(" ")[2])


@pytest.mark.parametrize("workers", [1, 3])
def test_a_scrape_tells_of_every_worker(serve: Callable[..., Server], workers: int) -> None:
    server = serve(workers=workers)
    for _ in range(30):
        server.get("/livez")  # each by its own connection, so that workers take turns

    def told(name: str) -> float:
        return value(server.get("/metrics").text, name)

    # A request is counted when its answer is out: another worker may be asked before that.
    wait_until(lambda: told(COUNT) == 30, "every request is counted")
    assert [told(COUNT) for _ in range(3)] == [30] * 3
    wait_until(lambda: told(IN_FLIGHT) == 1, "nothing is in flight but the scrape itself")


def test_a_worker_without_numbers_spoils_no_scrape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has made its file but not sized it: it is just starting, or was killed as it did."""
    monkeypatch.setenv(SHARED_NUMBERS, str(tmp_path))
    of_worker = MultiProcessValue(lambda: 1)  # type: ignore[no-untyped-call]
    of_worker("counter", "answers", "answers_total", (), (), "").inc(5)
    (tmp_path / "counter_2.db").touch()
    assert "\nanswers_total 5.0\n" in Metrics("1.0", "v1").exposition().decode()


def test_a_dead_worker_is_forgotten_though_its_number_is_another_users_by_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_process: int, _signal: int) -> None:
        raise PermissionError

    monkeypatch.setenv(SHARED_NUMBERS, str(tmp_path))
    monkeypatch.setattr(os, "kill", refused)
    left = tmp_path / "gauge_livesum_2.db"
    left.touch()
    Metrics("1.0", "v1").exposition()
    assert not left.exists()


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
