import pytest

from <<cookiecutter.__package>>.v1.quotes.schemas import Currency, Item, QuoteRequest
from <<cookiecutter.__package>>.v1.quotes.service import DuplicateItemError, quote


def request(*items: Item) -> QuoteRequest:
    return QuoteRequest(Currency.EUR, list(items))


@pytest.mark.parametrize(
    ("quantity", "discount"), [(1, 0), (9, 0), (10, 5), (49, 24), (50, 50), (250, 375)]
)
def test_the_quantity_decides_the_discount(quantity: int, discount: int) -> None:
    (line,) = quote(request(Item("TEA-250", quantity, unit_price=10))).lines
    assert line.discount == discount
    assert line.total == quantity * 10 - discount


def test_the_total_is_the_sum_of_the_lines() -> None:
    priced = quote(request(Item("A", 1, unit_price=100), Item("B", 10, unit_price=100)))
    assert priced.total == 100 + 950


def test_the_same_article_twice_is_refused() -> None:
    with pytest.raises(DuplicateItemError, match="A is listed twice"):
        quote(request(Item("A", 1, unit_price=1), Item("A", 2, unit_price=1)))
