"""Every error as one JSON object: problem details by RFC 9457."""

import re
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from .telemetry import REQUEST_ID

MEDIA_TYPE = "application/problem+json"

log = structlog.get_logger()


class ServiceError(Exception):
    """An error the caller may read. A feature derives its own and says which status it means."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class FieldError(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is wrong with one value; `pointer` is for the body, `parameter` for the rest."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of every answer that is an error."""

    title: str
    status: int
    detail: str
    request_id: str | None
    errors: list[FieldError] = []


def problem(status: int, detail: str, errors: list[FieldError] | None = None) -> Problem:
    return Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        request_id=REQUEST_ID.get(),
        errors=errors or [],
    )


def on_service_error(request: Request[Any, Any, Any], exc: ServiceError) -> Response[Problem]:
    return _response(problem(exc.status, str(exc)))


def on_invalid_body(request: Request[Any, Any, Any], exc: msgspec.DecodeError) -> Response[Problem]:
    """Name the field. A body that is no JSON at all has none."""
    detail, _, path = str(exc).partition(" - at `$")
    if not isinstance(exc, msgspec.ValidationError):
        return _response(problem(400, f"The body is not valid JSON: {detail}"))
    error = FieldError(detail=detail, pointer=_pointer(path.removesuffix("`")))
    return _response(problem(400, "The body does not match the schema.", [error]))


def on_http_exception(request: Request[Any, Any, Any], exc: HTTPException) -> Response[Problem]:
    """Errors of the framework: no such path, wrong method, wrong parameter, body too large."""
    extra = exc.extra if isinstance(exc.extra, list) else []
    errors = [
        FieldError(detail=error["message"], parameter=error.get("key"))
        for error in extra
        if isinstance(error, dict)
    ]
    detail = "A parameter is wrong." if errors else exc.detail
    if any(error.parameter == "data" for error in errors):  # what handlers call the body
        detail, errors = "A body is needed.", []
    return _response(problem(exc.status_code, detail, errors), exc.headers)


def on_unexpected(request: Request[Any, Any, Any], exc: Exception) -> Response[Problem]:
    """Log everything, tell the caller nothing but the number to quote."""
    log.error("unexpected error", method=request.method, path=request.url.path, exc_info=exc)
    return _response(problem(500, "The service failed; its log has the details by request_id."))


HANDLERS: ExceptionHandlersMap = {
    ServiceError: on_service_error,
    msgspec.DecodeError: on_invalid_body,
    HTTPException: on_http_exception,
    Exception: on_unexpected,
}


def _response(body: Problem, headers: dict[str, str] | None = None) -> Response[Problem]:
    return Response(body, status_code=body.status, media_type=MEDIA_TYPE, headers=headers)


def _pointer(path: str) -> str:
    """Turn msgspec's `.items[0].sku` into the JSON pointer `#/items/0/sku`."""
    return "#" + re.sub(r"\.|\[", "/", path).replace("]", "")
