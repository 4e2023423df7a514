"""Holds every request that reaches AWS against AWS's own model of its API, before moto sees it.

https://docs.aws.amazon.com/sdkref/latest/guide/ calls the models the source of every SDK; each
constraint stands on the operation's page of the service's API reference, too.
"""

import io
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from tests.cloud.constraints import broken_constraints
from tests.cloud.faults import failure, service_of

if TYPE_CHECKING:
    from tests.cloud.server import Wsgi

# Names that requests are signed for, where botocore calls the service otherwise.
SIGNED_AS = {"elasticloadbalancing": "elbv2", "monitoring": "cloudwatch"}
# The code each service has for a parameter outside its model.
CODES = {
    "ec2": "InvalidParameterValue",
    "elbv2": "ValidationError",
    "logs": "InvalidParameterException",
    "route53": "InvalidInput",
    "s3": "InvalidArgument",
    "sns": "InvalidParameter",
    "wafv2": "WAFInvalidParameterException",
    "autoscaling": "ValidationError",
    "iam": "ValidationError",
    "sts": "ValidationError",
    "cloudwatch": "ValidationError",
}
SHOWN = 3  # problems in one answer


def with_modelled_requests(app: "Wsgi") -> "Wsgi":
    """Answer a request that breaks its model as AWS does, and pass on the rest."""

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        service = service_of(environ)
        service = SIGNED_AS.get(service, service)
        found = problems(environ, service) if service else []
        if not found:
            return app(environ, start_response)
        many = "error" if len(found) == 1 else "errors"
        message = f"{len(found)} validation {many} detected: {'; '.join(found[:SHOWN])}"
        code = CODES.get(service, "ValidationException")
        return failure(environ, start_response, message, code, "400 Bad Request")

    return serve


def problems(environ: dict[str, Any], service: str) -> list[str]:
    """What the model has against a request."""
    from moto.core.request import Request

    model = service_model(service)
    if model is None:
        return []
    environ["wsgi.input"] = io.BytesIO(
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    )
    request = Request(environ, populate_request=False)
    body = request.get_data()
    environ["wsgi.input"] = io.BytesIO(body)
    operation, places = operation_of(model, request)
    if operation is None or operation.input_shape is None:
        return []
    parsed = parameters_of(operation, request, body, places)
    return list(broken_constraints(operation.input_shape, parsed))


def parameters_of(
    operation: Any, request: Any, body: bytes, places: dict[str, Any]
) -> dict[str, Any]:
    """The parameters of a request as boto3 takes them; `places` are those in the address."""
    from moto.core.parse import PROTOCOL_PARSERS
    from moto.core.request import determine_request_protocol

    protocol = determine_request_protocol(operation.service_model, request.content_type)
    return PROTOCOL_PARSERS[protocol](operation).parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": body,
            "url_path": request.path,
            "url_params": places,
        }
    )


def operation_of(model: Any, request: Any) -> tuple[Any, dict[str, Any]]:
    """The operation asked for, with the members that stand in the address."""
    name = (
        request.values.get("Action") or request.headers.get("X-Amz-Target", "").rpartition(".")[2]
    )
    if name:
        return (model.operation_model(name) if name in model.operation_names else None), {}
    from moto.core.routing import get_service_router
    from werkzeug.exceptions import NotFound

    try:
        return get_service_router(model.service_name).match(request)
    except NotFound:
        return None, {}


@cache
def service_model(service: str) -> Any:
    """The model of a service, or None for a name that AWS does not have."""
    from botocore.exceptions import UnknownServiceError
    from moto.core.utils import get_service_model

    try:
        return get_service_model(service)
    except UnknownServiceError:
        return None
