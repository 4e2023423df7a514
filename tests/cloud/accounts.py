"""Several AWS accounts in one cloud; a request belongs to the one whose key signed it.

The keys that the cloud hands out end with the account's number. What has been given by AssumeRole
is moto's affair: it knows the role's account.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.cloud.server import Wsgi

OF_ACCOUNT = re.compile(r"-(\d{12})$")


def key_of(name: str, account: str, default: str) -> str:
    """An access key for an account; the default account's is the plain name."""
    return name if account == default else f"{name}-{account}"


def account_of(access_key: str, default: str) -> str:
    """The account that one of our keys is for."""
    found = OF_ACCOUNT.search(access_key)
    return found[1] if found else default


def by_account(app: "Wsgi") -> "Wsgi":
    """Tell moto the account of each request that is signed with one of our keys."""
    from tests.cloud.calls import access_key_of

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        found = OF_ACCOUNT.search(access_key_of(environ))
        if found:
            environ["HTTP_X_MOTO_ACCOUNT_ID"] = found[1]
        return app(environ, start_response)

    return serve


@dataclass(frozen=True)
class Account:
    """One account of the cloud: what points there, and clients of it."""

    id: str
    environment: Mapping[str, str]
    client: Callable[..., Any]  # by a service's name and, if it is another, a region
