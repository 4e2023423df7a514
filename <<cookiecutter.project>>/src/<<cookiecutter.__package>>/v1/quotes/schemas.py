"""What goes over the wire. Amounts are whole numbers of the currency's smallest unit."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

Amount = Annotated[int, Meta(ge=0, le=1_000_000_000, examples=[1250])]


class Currency(StrEnum):
    CHF = "CHF"
    EUR = "EUR"
    GBP = "GBP"
    JPY = "JPY"
    USD = "USD"


class Item(Struct, frozen=True, forbid_unknown_fields=True):
    sku: Annotated[str, Meta(pattern="^[A-Z0-9-]{1,32}$", examples=["TEA-250"])]
    quantity: Annotated[int, Meta(ge=1, le=1000, examples=[12])]
    unit_price: Amount


class QuoteRequest(Struct, frozen=True, forbid_unknown_fields=True):
    currency: Annotated[Currency, Meta(examples=["EUR"])]
    items: Annotated[list[Item], Meta(min_length=1, max_length=100)]


class Line(Struct, frozen=True):
    sku: str
    quantity: int
    discount: Annotated[int, Meta(description="what the quantity saves", examples=[750])]
    total: Annotated[int, Meta(description="after the discount", examples=[14250])]


class Quote(Struct, frozen=True):
    currency: Currency
    lines: list[Line]
    total: Annotated[int, Meta(examples=[14250])]


class Discount(Struct, frozen=True):
    from_quantity: Annotated[int, Meta(examples=[10])]
    percent: Annotated[int, Meta(examples=[5])]


class Discounts(Struct, frozen=True, omit_defaults=True):
    items: list[Discount]
    next: Annotated[int | None, Meta(description="the next page's `after`", examples=[50])] = None
