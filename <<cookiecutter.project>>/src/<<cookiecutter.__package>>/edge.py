"""What happens to every request, whatever its route: id, time limit, headers, access log.

One plain ASGI callable around the whole application, because each further layer costs throughput.
"""

import asyncio
import re
from collections.abc import Iterable
from secrets import token_hex
from time import perf_counter

import msgspec
import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from .health import Lifecycle
from .problems import MEDIA_TYPE, problem
from .settings import Settings
from .telemetry import REQUEST_ID

type Headers = Iterable[tuple[bytes, bytes]]

PROBES = {"/livez", "/readyz"}
ACCEPTABLE_ID = re.compile(rb"[\w.:=/+-]{1,128}", re.ASCII)
DEFAULT_HEADERS = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"strict-transport-security", b"max-age=31536000"),
    (b"x-content-type-options", b"nosniff"),
]

log = structlog.get_logger()


class Edge:
    """The outermost layer: no route can skip it, nor can a path that does not exist."""

    def __init__(self, app: ASGIApp, settings: Settings, lifecycle: Lifecycle) -> None:
        self.app = app
        self.seconds = settings.request_seconds
        self.lifecycle = lifecycle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            return await self.app(scope, receive, send)
        began = perf_counter()
        request_id = _request_id(scope["headers"])
        REQUEST_ID.set(request_id)
        status = 0

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = self._headers(message["headers"], request_id)
            await send(message)

        try:
            async with asyncio.timeout(self.seconds):
                await self.app(scope, receive, send_on)
        except TimeoutError:
            if status:  # the answer has begun; all that is left is to break it off
                raise
            await _give_up(send_on, f"There was no answer within {self.seconds:g} seconds.")
        finally:
            _log(scope, status or 500, perf_counter() - began)

    def _headers(self, headers: Headers, request_id: str) -> Headers:
        sent = [*headers, (b"x-request-id", request_id.encode())]
        names = {name for name, _ in sent}
        sent += [header for header in DEFAULT_HEADERS if header[0] not in names]
        if self.lifecycle.draining:
            sent.append((b"connection", b"close"))  # the client's next request goes elsewhere
        return sent


def _header(headers: Headers, wanted: bytes) -> bytes | None:
    return next((value for name, value in headers if name == wanted), None)


def _request_id(headers: Headers) -> str:
    """Keep the caller's id, so that one id follows a request through every service."""
    given = _header(headers, b"x-request-id")
    return given.decode() if given and ACCEPTABLE_ID.fullmatch(given) else token_hex(16)


def _client(scope: HTTPScope) -> str | None:
    """The last address in X-Forwarded-For is the balancer's own word; any before it may be forged."""
    forwarded = _header(scope["headers"], b"x-forwarded-for")
    if forwarded:
        return forwarded.rpartition(b",")[2].strip().decode("latin-1")
    return scope["client"][0] if scope["client"] else None


def _log(scope: HTTPScope, status: int, seconds: float) -> None:
    """One line for each request; never its query, which may hold what nobody should log."""
    write = log.debug if scope["path"] in PROBES else log.info
    write(
        "request",
        method=scope["method"],
        path=scope["path"],
        route=scope.get("path_template"),
        status=status,
        milliseconds=round(seconds * 1000, 2),
        client=_client(scope),
    )


async def _give_up(send: Send, detail: str) -> None:
    body = msgspec.json.encode(problem(503, detail))
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
