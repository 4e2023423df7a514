import json
from collections.abc import Callable

import pytest
from structlog.processors import format_exc_info

from <<cookiecutter.__package>>.telemetry import JsonLine

from .process import Server


def test_every_line_on_stdout_is_one_json_object(serve: Callable[..., Server]) -> None:
    """Ours, the access log, and the server's own; the reader of `Server` parses each line."""
    server = serve(tier="test", release="v7", log_level="debug")
    server.get("/livez", **{"X-Request-Id": "abc"})
    server.stop()
    assert {line["tier"] for line in server.lines} == {"test"}
    assert {line["release"] for line in server.lines} == {"v7"}
    assert {"listening", "draining", "request"} <= set(server.events())
    assert any(line.get("logger") == "uvicorn" for line in server.lines)
    (request,) = (line for line in server.lines if line.get("request_id") == "abc")
    assert request["status"] == 200
    assert request["milliseconds"] > 0


def test_a_traceback_shows_code_and_no_values() -> None:
    def connect(password: str) -> None:
        raise ConnectionError(f"refused, and the password has {len(password)} characters")

    with pytest.raises(ConnectionError) as caught:
        connect("hunter" + str(2))
    event = format_exc_info(None, "error", {"event": "broken", "exc_info": caught.value})
    line = JsonLine()(None, "error", event)
    assert b"Traceback" in line
    assert b"hunter2" not in line


@pytest.mark.parametrize("value", [2**70, "\ud800", object()])
def test_no_value_costs_the_line(value: object) -> None:
    line = JsonLine()(None, "info", {"event": "odd", "value": value})
    assert json.loads(line)["event"] == "odd"


def test_levels_below_the_setting_are_silent(serve: Callable[..., Server]) -> None:
    server = serve(log_level="error")
    server.get("/livez")
    server.stop()
    assert server.lines == []
