"""FastAPI with the handler of the example feature: the same rules, the same answer, no more."""

from enum import StrEnum
from typing import Annotated

from fastapi import FastAPI, HTTPException  # ty: ignore[import-not-found]
from pydantic import BaseModel, ConfigDict, Field

DISCOUNTS = ((10, 5), (50, 10), (250, 15))  # from quantity, percent; ascending


class Currency(StrEnum):
    CHF = "CHF"
    EUR = "EUR"
    GBP = "GBP"
    JPY = "JPY"
    USD = "USD"


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sku: Annotated[str, Field(pattern="^[A-Z0-9-]{1,32}$")]
    quantity: Annotated[int, Field(ge=1, le=1000)]
    unit_price: Annotated[int, Field(ge=0, le=1_000_000_000)]


class QuoteRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    currency: Currency
    items: Annotated[list[Item], Field(min_length=1, max_length=100)]


class Line(BaseModel):
    sku: str
    quantity: int
    discount: int
    total: int


class Quote(BaseModel):
    currency: Currency
    lines: list[Line]
    total: int


# `async def`, because the handler never waits: FastAPI runs a plain function on a thread, which
# would cost it a third of its throughput.
async def price_basket(request: QuoteRequest) -> Quote:
    seen: set[str] = set()
    for item in request.items:
        if item.sku in seen:
            raise HTTPException(422, f"{item.sku} is listed twice; add up its quantities.")
        seen.add(item.sku)
    lines = [_line(item) for item in request.items]
    return Quote(currency=request.currency, lines=lines, total=sum(line.total for line in lines))


def create_app() -> FastAPI:
    """FastAPI with this route alone."""
    app = FastAPI()
    app.post("/v1/quotes")(price_basket)
    return app


def _line(item: Item) -> Line:
    full = item.quantity * item.unit_price
    discount = full * _percent(item.quantity) // 100
    return Line(sku=item.sku, quantity=item.quantity, discount=discount, total=full - discount)


def _percent(quantity: int) -> int:
    reached = [percent for least, percent in DISCOUNTS if quantity >= least]
    return reached[-1] if reached else 0
