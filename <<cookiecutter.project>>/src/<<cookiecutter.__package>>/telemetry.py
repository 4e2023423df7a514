"""Logs: one JSON object a line on stdout, from our code and the server's alike."""

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, WrappedLogger

from .settings import Settings
from .tracing import add_trace_id

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)


def configure_logging(settings: Settings) -> None:
    """Set up this process; call it once, before anything logs."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    structlog.configure(
        processors=[
            *([add_trace_id] if settings.tracing else []),
            structlog.processors.format_exc_info,
            JsonLine(tier=settings.tier, release=settings.release),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(sys.stdout.buffer),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(handlers=[StandardLibrary()], level=level, force=True)
    logging.captureWarnings(capture=True)


class JsonLine:
    """The last processor: the same leading keys in every line, then what the event brings."""

    def __init__(self, **everywhere: str) -> None:
        self.everywhere = everywhere

    def __call__(self, logger: WrappedLogger, level: str, event: EventDict) -> bytes:
        line: dict[str, Any] = {
            "time": datetime.now(UTC),
            "level": level,
            "event": event.pop("event"),
            **self.everywhere,
        }
        if (request_id := REQUEST_ID.get()) is not None:
            line["request_id"] = request_id
        line.update(event)
        try:
            return orjson.dumps(line, default=repr, option=orjson.OPT_UTC_Z)
        except TypeError:  # a number above 64 bits, half a surrogate pair: slower, but never lost
            return json.dumps(line, default=str).encode()


class RequestLog:
    """One line for each request, like all others but past structlog.

    There are more of these than of any other, and structlog's way to here would cost each request
    7 % more time.
    """

    def __init__(self, settings: Settings) -> None:
        self.level = logging.getLevelNamesMapping()[settings.log_level.upper()]
        self.line = JsonLine(tier=settings.tier, release=settings.release)
        self.tracing = settings.tracing

    def write(self, event: EventDict, *, probe: bool) -> None:
        """Write `event`; probes come every few seconds and are news to nobody."""
        if self.level > (logging.DEBUG if probe else logging.INFO):
            return
        level = "debug" if probe else "info"
        if self.tracing:
            event = add_trace_id(None, level, event)
        output = sys.stdout.buffer
        output.write(self.line(None, level, event) + b"\n")
        output.flush()


class StandardLibrary(logging.Handler):
    """Send what libraries log (uvicorn, asyncio, warnings) the same way."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger()
        name = record.name.removesuffix(".error")  # uvicorn.error also carries what is no error
        log.log(record.levelno, record.getMessage(), logger=name, exc_info=record.exc_info)
