"""The benchmark runs, compares like with like, and says when it measured something else."""

import os
import socket
import threading
from pathlib import Path

import pytest
from rich.console import Console

from tools.bench.service import contenders, report, rounds, running


@pytest.mark.slow
def test_a_short_run_measures_every_contender(tmp_path: Path) -> None:
    try:
        running.two_cores()
    except running.BenchError as error:
        pytest.skip(str(error))
    entrants = contenders.contenders(tmp_path)
    played = rounds.play(
        entrants,
        contenders.request(),
        rounds=2,
        slices=1,
        seconds=0.3,
        progress=lambda _: None,
    )
    assert [set(tallies) for tallies in played] == [{entrant.name for entrant in entrants}] * 2
    for tallies in played:
        for metrics in tallies.values():
            assert all(value > 0 for value in metrics.values())
    console = Console(width=80, record=True)
    console.print(report.numbers(played), report.comparison(played))
    shown = console.export_text()
    assert shown.count("kept") + shown.count("broken") == len(report.PROMISES)
    assert "…" not in shown  # it all fits an ordinary terminal


def measured(ours: float, featured: float, bare: float) -> report.Played:
    """Two rounds in which throughput is this, and p99 falls as throughput rises."""
    values = {report.OURS: ours, report.FEATURED: featured, report.BARE: bare, report.PLAIN: 1.0}
    tallies = {
        name: dict.fromkeys(report.METRICS, 1.0) | {"throughput": value, "p99": 1 / value}
        for name, value in values.items()
    }
    return [tallies, tallies]


def test_promises_are_kept_or_broken_at_their_bounds() -> None:
    assert report.broken(measured(2.0, 1.0, 2.0)) == 0
    assert report.broken(measured(1.9, 1.0, 1.9)) == 1  # p99
    assert report.broken(measured(1.7, 1.0, 1.7)) == 2  # and throughput
    assert report.broken(measured(1.7, 1.0, 1.8)) == 3  # and below bare FastAPI


def test_contenders_that_answer_otherwise_are_not_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Answers:
        def __init__(self, contender: contenders.Contender, *_: object) -> None:
            self.first_answer = b'{"total": %d}' % len(contender.name)

        def __enter__(self) -> "Answers":
            return self

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(rounds, "running", Answers)
    entrants = [
        contenders.Contender(name=name, command=lambda _: [], environment=lambda _: {})
        for name in ("one", "other")
    ]
    with pytest.raises(running.BenchError, match="other answers"):
        rounds.rehearse(entrants, b"", 0)


def test_one_that_does_not_start_says_why() -> None:
    entrant = contenders.Contender(
        name="broken", command=lambda _: ["cat", "/nowhere"], environment=lambda _: {}
    )
    core = min(os.sched_getaffinity(0))
    with (
        pytest.raises(running.BenchError, match=r"broken does not start; .*nowhere"),
        running.running(entrant, core, b""),
    ):
        pass


def test_an_answer_other_than_200_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        message = b"GET / HTTP/1.1\r\n\r\n"

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(running.BenchError, match="503"):
            running.ask(port, message)
        thread.join()
