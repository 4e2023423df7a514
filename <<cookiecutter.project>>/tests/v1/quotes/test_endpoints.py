from ...conftest import Client


def test_a_basket_is_priced(client: Client) -> None:
    item = {"sku": "TEA-250", "quantity": 12, "unit_price": 1250}
    answer = client.post("/v1/quotes", json={"currency": "EUR", "items": [item]})
    assert answer.status_code == 200
    assert answer.json() == {
        "currency": "EUR",
        "lines": [{"sku": "TEA-250", "quantity": 12, "discount": 750, "total": 14250}],
        "total": 14250,
    }


def test_a_wrong_item_is_named(client: Client) -> None:
    item = {"sku": "TEA-250", "quantity": "12", "unit_price": 1250}
    answer = client.post("/v1/quotes", json={"currency": "EUR", "items": [item]})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "#/items/0/quantity"


def test_the_same_article_twice_is_a_problem(client: Client) -> None:
    item = {"sku": "TEA-250", "quantity": 1, "unit_price": 1250}
    answer = client.post("/v1/quotes", json={"currency": "EUR", "items": [item, item]})
    assert answer.status_code == 422
    assert answer.json()["detail"] == "TEA-250 is listed twice; add up its quantities."


def test_discounts_come_in_pages(client: Client) -> None:
    first = client.get("/v1/quotes/discounts?limit=2").json()
    assert [tier["from_quantity"] for tier in first["items"]] == [10, 50]
    last = client.get("/v1/quotes/discounts", params={"after": first["next"]}).json()
    assert last == {"items": [{"from_quantity": 250, "percent": 15}]}


def test_discounts_that_did_not_change_are_not_sent_again(client: Client) -> None:
    tag = client.get("/v1/quotes/discounts").headers["etag"]
    again = client.get("/v1/quotes/discounts", headers={"If-None-Match": f'"old", W/{tag}'})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == tag
