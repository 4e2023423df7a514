"""Parse, ask the service, answer; nothing is decided here."""

from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.params import JSONBody, QueryParameter

from ...caching import unless_known
from . import service
from .schemas import Discounts, Quote, QuoteRequest

PAGE = 50


class QuotesController(Controller):
    path = "/quotes"
    tags = ["quotes"]  # noqa: RUF012

    @post("/", status_code=200, sync_to_thread=False, summary="Price a basket")
    def price_basket(self, data: JSONBody[QuoteRequest]) -> Quote:
        """Nothing is stored: the same basket costs the same again."""
        return service.quote(data)

    @get("/discounts", sync_to_thread=False, summary="List the quantity discounts")
    def list_discounts(
        self,
        request: Request[Any, Any, Any],
        after: Annotated[int, QueryParameter(ge=0, le=1000)] = 0,
        limit: Annotated[int, QueryParameter(ge=1, le=PAGE)] = PAGE,
    ) -> Response[Discounts | None]:
        """Ascending. `next`, where there is one, is `after` for the page that follows."""
        return unless_known(request, service.discounts(after, limit))
