"""Whatever goes wrong, the caller gets problem details and never an HTML page or a traceback."""

from litestar import Litestar, get
from litestar.testing import TestClient

from <<cookiecutter.__package>>.app import create_app
from <<cookiecutter.__package>>.settings import Settings

QUOTES = "/v1/quotes"


def test_an_unknown_path(client: TestClient[Litestar]) -> None:
    answer = client.get("/nowhere", headers={"X-Request-Id": "abc"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "title": "Not Found",
        "status": 404,
        "detail": "Not Found",
        "request_id": "abc",
    }


def test_a_wrong_method_names_the_right_ones(client: TestClient[Litestar]) -> None:
    answer = client.delete(QUOTES)
    assert answer.status_code == 405
    assert "POST" in answer.headers["allow"]


def test_a_wrong_body_names_the_field(client: TestClient[Litestar]) -> None:
    item = {"sku": "TEA-250", "quantity": "3", "unit_price": 1250}
    answer = client.post(QUOTES, json={"currency": "EUR", "items": [item]})
    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"detail": "Expected `int`, got `str`", "pointer": "#/items/0/quantity"}
    ]


def test_a_body_that_is_no_json(client: TestClient[Litestar]) -> None:
    answer = client.post(QUOTES, content="{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["detail"] == "The body is not valid JSON: Input data was truncated"


def test_a_body_of_another_type(client: TestClient[Litestar]) -> None:
    answer = client.post(QUOTES, content="a", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


def test_a_missing_body(client: TestClient[Litestar]) -> None:
    answer = client.post(QUOTES)
    assert answer.status_code == 400


def test_a_body_above_the_limit() -> None:
    with TestClient(create_app(Settings(body_bytes=10))) as client:
        answer = client.post(QUOTES, json={"currency": "EUR", "items": []})
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_unexpected_error_tells_the_caller_nothing() -> None:
    @get("/broken", sync_to_thread=False)
    def broken() -> None:
        raise RuntimeError("the password is hunter2")

    app = create_app(Settings())
    app.register(broken)
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/broken")
    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
