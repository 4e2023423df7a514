from litestar import Litestar
from litestar.testing import TestClient


def test_a_basket_is_priced(client: TestClient[Litestar]) -> None:
    item = {"sku": "TEA-250", "quantity": 12, "unit_price": 1250}
    answer = client.post("/v1/quotes", json={"currency": "EUR", "items": [item]})
    assert answer.status_code == 200
    assert answer.json() == {
        "currency": "EUR",
        "lines": [{"sku": "TEA-250", "quantity": 12, "discount": 750, "total": 14250}],
        "total": 14250,
    }


def test_the_same_article_twice_is_a_problem(client: TestClient[Litestar]) -> None:
    item = {"sku": "TEA-250", "quantity": 1, "unit_price": 1250}
    answer = client.post("/v1/quotes", json={"currency": "EUR", "items": [item, item]})
    assert answer.status_code == 422
    assert answer.json()["detail"] == "TEA-250 is listed twice; add up its quantities."


def test_discounts_are_listed(client: TestClient[Litestar]) -> None:
    answer = client.get("/v1/quotes/discounts")
    assert answer.json()[0] == {"from_quantity": 10, "percent": 5}
