"""Version 1 of the API. A change that would break a caller goes into a new version beside it."""

from litestar import Router

from .quotes.endpoints import QuotesController

router = Router("/v1", route_handlers=[QuotesController])
