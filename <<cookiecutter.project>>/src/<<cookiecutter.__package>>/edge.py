"""What happens to every request, whatever its route: id, time limit, headers, numbers, log.

One plain ASGI callable around the whole application, because each further layer costs throughput.
"""

import asyncio
import re
from secrets import token_hex
from time import perf_counter

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from .deadlines import Deadlines
from .health import Lifecycle
from .metrics import Metrics
from .problems import MEDIA_TYPE, problem
from .settings import Settings
from .telemetry import REQUEST_ID, RequestLog

PROBES = {"/livez", "/readyz", "/metrics"}
ACCEPTABLE_ID = re.compile(rb"[\w.:=/+-]{1,128}", re.ASCII)
NO_STORE = (b"cache-control", b"no-store")
SECURITY_HEADERS = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"strict-transport-security", b"max-age=31536000"),
    (b"x-content-type-options", b"nosniff"),
)
CLOSE = (b"connection", b"close")


class Edge:
    """The outermost layer: no route can skip it, nor can a path that does not exist."""

    def __init__(
        self, app: ASGIApp, settings: Settings, lifecycle: Lifecycle, metrics: Metrics
    ) -> None:
        self.app = app
        self.deadlines = Deadlines(settings.request_seconds)
        self.lifecycle = lifecycle
        self.metrics = metrics
        self.log = RequestLog(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        exchange = Exchange(scope, send, self.lifecycle)
        REQUEST_ID.set(exchange.request_id)
        self.metrics.in_flight.inc()
        task = self.deadlines.begin()
        try:
            await self.app(scope, receive, exchange.send)
        except asyncio.CancelledError:
            if not self.deadlines.was_late(task):
                raise
            seconds = f"{self.deadlines.seconds:g} seconds"
            if exchange.status:  # the answer has begun; all that is left is to break it off
                raise TimeoutError(f"The answer took more than {seconds}.") from None
            await exchange.give_up(f"There was no answer within {seconds}.")
        finally:
            self.deadlines.end(task)
            self.metrics.in_flight.dec()
            exchange.record(self.metrics, self.log)


class Exchange:
    """One request and its answer."""

    __slots__ = ("began", "client", "lifecycle", "request_id", "scope", "send_on", "status")

    def __init__(self, scope: HTTPScope, send: Send, lifecycle: Lifecycle) -> None:
        self.began = perf_counter()
        self.scope = scope
        self.send_on = send
        self.lifecycle = lifecycle
        self.status = 0
        self.client = scope["client"][0] if scope["client"] else None
        request_id = None
        for name, value in scope["headers"]:
            # Keep the caller's id, so that one id follows a request through every service.
            if name == b"x-request-id" and ACCEPTABLE_ID.fullmatch(value):
                request_id = value.decode()
            # The last address is the balancer's own word; any before it may be forged.
            elif name == b"x-forwarded-for":
                self.client = value.rpartition(b",")[2].strip().decode("latin-1")
        self.request_id = request_id or token_hex(16)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [
                *message["headers"],
                *SECURITY_HEADERS,
                (b"x-request-id", self.request_id.encode()),
            ]
            if not any(name == b"cache-control" for name, _ in headers):
                headers.append(NO_STORE)
            if self.lifecycle.draining:
                headers.append(CLOSE)  # the client's next request goes elsewhere
            message["headers"] = headers
        await self.send_on(message)

    async def give_up(self, detail: str) -> None:
        body = msgspec.json.encode(problem(503, detail))
        headers = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
        ]
        await self.send({"type": "http.response.start", "status": 503, "headers": headers})
        await self.send({"type": "http.response.body", "body": body, "more_body": False})

    def record(self, metrics: Metrics, log: RequestLog) -> None:
        """Count it, and log one line; never the query, which may hold what nobody should log."""
        seconds = perf_counter() - self.began
        method, path, status = self.scope["method"], self.scope["path"], self.status or 500
        route = self.scope.get("path_template")
        metrics.observe(method, route or "none", status, seconds)
        log.write(
            {
                "event": "request",
                "method": method,
                "path": path,
                "route": route,
                "status": status,
                "milliseconds": round(seconds * 1000, 2),
                "client": self.client,
            },
            probe=path in PROBES,
        )
