"""Every call that reaches the cloud, as it was asked: what, by whom, with which answer."""

import io
import re
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tests.cloud.aws import PROVIDER_KEY
from tests.cloud.faults import scope_of
from tests.cloud.modelled import SIGNED_AS, operation_of, parameters_of, service_model

READS = re.compile(r"(Batch)?(Get|Describe|List|Head|Lookup|Search|Select|Assume|Decode)")
ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
PLATFORM_KEY = "slipway-platform"
KEPT = 20_000  # calls; the oldest are dropped first
BODIES = 1 << 16  # a longer body, as an artifact's, is not kept for `parameters`


@dataclass
class Call:
    """One request, which is one attempt of a client: a retry is a call of its own."""

    number: int
    service: str  # as boto3 names it
    operation: str
    region: str
    access_key: str
    environ: dict[str, Any] = field(repr=False)
    body: bytes | None = field(repr=False)
    status: int | None = None  # None: no answer was given
    fault: str = ""  # what was done to it

    @property
    def who(self) -> str:
        """The Pulumi provider, the platform's setup, or a program."""
        key = self.access_key
        if key.startswith(PROVIDER_KEY):
            return "provider"
        return "platform" if key.startswith(PLATFORM_KEY) else "program"

    @property
    def mutating(self) -> bool:
        """Whether the operation may change something in AWS."""
        return not READS.match(self.operation)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """The parameters as boto3 takes them; empty where the request cannot be read."""
        operation, places, request = _operation(self.service, self.environ, self.body or b"")
        if operation is None or operation.input_shape is None or self.body is None:
            return dict(places)
        return parameters_of(operation, request, self.body, places)

    def __str__(self) -> str:
        return f"{self.service}.{self.operation}"


class Calls:
    """The calls since the start, or since `clear`, oldest first. Iterate, or ask by kind."""

    def __init__(self) -> None:
        self._made: deque[Call] = deque(maxlen=KEPT)
        self._lock = threading.Lock()
        self._number = 0

    def take(self, environ: dict[str, Any]) -> Call:
        """Enter a request as a call."""
        region, signed_for = scope_of(environ)
        service = SIGNED_AS.get(signed_for, signed_for)
        body = _body(environ, service)
        with self._lock:
            self._number += 1
            call = Call(
                number=self._number,
                service=service,
                operation=_operation_name(service, environ, body),
                region=region,
                access_key=access_key_of(environ),
                environ={key: value for key, value in environ.items() if _is_kept(key)},
                body=body if body is not None and len(body) <= BODIES else None,
            )
            self._made.append(call)
        return call

    def of(
        self, service: str = "", operation: str = "", *, who: str = "", mutating: bool | None = None
    ) -> list[Call]:
        """The calls of a kind; what is not given may be anything."""
        return [
            call
            for call in self
            if service in ("", call.service)
            and operation in ("", call.operation)
            and who in ("", call.who)
            and mutating in (None, call.mutating)
        ]

    def clear(self) -> None:
        """Forget the calls made so far; numbers go on."""
        with self._lock:
            self._made.clear()

    def restart(self) -> None:
        """As at the start."""
        self.clear()
        self._number = 0

    def dump(self) -> tuple[int, list[Call]]:
        """The calls as `load` takes them."""
        with self._lock:
            return self._number, list(self._made)

    def load(self, dumped: tuple[int, list[Call]]) -> None:
        with self._lock:
            self._number = dumped[0]
            self._made = deque(dumped[1], maxlen=KEPT)

    def __iter__(self) -> Iterator[Call]:
        with self._lock:
            return iter(list(self._made))

    def __len__(self) -> int:
        return len(self._made)


def access_key_of(environ: dict[str, Any]) -> str:
    """The access key a request is signed with; empty when it is not signed."""
    authorization = str(environ.get("HTTP_AUTHORIZATION", ""))
    return authorization.partition("Credential=")[2].partition("/")[0]


def _is_kept(key: str) -> bool:
    return key.startswith("HTTP_") or key in (
        "REQUEST_METHOD",
        "PATH_INFO",
        "QUERY_STRING",
        "CONTENT_TYPE",
        "CONTENT_LENGTH",
        "SERVER_NAME",
        "SERVER_PORT",
        "wsgi.url_scheme",
        "RAW_URI",
        "REQUEST_URI",
    )


def _body(environ: dict[str, Any], service: str) -> bytes | None:
    """Read the body and put it back; that of an object of S3 stays where it is."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if service == "s3" or not length:
        return b"" if not length else None
    body: bytes = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _operation_name(service: str, environ: dict[str, Any], body: bytes | None) -> str:
    target = str(environ.get("HTTP_X_AMZ_TARGET", ""))
    if target:
        return target.rpartition(".")[2]
    named = ACTION.search(body or b"") or ACTION.search(environ.get("QUERY_STRING", "").encode())
    if named:
        return named[1].decode()
    operation, _, _ = _operation(service, environ, b"")
    return str(operation.name) if operation is not None else ""


def _operation(
    service: str, environ: dict[str, Any], body: bytes
) -> tuple[Any, dict[str, Any], Any]:
    """The operation in botocore's model, the members in the address, and the request."""
    from moto.core.request import Request
    from werkzeug.exceptions import HTTPException

    here = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    request = Request({**environ, **here}, populate_request=False)
    try:
        model = service_model(service)
        operation, places = operation_of(model, request) if model else (None, {})
    except (HTTPException, ValueError):
        return None, {}, request
    return operation, places, request
