"""What a machine does to the service's processes, seen from outside."""

import signal
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from tests.service.installed import Installed, Process, is_stopped, wait_until
from tests.service.raw import OK, QUOTE, Answer, LostError, ask, request

WORKERS = 4
READY = request("GET", "/readyz", connection="close")


def told(process: Process) -> Answer:
    return ask(process.port, QUOTE)


def counted(process: Process) -> float:
    """How many quotes it says it has answered."""
    answer = ask(process.port, request("GET", "/metrics"))
    assert answer.status == OK, answer
    return sum(
        float(line.rpartition(" ")[2])
        for line in answer.body.decode().splitlines()
        if line.startswith("http_request_duration_seconds_count") and "/v1/quotes" in line
    )


def test_a_worker_that_is_killed_is_replaced(installed: Installed) -> None:
    with installed.serving(workers=WORKERS) as process:
        wait_until(lambda: len(process.workers()) == WORKERS, "all workers are there")
        before = process.workers()
        process.kill(before[0], signal.SIGKILL)
        wait_until(
            lambda: len(now := process.workers()) == WORKERS and before[0] not in now,
            "another worker takes its place",
        )
        assert set(before[1:]) < set(process.workers())  # and the others went on
        newest = (set(process.workers()) - set(before)).pop()
        wait_until(lambda: serves(process, newest), "the new worker serves")


@contextmanager
def alone(process: Process, worker: int) -> Generator[None]:
    """Stop all other workers for a moment, so that this one answers."""
    others = [pid for pid in process.workers() if pid != worker]
    for pid in others:
        process.kill(pid, signal.SIGSTOP)
    try:
        wait_until(lambda: all(map(is_stopped, others)), "the other workers stand still")
        yield
    finally:
        for pid in others:
            process.kill(pid, signal.SIGCONT)


def serves(process: Process, worker: int, message: bytes = QUOTE) -> bool:
    """Does this worker answer?"""
    with alone(process, worker):
        try:
            return ask(process.port, message, seconds=5).status == OK
        except LostError:
            return False


def test_a_scrape_tells_of_all_workers(installed: Installed) -> None:
    """Whichever worker answers it."""
    with installed.serving(workers=WORKERS) as process:
        wait_until(lambda: len(process.workers()) == WORKERS, "all workers are there")
        for worker in process.workers():
            wait_until(lambda pid=worker: serves(process, pid, READY), "the worker serves")
            with alone(process, worker):
                for _ in range(10):
                    assert told(process).status == OK
        # A request is counted when its answer is out: another worker may be asked before that.
        wait_until(lambda: counted(process) == 10 * WORKERS, "every quote is counted")
        for worker in process.workers():
            with alone(process, worker):
                assert counted(process) == 10 * WORKERS


def test_two_services_share_no_state(installed: Installed) -> None:
    """What one is asked, counts and suffers, the other neither sees nor feels."""
    with installed.serving() as one, installed.serving() as other:
        first = told(other).body
        for _ in range(20):
            told(one)
        assert counted(one) == 20
        assert counted(other) == 1
        one.signal_all(signal.SIGKILL)
        one.popen.wait()
        assert told(other).body == first
        with installed.serving() as again:
            assert told(again).body == first
            assert counted(again) == 1


@pytest.mark.parametrize("tier", ["dev", "test", "stage", "prod"])
def test_the_same_tree_starts_with_each_tiers_environment(installed: Installed, tier: str) -> None:
    """Neither the tree nor the interpreter knows the tier; the environment says it."""
    with installed.serving(
        environment=installed.declared(tier), tier=tier, release="v7", openapi=tier != "prod"
    ) as process:
        assert told(process).status == OK
        process.popen.terminate()
        process.popen.wait(60)
    assert {line["tier"] for line in process.lines()} == {tier}
    assert {line["release"] for line in process.lines()} == {"v7"}
