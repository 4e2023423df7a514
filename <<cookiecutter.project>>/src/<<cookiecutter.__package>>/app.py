"""The application: what is served, and what stands around it."""

from importlib.metadata import version

from litestar import Litestar
from litestar.config.cors import CORSConfig
from litestar.di import Provide

from . import NAME, health, openapi, problems, tracing, v1
from .edge import Edge
from .metrics import Metrics, scrape
from .requests import StrictRequest
from .settings import Settings


def create_app(settings: Settings) -> Litestar:
    """Build the application; nothing starts yet, and nothing is read from the environment."""
    lifecycle = health.Lifecycle(settings.drain_seconds)
    metrics = Metrics(version(NAME), settings.release)
    origins = list(settings.cors_origins)
    app = Litestar(
        route_handlers=[health.livez, health.readyz, scrape, v1.router],
        cors_config=CORSConfig(allow_origins=origins) if origins else None,
        dependencies={
            "lifecycle": Provide(lambda: lifecycle, sync_to_thread=False),
            "metrics": Provide(lambda: metrics, sync_to_thread=False),
        },
        exception_handlers=problems.HANDLERS,
        lifespan=[lifecycle.lifespan],
        logging_config=None,
        openapi_config=openapi.config() if settings.openapi else None,
        request_class=StrictRequest,
        request_max_body_size=settings.body_bytes,
    )
    app.asgi_handler = Edge(app.asgi_handler, settings, lifecycle, metrics)
    if settings.tracing:
        tracing.install(app, settings)
    return app
