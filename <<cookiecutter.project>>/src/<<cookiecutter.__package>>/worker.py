"""What each process that serves begins with; uvicorn calls it by its name."""

from litestar import Litestar

from .app import create_app
from .settings import Settings, load_settings
from .telemetry import configure_logging


def application() -> Litestar:
    settings = load_settings(Settings)
    configure_logging(settings)
    return create_app(settings)
