from litestar import Litestar
from litestar.testing import TestClient

from <<cookiecutter.__package>>.app import create_app
from <<cookiecutter.__package>>.settings import Settings


def test_the_api_describes_itself(client: TestClient[Litestar]) -> None:
    document = client.get("/schema/openapi.json").json()
    assert document["info"]["title"] == "<<cookiecutter.project>>"
    assert "/v1/quotes" in document["paths"]


def test_only_where_it_is_switched_on() -> None:
    with TestClient(create_app(Settings())) as client:
        assert client.get("/schema/openapi.json").status_code == 404
