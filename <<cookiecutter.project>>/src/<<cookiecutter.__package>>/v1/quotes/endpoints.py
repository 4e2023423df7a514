"""Parse, ask the service, answer; nothing is decided here."""

from litestar import Controller, get, post
from litestar.params import JSONBody

from . import service
from .schemas import Discount, Quote, QuoteRequest


class QuotesController(Controller):
    path = "/quotes"
    tags = ["quotes"]  # noqa: RUF012

    @post("/", status_code=200, sync_to_thread=False)
    def price_basket(self, data: JSONBody[QuoteRequest]) -> Quote:
        """Price a basket. Nothing is stored: the same basket costs the same tomorrow."""
        return service.quote(data)

    @get("/discounts", sync_to_thread=False)
    def list_discounts(self) -> tuple[Discount, ...]:
        """List the quantity discounts."""
        return service.DISCOUNTS
