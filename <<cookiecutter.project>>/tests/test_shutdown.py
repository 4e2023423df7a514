import os
import signal
import time
from collections.abc import Callable

import pytest

from .process import PATIENCE, Server, wait_until
from .traffic import traffic


@pytest.mark.parametrize("workers", [1, 2])
def test_sigterm_under_load_loses_no_request(serve: Callable[..., Server], workers: int) -> None:
    server = serve(workers=workers, drain_seconds=2)
    with traffic(server) as run:
        server.process.terminate()
        server.process.wait(PATIENCE)
    assert run.lost == []


def test_sigkill_under_load_does(serve: Callable[..., Server]) -> None:
    """The control: were the clients above blind, this one would pass no request either."""
    server = serve()
    with traffic(server) as run:
        server.kill()
        time.sleep(0.2)
    assert run.lost


def test_a_worker_that_dies_is_replaced(serve: Callable[..., Server]) -> None:
    server = serve(workers=2)
    started = "Started server process"
    wait_until(lambda: len(pids(server, started)) == 2, "both workers have started")
    os.kill(pids(server, started)[0], signal.SIGKILL)
    wait_until(lambda: len(pids(server, started)) == 3, "another worker has started")
    assert server.get("/readyz").status_code == 200


def test_a_second_sigterm_does_not_cut_the_drain_short(serve: Callable[..., Server]) -> None:
    """systemd signals every process of the unit, and the parent its workers once more."""
    server = serve(drain_seconds=2)
    began = time.monotonic()
    server.process.terminate()
    time.sleep(0.5)
    server.stop()
    assert time.monotonic() - began >= 2
    assert server.events().count("draining") == 1


def pids(server: Server, event: str) -> list[int]:
    return [int(name.split("[")[1].strip("]")) for name in server.events() if event in name]
