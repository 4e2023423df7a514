"""What goes wrong inside moto is answered as AWS answers its own failures, not as HTML."""

import json
import logging
import traceback
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from tests.cloud.server import Wsgi

log = logging.getLogger("tests.cloud")


def with_honest_failures(app: "Wsgi") -> "Wsgi":
    """Answer InternalFailure with one line that says what failed where."""

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            return app(environ, start_response)
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            place = (
                f"{frame.filename.partition('site-packages/')[2] or frame.filename}:{frame.lineno}"
            )
            message = f"the simulated AWS failed: {type(error).__name__}: {error} ({place})"
            log.debug("%s", "".join(traceback.format_exception(error)))
            return failure(environ, start_response, message)

    return serve


def failure(
    environ: dict[str, Any],
    start_response: Callable[..., Any],
    message: str,
    code: str = "InternalFailure",
    status: str = "500 Internal Server Error",
) -> Iterable[bytes]:
    """An error in the form the caller's protocol has."""
    kind, body = _body(environ, code, " ".join(message.split()))
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]


def _body(environ: dict[str, Any], code: str, message: str) -> tuple[str, bytes]:
    if "HTTP_X_AMZ_TARGET" in environ or "json" in environ.get("CONTENT_TYPE", ""):
        return "application/x-amz-json-1.1", json.dumps(
            {"__type": code, "message": message}
        ).encode()
    inner = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    match service_of(environ):
        case "s3":
            text = f"<Error>{inner}</Error>"
        case "ec2":
            text = f"<Response><Errors><Error>{inner}</Error></Errors></Response>"
        case _:
            text = f"<ErrorResponse><Error><Type>Receiver</Type>{inner}</Error></ErrorResponse>"
    return "text/xml", text.encode()


def scope_of(environ: dict[str, Any]) -> tuple[str, str]:
    """Region and service that a request is signed for; empty when it is not signed."""
    authorization = environ.get("HTTP_AUTHORIZATION", "")
    parts = authorization.partition("Credential=")[2].partition(",")[0].split("/")
    return (parts[2], parts[3]) if len(parts) == 5 else ("", "")


def service_of(environ: dict[str, Any]) -> str:
    return scope_of(environ)[1]
