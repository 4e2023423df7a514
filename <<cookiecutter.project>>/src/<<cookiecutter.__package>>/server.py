"""The web server: one listening socket, and the processes that serve it.

Nothing of the application is imported here: the parent of several workers has no use for it.
"""

import os
import socket
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from . import NAME
from .settings import SHARED_NUMBERS, Settings, StartError, variable
from .telemetry import configure_logging

KEEP_ALIVE_SECONDS = 75  # above the balancer's 60: were ours first to close, its requests get 502
HANG_SECONDS = 30  # then a worker is replaced; less, and a busy machine kills what is starting
BACKLOG = 2048

log = structlog.get_logger()


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    configure_logging(settings)
    config = uvicorn.Config(
        f"{__package__}.worker:application",
        factory=True,
        workers=settings.workers,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_worker_healthcheck=HANG_SECONDS,
    )
    listener = _listen(settings)
    log.info("listening", host=settings.host, port=settings.port, workers=settings.workers)
    if settings.workers == 1:
        uvicorn.Server(config).run(sockets=[listener])
    else:
        with TemporaryDirectory(prefix=f"{NAME}-", dir=_memory()) as folder:
            os.environ[SHARED_NUMBERS] = folder
            supervisor = Multiprocess(config, sockets=[listener])
            supervisor.run()
        if any(worker.exitcode == STARTUP_FAILURE for worker in supervisor.processes):
            raise StartError("A worker could not start; what it said before is the reason.")


def _memory() -> str | None:
    """A folder that no disk is behind: systemd's RuntimeDirectory=, or the one of Linux."""
    given = os.environ.get("RUNTIME_DIRECTORY", "/dev/shm")  # noqa: S108
    return given if Path(given).is_dir() else None


def _listen(settings: Settings) -> socket.socket:
    address = (settings.host, settings.port)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server(address, family=family, backlog=BACKLOG)
    except OSError as exc:
        reason = os.strerror(exc.errno).lower() if exc.errno else str(exc)
        raise StartError(
            f"{variable('port')} is {settings.port}, but {settings.host}:{settings.port} cannot be"
            f" listened on: {reason}. Stop what listens there, or set another port."
        ) from exc
    return listener
