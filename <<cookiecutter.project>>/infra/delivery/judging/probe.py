"""Asks a release, by its header, before traffic does: from outside, as a client would."""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from secrets import token_hex
from socket import create_connection

from stack.names import Names
from stack.platform import Contract
from stack.rules import HTTP, HTTPS, RELEASE_HEADER

# Without one AWS WAF refuses a request ("NoUserAgent_HEADER" in "Baseline rule groups").
AGENT = "slipway-deliver"
ID_HEADER = "X-Request-Id"
TIMEOUT = 5.0  # seconds
TRIES = 3  # in a row: other instances answer, and other nodes of the balancer
READY, API = "/readyz", "/v1/"
WELL, BROKEN = 200, 500


@dataclass(frozen=True)
class Target:
    """Where the balancer is reached, and by which name it is asked."""

    address: str
    port: int
    host: str
    secure: bool
    proven: bool = True  # whether the certificate must be for the host


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]  # names in lower case


type Ask = Callable[[Target, str, Mapping[str, str]], Answer]


def target_of(names: Names, contract: Contract, balancer: str) -> Target:
    """Say where a tier is asked: at the balancer's own name, by the tier's name where it has one.

    So a new name that is not yet known everywhere fails no release, and its certificate is proven
    all the same. A tier with a certificate and no name of its own is reached by a name that we do
    not know; the balancer's own is in no certificate, so there is nothing to prove it against. What
    is sent is no secret.
    """
    secure = contract.certificate_arn is not None
    named = contract.domain is not None
    host = f"{names.service}.{contract.domain.name}" if contract.domain else balancer
    return Target(balancer, HTTPS if secure else HTTP, host, secure, proven=named)


def trouble_of(ask: Ask, target: Target, release: str, label: str) -> str | None:
    """Ask a release some times; say what is wrong with it, if something is.

    /readyz must say that it takes traffic. The API must answer to a path that no team takes away:
    whatever below 500 it says, "not found" too, its handlers run. Both must come from the service,
    which gives back the id of a request; the balancer and the web firewall do not know it.
    """
    for _ in range(TRIES):
        for path in (READY, API):
            request_id = token_hex(16)
            headers = {
                "Host": target.host,
                "User-Agent": AGENT,
                "Accept": "application/json",
                RELEASE_HEADER: label,
                ID_HEADER: request_id,
            }
            scheme = "https" if target.secure else "http"
            asked = f"{scheme}://{target.host}{path}, asked for {release},"
            try:
                answer = ask(target, path, headers)
            except (OSError, HTTPException) as error:
                return f"{asked} gave no answer: {error or type(error).__name__}"
            if answer.headers.get(ID_HEADER.lower()) != request_id:
                return f"{asked} was answered {answer.status}, but not by the service"
            if answer.status >= BROKEN or (path == READY and answer.status != WELL):
                return f"{asked} was answered {answer.status}"
    return None


def ask(target: Target, path: str, headers: Mapping[str, str]) -> Answer:
    """Ask once, over a connection of its own."""
    with create_connection((target.address, target.port), TIMEOUT) as plain:
        channel = plain
        if target.secure:
            channel = context_of(target).wrap_socket(plain, server_hostname=target.host)
        connection = HTTPConnection(target.host, target.port, timeout=TIMEOUT)
        connection.sock = channel
        try:
            connection.request("GET", path, headers=dict(headers))
            response = connection.getresponse()
            response.read()
            return Answer(
                response.status, {name.lower(): value for name, value in response.getheaders()}
            )
        finally:
            connection.close()


def context_of(target: Target) -> ssl.SSLContext:
    """Say what a certificate must be proven against."""
    context = ssl.create_default_context()
    if not target.proven:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
