"""Asking a release by its header."""

import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import samples

from delivery.judging.probe import Answer, Target, ask, context_of, target_of, trouble_of

BALANCER = "orders-dev-1.eu-west-1.elb.amazonaws.com"
HERE = Target("127.0.0.1", 80, BALANCER, secure=False)


@pytest.mark.parametrize(
    ("certified", "domain", "port", "host", "proven"),
    [
        (False, False, 80, BALANCER, False),
        (False, True, 80, "orders.dev.example.com", True),
        (True, True, 443, "orders.dev.example.com", True),
        (True, False, 443, BALANCER, False),
    ],
)
def test_a_tier_is_asked_at_its_balancer_by_its_name(
    port: int, host: str, *, certified: bool, domain: bool, proven: bool
) -> None:
    contract = samples.contract(
        certificate_arn=samples.CERTIFICATE if certified else None,
        domain=samples.DOMAIN if domain else None,
    )

    assert target_of(samples.names(), contract, BALANCER) == Target(
        BALANCER, port, host, secure=certified, proven=proven
    )


def test_a_certificate_is_proven_where_the_name_is_ours() -> None:
    strict = context_of(HERE)
    assert strict.verify_mode is ssl.CERT_REQUIRED
    assert strict.check_hostname

    assert context_of(replace(HERE, proven=False)).verify_mode is ssl.CERT_NONE


class Service:
    """Answers as a test wants, and knows the id of the request."""

    def __init__(self, **statuses: int) -> None:
        self.statuses = {"/readyz": 200, "/v1/": 404, **statuses}
        self.asked: list[str] = []

    def __call__(self, target: Target, path: str, headers: Mapping[str, str]) -> Answer:
        """Answer."""
        assert target == HERE
        self.asked.append(path)
        return Answer(self.statuses[path], {"x-request-id": headers["X-Request-Id"]})


def test_a_release_that_answers_right_has_no_trouble() -> None:
    service = Service()

    assert trouble_of(service, HERE, "v2", "a" * 32) is None
    assert service.asked == ["/readyz", "/v1/"] * 3


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/readyz", 503, "/readyz, asked for v2, was answered 503"),
        ("/readyz", 404, "/readyz, asked for v2, was answered 404"),
        ("/v1/", 500, "/v1/, asked for v2, was answered 500"),
    ],
)
def test_a_wrong_answer_is_told(path: str, status: int, words: str) -> None:
    trouble = trouble_of(Service(**{path: status}), HERE, "v2", "a" * 32)

    assert trouble == f"http://{BALANCER}{words}"


def test_an_answer_of_somebody_else_is_none() -> None:
    def firewall(target: Target, path: str, headers: Mapping[str, str]) -> Answer:  # noqa: ARG001
        return Answer(200, {})

    trouble = trouble_of(firewall, HERE, "v2", "a" * 32)

    assert trouble is not None
    assert "was answered 200, but not by the service" in trouble


def test_nobody_there_is_told() -> None:
    def refuse(*_: object) -> Answer:
        raise ConnectionRefusedError(111, "Connection refused")

    trouble = trouble_of(refuse, HERE, "v2", "a" * 32)

    assert trouble is not None
    assert "gave no answer: [Errno 111] Connection refused" in trouble


class Handler(BaseHTTPRequestHandler):
    """Gives back what it was asked with."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(418)
        self.send_header("X-Host", self.headers["Host"])
        self.send_header("X-Agent", self.headers["User-Agent"])
        self.send_header("X-Path", self.path)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def test_one_request_goes_over_the_wire(port: int) -> None:
    answer = ask(replace(HERE, port=port), "/readyz", {"Host": BALANCER, "User-Agent": "us"})

    assert answer.status == 418
    assert answer.headers["x-host"] == BALANCER
    assert answer.headers["x-agent"] == "us"
    assert answer.headers["x-path"] == "/readyz"
