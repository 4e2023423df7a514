import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from <<cookiecutter.__package>>.app import create_app
from <<cookiecutter.__package>>.edge import Edge
from <<cookiecutter.__package>>.settings import Settings, StartError

from .process import Server, wait_until


class Collector(HTTPServer):
    """As much of an OpenTelemetry collector as says what came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), CollectorHandler)
        self.received: list[bytes] = []

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class CollectorHandler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        self.server.received.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_off_means_not_even_there() -> None:
    assert isinstance(create_app(Settings()).asgi_handler, Edge)


def test_without_its_packages_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(StartError, match=r"is not installed\. Move the packages of the tracing"):
        create_app(Settings(tracing=True))


def test_requests_become_spans_and_log_lines_name_them(
    serve: Callable[..., Server], collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint)
    server = serve(tracing=True)
    trace_id = "0af7651916cd43dd8448eb211c80319c"
    server.get("/nowhere", traceparent=f"00-{trace_id}-b7ad6b7169203331-01")
    server.stop()  # which sends what is left
    wait_until(lambda: bool(collector.received), "spans have come")
    assert bytes.fromhex(trace_id) in b"".join(collector.received)
    (line,) = (line for line in server.lines if line["event"] == "request")
    assert line["trace_id"] == trace_id
