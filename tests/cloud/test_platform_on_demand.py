"""Who gets a platform laid, and who does not."""

import io
import json
import threading
import time
from collections.abc import Iterable
from typing import Any

import pytest

from tests.cloud.aws import PROVIDER_KEY
from tests.cloud.platform_on_demand import BUILDER_KEY, PlatformOnDemand, last_error

REGIONS = ("eu-west-1", "us-east-1")


def request(
    name: str,
    region: str = "us-east-1",
    key: str = "somebody",
    service: str = "ssm",
    target: str = "AmazonSSM.GetParameter",
) -> dict[str, Any]:
    body = json.dumps({"Names": [name]} if target.endswith("s") else {"Name": name}).encode()
    return {
        "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential={key}/20261121/{region}/{service}/"
        "aws4_request, SignedHeaders=host, Signature=0",
        "HTTP_X_AMZ_TARGET": target,
        "CONTENT_TYPE": "application/x-amz-json-1.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }


class Asked:
    """A platform on demand before an application that repeats what it is asked."""

    def __init__(self, problem: Exception | None = None) -> None:
        self.laid: list[str] = []
        self.problem = problem
        demand = PlatformOnDemand(self._lay, REGIONS, laid=["eu-west-1"])
        self.app = demand.in_front_of(self._repeat)

    def _lay(self, region: str) -> None:
        self.laid.append(region)
        time.sleep(0.05)
        if self.problem:
            raise self.problem

    def _repeat(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return [environ["wsgi.input"].read()]

    def answer(self, environ: dict[str, Any]) -> bytes:
        return b"".join(self.app(environ, lambda *_: None))


@pytest.mark.parametrize("target", ["AmazonSSM.GetParameter", "AmazonSSM.GetParameters"])
def test_the_first_who_asks_for_a_contract_gets_one_laid(target: str) -> None:
    asked = Asked()
    for _ in range(2):
        assert b"/platform/dev" in asked.answer(request("/platform/dev", target=target))
    assert asked.laid == ["us-east-1"]


@pytest.mark.parametrize(
    "environ",
    [
        request("/platform/dev", region="eu-west-1"),
        request("/platform/dev", key=BUILDER_KEY),
        request("/platform/dev", key=PROVIDER_KEY),
        request("/platform/dev", service="s3"),
        request("/platform/dev", target="AmazonSSM.PutParameter"),
        request("/platform/dev", region="mars-1"),
        request("/orders/dev"),
        {"wsgi.input": io.BytesIO()},
    ],
    ids=["laid", "builder", "provider", "service", "call", "region", "name", "unsigned"],
)
def test_everything_else_goes_through(environ: dict[str, Any]) -> None:
    asked = Asked()
    asked.answer(environ)
    assert asked.laid == []


def test_all_who_ask_at_once_wait_for_the_same() -> None:
    asked = Asked()
    threads = [
        threading.Thread(target=asked.answer, args=[request("/platform/prod")]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert asked.laid == ["us-east-1"]


def test_a_failure_is_told_to_everybody_and_not_tried_again() -> None:
    asked = Asked(
        RuntimeError("code: 1\nstdout: x\nerror: no room for a VPC\nerror: update failed")
    )
    for _ in range(2):
        found = json.loads(asked.answer(request("/platform/dev")))
        assert found["__type"] == "PlatformFailed"
        assert found["message"] == "the platform could not be laid in us-east-1: no room for a VPC"
    assert asked.laid == ["us-east-1"]


def test_a_failure_without_the_engines_words_is_told_as_it_is() -> None:
    assert last_error(ValueError("no\nengine")) == "no engine"
