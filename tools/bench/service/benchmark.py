"""The benchmark as the registry knows it."""

import tempfile
from pathlib import Path

from rich.console import Console

from tools.bench.service import report
from tools.bench.service.contenders import contenders, request
from tools.bench.service.rounds import play
from tools.bench.service.running import BenchError
from tools.environment import NoEnvironmentError

SLICES = 10
SECONDS = 0.5  # a thousand requests and more, so that p99 is of more than ten
REMARK = (
    "Every log goes to /dev/null. FastAPI's features: asgi-correlation-id, uvicorn's access log by"
    " python-json-logger, prometheus-fastapi-instrumentator. Throughput and latency suffer from"
    " whatever else the machine does, CPU per request hardly."
)


class ServiceBenchmark:
    name = "service"
    rounds = 6

    def show(self, rounds: int, console: Console) -> int:
        """Measure and print; return how many promises are broken."""
        try:
            with (
                tempfile.TemporaryDirectory(prefix="bench-service-") as folder,
                console.status("service: preparing") as status,
            ):
                played = play(
                    contenders(Path(folder)),
                    request(),
                    rounds=max(rounds, 2),  # of one there is no spread
                    slices=SLICES,
                    seconds=SECONDS,
                    progress=lambda word: status.update(f"service: {word}"),
                )
        except (BenchError, NoEnvironmentError) as error:
            console.print(f"service: {error}")
            return 1
        console.print(report.numbers(played), report.comparison(played), REMARK)
        return report.broken(played)


SERVICE = ServiceBenchmark()
