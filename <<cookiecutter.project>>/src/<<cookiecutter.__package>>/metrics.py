"""What the process counts: read at /metrics, from this machine only.

With several workers each keeps its numbers in a file of a folder in memory that all of them share,
because a scrape reaches one worker and must tell of all.
"""

import os
import re
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from .settings import SHARED_NUMBERS

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    def __init__(self, version: str, release: str) -> None:
        self.registry = CollectorRegistry()
        self.durations = Histogram(
            "http_request_duration_seconds",
            "Time from the request to the end of its answer; its count is the number of requests.",
            ["method", "route", "status"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.in_flight = Gauge(
            "http_requests_in_flight",
            "Requests that have no answer yet.",
            multiprocess_mode="livesum",
            registry=self.registry,
        )
        build = Gauge(
            "build_info",
            "Always 1; the labels say what runs.",
            ["version", "release"],
            multiprocess_mode="max",
            registry=self.registry,
        )
        build.labels(version, release).set(1)
        self._children: dict[tuple[str, str, int], Histogram] = {}

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer. `route` is the pattern of a path: paths themselves are without number."""
        key = (method, route, status)
        child = self._children.get(key)
        if child is None:
            child = self._children[key] = self.durations.labels(*key)
        child.observe(seconds)

    def exposition(self) -> bytes:
        """Say the numbers of every worker, those that ended included."""
        folder = os.environ.get(SHARED_NUMBERS)
        if not folder:
            return generate_latest(self.registry)
        _forget_dead(folder)
        everyone = CollectorRegistry()
        MultiProcessCollector(everyone, folder)  # type: ignore[no-untyped-call]
        return generate_latest(everyone)


@get("/metrics", include_in_schema=False, sync_to_thread=False)
def scrape(request: Request[Any, Any, Any], metrics: NamedDependency[Metrics]) -> Response[bytes]:
    """Answer the agent on this machine. To anybody else there is no such path."""
    if not _is_local(request):
        raise NotFoundException
    return Response(metrics.exposition(), media_type=CONTENT_TYPE)


def _is_local(request: Request[Any, Any, Any]) -> bool:
    """A proxy on this machine asks for somebody else."""
    here = request.client is not None and request.client.host in {"127.0.0.1", "::1"}
    return here and "x-forwarded-for" not in request.headers


def _forget_dead(folder: str) -> None:
    """What a worker had in flight when it was killed is in flight no more."""
    for path in Path(folder).glob("gauge_live*.db"):
        found = re.search(r"_(\d+)\.db$", path.name)
        if found and not _is_alive(int(found[1])):
            mark_process_dead(int(found[1]), folder)  # type: ignore[no-untyped-call]


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)  # sends nothing, but says whether there is anybody to send to
    except ProcessLookupError:
        return False
    return True
