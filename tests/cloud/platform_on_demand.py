"""The platform, laid in a region the moment somebody first asks for its contract there."""

import io
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tests.cloud.aws import PROVIDER_KEY
from tests.cloud.faults import failure, scope_of

if TYPE_CHECKING:
    from tests.cloud.server import Wsgi

CONTRACTS = "/platform/"
# The access key of the platform's own calls, which ask for contracts that are on their way.
BUILDER_KEY = "slipway-platform"


class PlatformOnDemand:
    """One attempt per region; a failed one is told to everybody who asks there."""

    def __init__(
        self, lay: Callable[[str], None], regions: Iterable[str], laid: Iterable[str] = ()
    ) -> None:
        self._lay = lay
        self._regions = frozenset(regions)
        self._answers: dict[str, str | None] = dict.fromkeys(laid)  # region: what went wrong
        self._locks: dict[str, threading.Lock] = {
            region: threading.Lock() for region in self._regions
        }

    def in_front_of(self, app: "Wsgi") -> "Wsgi":
        def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            region, service = scope_of(environ)
            if service == "ssm" and region in self._regions and _asks_for_contract(environ):
                problem = self._ensure(region)
                if problem:
                    # A client error, or boto3 would ask four more times.
                    return failure(
                        environ, start_response, problem, "PlatformFailed", "400 Bad Request"
                    )
            return app(environ, start_response)

        return serve

    def _ensure(self, region: str) -> str | None:
        with self._locks[region]:
            if region not in self._answers:
                try:
                    self._lay(region)
                except Exception as error:
                    self._answers[region] = (
                        f"the platform could not be laid in {region}: {last_error(error)}"
                    )
                else:
                    self._answers[region] = None
            return self._answers[region]


def _asks_for_contract(environ: dict[str, Any]) -> bool:
    target = str(environ.get("HTTP_X_AMZ_TARGET", "")).rpartition(".")[2]
    authorization = environ.get("HTTP_AUTHORIZATION", "")
    own = any(f"Credential={key}/" in authorization for key in (BUILDER_KEY, PROVIDER_KEY))
    if own or target not in ("GetParameter", "GetParameters", "GetParametersByPath"):
        return False
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return any(str(name).startswith(CONTRACTS) for name in _names(json.loads(body or b"{}")))


def _names(request: Mapping[str, Any]) -> list[Any]:
    return [request.get("Name", ""), f"{request.get('Path', '')}/", *request.get("Names", [])]


def last_error(error: Exception) -> str:
    """The engine's own words for a failure, out of its whole output."""
    lines = [line.strip() for line in str(error).splitlines() if "error: " in line]
    words = next((line for line in reversed(lines) if "update failed" not in line), str(error))
    return " ".join(words.partition("error: ")[2].split() or words.split())
