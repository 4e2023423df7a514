"""What each process that serves begins with; uvicorn calls it by its name."""

import sys

import structlog
from litestar import Litestar
from uvicorn.config import STARTUP_FAILURE

from .app import create_app
from .settings import Settings, StartError, load_settings
from .telemetry import configure_logging

log = structlog.get_logger()


def application() -> Litestar:
    """Make the application, or end with the code that keeps uvicorn from trying again for ever."""
    try:
        settings = load_settings(Settings)
        configure_logging(settings)
        return create_app(settings)
    except StartError as exc:
        exc.report()
    except Exception:
        log.exception("cannot start")
    sys.exit(STARTUP_FAILURE)
