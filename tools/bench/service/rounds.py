"""Rounds of short slices; the contenders take turns, so that a busy moment hits them all."""

import json
import os
import random
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tools.bench.service.contenders import Contender
from tools.bench.service.running import BenchError, Running, running, two_cores

CLIENT = Path(__file__).parent / "client.py"
CONNECTIONS = 32  # enough to keep the server busy at every moment; each adds to the latency
WARM_UP = 0.5
MOST_CLIENT = 0.8  # of its core: beyond, the client is part of what is measured
ORDER = random.Random(7)  # noqa: S311 (the same order in every run)

type Progress = Callable[[str], None]


@dataclass
class Tally:
    """What one contender did in one round."""

    start: float
    memory: float = 0.0
    seconds: float = 0.0
    cpu: float = 0.0
    client: float = 0.0  # the greatest share of its core that the client needed
    slices: list[list[int]] = field(default_factory=list)  # each request's microseconds

    def metrics(self) -> dict[str, float]:
        count = sum(map(len, self.slices))
        return {
            "throughput": count / self.seconds,
            "p50": self.latency(0.50),
            "p99": self.latency(0.99),
            "cpu": self.cpu / count * 1e6,
            "memory": self.memory,
            "start": self.start * 1000,
        }

    def latency(self, share: float) -> float:
        """Milliseconds in the usual slice: a pause of the machine spoils one, not them all."""
        return statistics.median(percentile(micros, share) for micros in self.slices) / 1000


def percentile(values: Sequence[int], share: float) -> int:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def play(
    contenders: Sequence[Contender],
    request: bytes,
    *,
    rounds: int,
    slices: int,
    seconds: float,
    progress: Progress,
) -> list[dict[str, dict[str, float]]]:
    """Return for each round what each contender measured in it, by its name."""
    cores = two_cores()
    progress("warming up")
    rehearse(contenders, request, cores[0])
    played = []
    for number in range(rounds):
        progress(f"round {number + 1} of {rounds}")
        tallies = play_round(contenders, request, cores, slices=slices, seconds=seconds)
        busy = max(tally.client for tally in tallies.values())
        if busy > MOST_CLIENT:
            raise BenchError(f"the client was busy for {busy:.0%} of the time: it measured itself")
        played.append({name: tally.metrics() for name, tally in tallies.items()})
    return played


def rehearse(contenders: Sequence[Contender], request: bytes, core: int) -> None:
    """Start each once, for byte-code and page cache, and make sure that all answer alike."""
    answers = {}
    for contender in contenders:
        with running(contender, core, request) as server:
            answers[contender.name] = json.loads(server.first_answer)
    first = answers[contenders[0].name]
    if other := [name for name, answer in answers.items() if answer != first]:
        raise BenchError(f"{other[0]} answers {answers[other[0]]}, {contenders[0].name} {first}")


def play_round(
    contenders: Sequence[Contender],
    request: bytes,
    cores: tuple[int, int],
    *,
    slices: int,
    seconds: float,
) -> Mapping[str, Tally]:
    """All stand started; those that have no turn sleep."""
    server_core, client_core = cores
    with ExitStack() as stack:
        servers = {
            contender.name: stack.enter_context(running(contender, server_core, request))
            for contender in ORDER.sample(contenders, len(contenders))
        }
        tallies = {name: Tally(start=server.start_seconds) for name, server in servers.items()}
        for server in servers.values():
            load(server, client_core, WARM_UP, request)
        for _ in range(slices):
            for name in ORDER.sample(list(servers), len(servers)):
                tally, server = tallies[name], servers[name]
                before = server.cpu_seconds()
                result = load(server, client_core, seconds, request)
                tally.cpu += server.cpu_seconds() - before
                tally.seconds += result["seconds"]
                tally.client = max(tally.client, result["busy"])
                tally.slices.append(result["micros"])
        for name, server in servers.items():
            tallies[name].memory = server.memory()
        return tallies


def load(server: Running, core: int, seconds: float, request: bytes) -> dict:
    command = [sys.executable, "-S", str(CLIENT)]
    process = subprocess.Popen(
        [*command, f"127.0.0.1:{server.port}", str(CONNECTIONS), str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    os.sched_setaffinity(process.pid, {core})
    said, errors = process.communicate(request, timeout=seconds + 30)
    if process.returncode != 0:
        last = errors.decode(errors="replace").strip().splitlines()[-1:]
        raise BenchError(f"load on port {server.port} failed: {' '.join(last)}")
    return json.loads(said)
