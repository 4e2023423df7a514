"""Whatever goes wrong, the caller gets problem details and never an HTML page or a traceback."""

from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from .conftest import Client


def test_an_unknown_path(client: Client) -> None:
    answer = client.get("/nowhere", headers={"X-Request-Id": "abc"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "title": "Not Found",
        "status": 404,
        "detail": "Not Found",
        "request_id": "abc",
    }


def test_a_wrong_method_names_the_right_ones(client: Client) -> None:
    answer = client.delete("/echo")
    assert answer.status_code == 405
    assert "POST" in answer.headers["allow"]


@pytest.mark.parametrize(
    ("body", "detail", "pointer"),
    [
        ({"text": 1}, "Expected `str`, got `int`", "#/text"),
        ({"text": "a", "tags": ["b", 2]}, "Expected `str`, got `int`", "#/tags/1"),
        ({"text": "a", "tag": "b"}, "Object contains unknown field `tag`", "#"),
        ({}, "Object missing required field `text`", "#"),
        ([], "Expected `object`, got `array`", "#"),
    ],
)
def test_a_wrong_body_names_the_field(
    client: Client, body: object, detail: str, pointer: str
) -> None:
    answer = client.post("/echo", json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"detail": detail, "pointer": pointer}]


@pytest.mark.parametrize("value", ["0", "many"])
def test_a_wrong_parameter_is_named(client: Client, value: str) -> None:
    answer = client.get("/page", params={"limit": value})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "limit"


def test_a_body_that_is_no_json(client: Client) -> None:
    answer = client.post("/echo", content="{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["detail"] == "The body is not valid JSON: Input data was truncated"


def test_a_body_of_another_type(client: Client) -> None:
    answer = client.post("/echo", content="a", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


def test_a_missing_body(client: Client) -> None:
    answer = client.post("/echo")
    assert answer.status_code == 400
    assert answer.json()["detail"] == "A body is needed."


def test_a_body_above_the_limit(connect: Callable[..., Client]) -> None:
    answer = connect(body_bytes=10).post("/echo", json={"text": "too long"})
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_unexpected_error_tells_the_caller_nothing(client: Client) -> None:
    with capture_logs() as lines:
        answer = client.get("/broken")
    assert answer.status_code == 500
    assert "fire" not in answer.text
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert "the database is on fire" in str(lines[0]["exc_info"])
