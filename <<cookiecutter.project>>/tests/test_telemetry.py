from collections.abc import Callable

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


def test_levels_below_the_setting_are_silent(serve: Callable[..., Server]) -> None:
    server = serve(log_level="error")
    server.get("/livez")
    server.stop()
    assert server.lines == []
