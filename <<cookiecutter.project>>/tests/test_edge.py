import asyncio
import re

from litestar import Litestar, get
from litestar.testing import TestClient
from structlog.testing import capture_logs

from <<cookiecutter.__package>>.app import create_app
from <<cookiecutter.__package>>.settings import Settings


def test_a_request_id_is_kept(client: TestClient[Litestar]) -> None:
    answer = client.get("/livez", headers={"X-Request-Id": "from-upstream:1"})
    assert answer.headers["x-request-id"] == "from-upstream:1"


def test_a_missing_or_dangerous_request_id_is_replaced(client: TestClient[Litestar]) -> None:
    for given in ({}, {"X-Request-Id": 'x" onload="'}, {"X-Request-Id": "x" * 129}):
        made = client.get("/livez", headers=given).headers["x-request-id"]
        assert re.fullmatch("[0-9a-f]{32}", made)


def test_security_headers(client: TestClient[Litestar]) -> None:
    headers = client.get("/nowhere").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'none'")


def test_one_line_for_each_request_and_never_its_query(client: TestClient[Litestar]) -> None:
    with capture_logs() as lines:
        client.get(
            "/v1/quotes/discounts?token=hunter2", headers={"X-Forwarded-For": "6.6.6.6, 1.2.3.4"}
        )
    (line,) = lines
    assert line["route"] == "/v1/quotes/discounts"
    assert line["status"] == 200
    assert line["client"] == "1.2.3.4"
    assert "hunter2" not in str(line)


def test_health_checks_are_no_news(client: TestClient[Litestar]) -> None:
    with capture_logs() as lines:
        client.get("/readyz")
    assert [line["log_level"] for line in lines] == ["debug"]


def test_a_request_that_takes_too_long_gets_503() -> None:
    @get("/slow")
    async def slow() -> None:
        await asyncio.sleep(5)

    app = create_app(Settings(request_seconds=0.05))
    app.register(slow)
    with TestClient(app) as client:
        answer = client.get("/slow")
    assert answer.status_code == 503
    assert answer.json()["detail"] == "There was no answer within 0.05 seconds."
