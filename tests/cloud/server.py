"""moto behind a loopback port: quiet, with connections kept open and room for layers."""

import os
import socket
import threading
from collections.abc import Callable, Iterable
from email.utils import format_datetime
from functools import cache
from typing import Any

from tests.cloud import strict
from tests.cloud.accounts import by_account
from tests.cloud.faults import with_honest_failures
from tests.cloud.injection import watched
from tests.cloud.modelled import with_modelled_requests
from tests.cloud.simulation import SIMULATION
from tests.cloud.words import CloudStartError

type Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def make_moto_app() -> Wsgi:
    """moto as one WSGI application. Settings are read by moto at import, so they come first."""
    os.environ.setdefault(
        "MOTO_EC2_LOAD_DEFAULT_AMIS", "false"
    )  # 1,000 images nobody looks up, per region
    os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    _remember_regions()

    def create_strict_app(service: str) -> Any:
        strict.apply(service)
        return create_backend_app(service)  # ty: ignore[invalid-argument-type]

    moto = DomainDispatcherApplication(create_strict_app)
    return by_account(with_honest_failures(with_modelled_requests(moto)))


def _remember_regions() -> None:
    """moto reads a service's regions anew for each account after each reset, 20 ms a service."""
    from moto.core.base_backend import AccountSpecificBackend

    read = getattr(AccountSpecificBackend._generate_regions, "__wrapped__", None)
    if read is None:
        return

    @cache
    def regions(service: str) -> tuple[str, ...]:
        return tuple(read(None, service))

    def remembered(_: object, service: str) -> list[str]:
        return list(regions(service))

    AccountSpecificBackend._generate_regions = remembered  # ty: ignore[invalid-assignment]


def forget_everything() -> None:
    """Empty every account and region."""
    from moto.core.base_backend import BackendDict
    from moto.core.model_instances import reset_model_data

    BackendDict.reset()
    reset_model_data()
    SIMULATION.restart()


class AwsServer:
    """Serves an application until stopped; layers can be put in front of it while it runs."""

    def __init__(self, app: Wsgi, port: int = 0) -> None:
        from moto.moto_server.werkzeug_app import MotoRequestHandler
        from werkzeug.serving import make_server

        self._app = app
        self._watched = watched(self._ask, SIMULATION.calls, SIMULATION.faults)

        class Handler(MotoRequestHandler):
            protocol_version = "HTTP/1.1"  # one connection for many calls
            disable_nagle_algorithm = True  # or answers wait 40 ms for an acknowledgement

            def date_time_string(self, timestamp: float | None = None) -> str:
                """By the cloud's clock, which may stand; moto's own date beside it is dropped."""
                return format_datetime(SIMULATION.clock.now(), usegmt=True)

            def log(self, type: str, message: str, *args: Any) -> None:
                """Not a line per request."""

        listener = _listen(port)
        self._server = make_server(
            "127.0.0.1", port, self._serve, True, request_handler=Handler, fd=listener.fileno()
        )
        self._listener = listener
        self.port = int(listener.getsockname()[1])
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="moto", daemon=True
        )

    def _serve(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        SIMULATION.timeline.catch_up()

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            dateless = [each for each in headers if each[0].lower() != "date"]
            return start_response(status, dateless, *rest)

        return self._watched(environ, start)

    def _ask(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return self._app(environ, start_response)

    def put_in_front(self, layer: Callable[[Wsgi], Wsgi]) -> None:
        """Let a layer see each request first: it answers itself or asks what was there before."""
        self._app = layer(self._app)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join(5)
        self._server.server_close()
        self._listener.close()


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise CloudStartError(
            f"port {port} on 127.0.0.1 cannot be used: {error.strerror}; "
            "choose another (make cloud PORT=...)"
        ) from error
    return listener
