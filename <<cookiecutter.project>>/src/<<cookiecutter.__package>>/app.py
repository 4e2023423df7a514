"""The application: what is served, and what stands around it."""

from litestar import Litestar
from litestar.di import Provide

from . import health, openapi, problems, v1
from .edge import Edge
from .requests import StrictRequest
from .settings import Settings


def create_app(settings: Settings) -> Litestar:
    """Build the application; nothing starts yet, and nothing is read from the environment."""
    lifecycle = health.Lifecycle(settings.drain_seconds)
    app = Litestar(
        route_handlers=[health.livez, health.readyz, v1.router],
        dependencies={"lifecycle": Provide(lambda: lifecycle, sync_to_thread=False)},
        exception_handlers=problems.HANDLERS,
        lifespan=[lifecycle.lifespan],
        logging_config=None,
        openapi_config=openapi.config() if settings.openapi else None,
        request_class=StrictRequest,
        request_max_body_size=settings.body_bytes,
    )
    app.asgi_handler = Edge(app.asgi_handler, settings, lifecycle)
    return app
