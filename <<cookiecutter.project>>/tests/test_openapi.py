from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Client


@pytest.fixture
def document(connect: Callable[..., Client]) -> Any:
    return connect(openapi=True).get("/schema/openapi.json").json()


def test_the_api_describes_itself(document: Any) -> None:
    assert document["info"]["title"] == "<<cookiecutter.project>>"
    assert "/echo" in document["paths"]


def test_our_own_errors_are_described(document: Any) -> None:
    answers = document["paths"]["/echo"]["post"]["responses"]
    assert "400" not in answers
    assert "application/problem+json" in answers["default"]["content"]
    assert "detail" in document["components"]["schemas"]["Problem"]["required"]


def test_a_body_that_refuses_unknown_fields_says_so(document: Any) -> None:
    assert document["components"]["schemas"]["Note"]["additionalProperties"] is False


def test_only_where_it_is_switched_on(client: Client) -> None:
    assert client.get("/schema/openapi.json").status_code == 404


def test_nothing_inside_is_described(document: Any) -> None:
    assert not {"/livez", "/readyz", "/metrics"} & set(document["paths"])
