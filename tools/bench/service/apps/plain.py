"""The baked service's own routes on Litestar as it comes: none of our middleware around them."""

from litestar import Litestar  # ty: ignore[import-not-found]
from orders import problems, v1  # ty: ignore[import-not-found]
from orders.requests import StrictRequest  # ty: ignore[import-not-found]


def create_app() -> Litestar:
    return Litestar(
        route_handlers=[v1.router],
        exception_handlers=problems.HANDLERS,
        logging_config=None,
        openapi_config=None,
        request_class=StrictRequest,
    )
