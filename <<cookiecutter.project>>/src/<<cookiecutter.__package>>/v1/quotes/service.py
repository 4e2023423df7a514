"""What a basket costs. Pure functions: no HTTP, no settings, nothing kept between requests."""

from http import HTTPStatus

from ...problems import ServiceError
from .schemas import Discount, Discounts, Item, Line, Quote, QuoteRequest

DISCOUNTS = (  # ascending
    Discount(from_quantity=10, percent=5),
    Discount(from_quantity=50, percent=10),
    Discount(from_quantity=250, percent=15),
)


class DuplicateItemError(ServiceError):
    """The same article twice would hide a quantity discount."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


def quote(request: QuoteRequest) -> Quote:
    seen: set[str] = set()
    for item in request.items:
        if item.sku in seen:
            raise DuplicateItemError(f"{item.sku} is listed twice; add up its quantities.")
        seen.add(item.sku)
    lines = [_line(item) for item in request.items]
    return Quote(request.currency, lines, total=sum(line.total for line in lines))


def discounts(after: int, limit: int) -> Discounts:
    """One page. A position would shift when a discount is added, a quantity does not."""
    rest = [tier for tier in DISCOUNTS if tier.from_quantity > after]
    page = rest[:limit]
    return Discounts(page, next=page[-1].from_quantity if len(rest) > limit else None)


def _line(item: Item) -> Line:
    full = item.quantity * item.unit_price
    discount = full * _percent(item.quantity) // 100  # rounded down, to the smallest unit
    return Line(item.sku, item.quantity, discount, total=full - discount)


def _percent(quantity: int) -> int:
    reached = [tier.percent for tier in DISCOUNTS if quantity >= tier.from_quantity]
    return reached[-1] if reached else 0
