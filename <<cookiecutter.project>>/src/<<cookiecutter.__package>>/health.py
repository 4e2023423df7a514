"""Is this process alive, and should it get traffic? Asked by the balancer; no dependency has a say.

The balancer's check also replaces instances: were a database part of it, one outage of the
database would replace the whole fleet.
"""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import copy_context
from types import FrameType

import structlog
from litestar import Litestar, Response, get
from litestar.di import NamedDependency

log = structlog.get_logger()


class Lifecycle:
    """Where the process stands: starting, ready, or draining after SIGTERM."""

    def __init__(self, drain_seconds: float) -> None:
        self.drain_seconds = drain_seconds
        self.started = False
        self.draining = False

    @property
    def ready(self) -> bool:
        return self.started and not self.draining

    @asynccontextmanager
    async def lifespan(self, app: Litestar) -> AsyncIterator[None]:
        """Stand before the server's own SIGTERM handler, which stops listening at once."""
        stop = signal.getsignal(signal.SIGTERM)
        loop = asyncio.get_running_loop()
        outside = copy_context()  # a signal interrupts some request, whose id is not to be logged

        def drain() -> None:
            if self.draining:  # systemd signals every process, and so does the parent of workers
                return
            self.draining = True
            log.info("draining", seconds=self.drain_seconds)
            if callable(stop):
                loop.call_later(self.drain_seconds, stop, signal.SIGTERM, None)

        def on_sigterm(signum: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(drain, context=outside)

        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, on_sigterm)
        self.started = True
        yield


@get("/livez", include_in_schema=False, sync_to_thread=False)
def livez() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "alive"}


@get("/readyz", include_in_schema=False, sync_to_thread=False)
def readyz(lifecycle: NamedDependency[Lifecycle]) -> Response[dict[str, str]]:
    """Say whether to send requests here."""
    if lifecycle.ready:
        return Response({"status": "ready"})
    return Response({"status": "draining" if lifecycle.draining else "starting"}, status_code=503)
