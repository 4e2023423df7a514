"""Traces by OpenTelemetry: an extra, imported only where it is switched on."""

from litestar import Litestar
from structlog.typing import EventDict, WrappedLogger

from . import NAME
from .settings import Settings, StartError, variable

PROBES = "livez,readyz,metrics"


def install(app: Litestar, settings: Settings) -> None:
    """Give each request a span; the standard OTEL_* variables say how many go where."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as exc:
        raise StartError(
            f"{variable('tracing')} is true, but {exc.name} is not installed. Move the packages of"
            " the tracing extra in pyproject.toml to its dependencies and run make lock, or leave"
            " tracing off."
        ) from exc
    about = {
        "service.name": NAME,
        "service.version": settings.release,
        "deployment.environment.name": settings.tier,
    }
    provider = TracerProvider(resource=Resource.create(about), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    app.asgi_handler = OpenTelemetryMiddleware(  # type: ignore[assignment]  # plain dicts
        app.asgi_handler,
        excluded_urls=PROBES,
        exclude_spans=["receive", "send"],
        tracer_provider=provider,
    )
    app.on_shutdown.append(provider.shutdown)


def add_trace_id(logger: WrappedLogger, level: str, event: EventDict) -> EventDict:
    """Let a log line lead to its trace."""
    from opentelemetry.trace import format_trace_id, get_current_span

    context = get_current_span().get_span_context()
    return {**event, "trace_id": format_trace_id(context.trace_id)} if context.is_valid else event
