"""What the process counts: read at /metrics, from this machine only.

With several workers each keeps its numbers in a file of a folder in memory that all of them share,
because a scrape reaches one worker and must tell of all.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from prometheus_client import CollectorRegistry, Gauge, Histogram, Metric, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

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
        return generate_latest(Workers(Path(folder)))


class Workers:
    """The numbers of every worker, read while each may start, write or be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def collect(self) -> Iterable[Metric]:
        self._forget_dead()
        files = [str(path) for path in self.folder.glob("*.db") if _holds_numbers(path)]
        merged: Iterable[Metric] = MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
        return merged

    def _forget_dead(self) -> None:
        """What a worker had in flight when it was killed is in flight no more."""
        for path in self.folder.glob("gauge_live*.db"):
            found = re.search(r"_(\d+)\.db$", path.name)
            if found and not _is_alive(int(found[1])):
                path.unlink(missing_ok=True)  # a scrape at another worker may have been faster


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


def _holds_numbers(path: Path) -> bool:
    """A worker makes a file first and sizes it then; killed in between, it leaves it empty for good.

    prometheus_client fails on an empty file, and with it the scrape of all other workers:
    https://github.com/prometheus/client_python/issues/1199
    """
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:  # forgotten by a scrape at another worker since it was listed
        return False


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)  # sends nothing, but says whether there is anybody to send to
    except OSError:  # nobody, or by now somebody else's, who may not be asked
        return False
    return True
