import json
import re
from collections.abc import Callable

import pytest

from .conftest import Client


def test_a_request_id_is_kept(client: Client) -> None:
    answer = client.get("/livez", headers={"X-Request-Id": "from-upstream:1"})
    assert answer.headers["x-request-id"] == "from-upstream:1"


def test_a_missing_or_dangerous_request_id_is_replaced(client: Client) -> None:
    for given in ({}, {"X-Request-Id": 'x" onload="'}, {"X-Request-Id": "x" * 129}):
        made = client.get("/livez", headers=given).headers["x-request-id"]
        assert re.fullmatch("[0-9a-f]{32}", made)


def test_security_headers(client: Client) -> None:
    headers = client.get("/nowhere").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'none'")


def test_one_line_for_each_request_and_never_its_query(
    client: Client, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    client.get("/page?token=hunter2", headers={"X-Forwarded-For": "6.6.6.6, 1.2.3.4"})
    line = json.loads(capsysbinary.readouterr().out)
    assert line["event"] == "request"
    assert line["level"] == "info"
    assert line["route"] == "/page"
    assert line["status"] == 200
    assert line["client"] == "1.2.3.4"
    assert "hunter2" not in str(line)


def test_health_checks_are_no_news(
    connect: Callable[..., Client], capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    connect().get("/readyz")
    assert capsysbinary.readouterr().out == b""
    connect(log_level="debug").get("/readyz")
    assert json.loads(capsysbinary.readouterr().out)["level"] == "debug"


def test_a_request_that_takes_too_long_gets_503(connect: Callable[..., Client]) -> None:
    answer = connect(request_seconds=0.05).get("/slow")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "There was no answer within 0.05 seconds."


def test_other_origins_are_told_nothing(connect: Callable[..., Client]) -> None:
    origin = {"Origin": "https://example.com"}
    assert "access-control-allow-origin" not in connect().get("/page", headers=origin).headers
    allowed = connect(cors_origins=("https://example.com",)).get("/page", headers=origin)
    assert allowed.headers["access-control-allow-origin"] == "https://example.com"
