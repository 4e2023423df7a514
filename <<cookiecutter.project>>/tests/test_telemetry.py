from collections.abc import Callable

import httpx

from .process import Server


def test_every_line_on_stdout_is_one_json_object(serve: Callable[..., Server]) -> None:
    """Ours, the access log, and the server's own; `stop` parses each line."""
    server = serve(tier="test", release="v7", log_level="debug", drain_seconds=0)
    httpx.get(f"{server.url}/v1/quotes/discounts", headers={"X-Request-Id": "abc"})
    lines = server.stop()
    assert {line["tier"] for line in lines} == {"test"}
    assert {line["release"] for line in lines} == {"v7"}
    assert {"listening", "draining", "request"} <= {line["event"] for line in lines}
    assert any(line.get("logger") == "uvicorn" for line in lines)
    (request,) = (line for line in lines if line.get("request_id") == "abc")
    assert request["status"] == 200
    assert request["milliseconds"] > 0


def test_levels_below_the_setting_are_silent(serve: Callable[..., Server]) -> None:
    server = serve(log_level="error", drain_seconds=0)
    httpx.get(f"{server.url}/v1/quotes/discounts")
    assert server.stop() == []
