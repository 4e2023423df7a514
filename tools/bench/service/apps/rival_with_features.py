"""FastAPI with request ids, a JSON access log and metrics, from the packages people take for them.

Where there is a choice, it is the cheaper one: the server's own access log with a JSON formatter
that encodes with orjson, rather than one more middleware that writes it.
"""

from typing import Any

import rival  # ty: ignore[import-not-found]
from asgi_correlation_id import (  # ty: ignore[import-not-found]
    CorrelationIdFilter,
    CorrelationIdMiddleware,
)
from fastapi import FastAPI  # ty: ignore[import-not-found]
from prometheus_fastapi_instrumentator import Instrumentator  # ty: ignore[import-not-found]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": CorrelationIdFilter, "uuid_length": 32}},
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.orjson.OrjsonFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s %(correlation_id)s",
        }
    },
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
            "filters": ["request"],
        }
    },
    "loggers": {
        name: {"handlers": ["stdout"], "level": "INFO", "propagate": False}
        for name in ("uvicorn", "uvicorn.access")
    },
}


def create_app() -> FastAPI:
    app = rival.create_app()
    app.add_middleware(CorrelationIdMiddleware)
    Instrumentator().instrument(app).expose(app)
    return app
