"""The AWS of one call: clients of a region, its account, the tags every resource gets."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.cloud.accounts import key_of

ACCOUNT = "123456789012"  # moto's default account
# Any key is let in; these tell who asks.
ACCESS_KEY = "slipway"
PROVIDER_KEY = "slipway-provider"
SECRET_KEY = "slipway-cloud"


class Clients:
    """boto3 clients of one endpoint, made once each: that costs as much as many calls."""

    def __init__(self, endpoint: str, key_name: str, account: str = ACCOUNT) -> None:
        self.endpoint = endpoint
        self._key_name, self._account = key_name, account
        self._access_key = key_of(key_name, account, ACCOUNT)
        self._others: dict[str, Clients] = {}
        self._made: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()
        self._session: Any = None

    def get(self, service: str, region: str) -> Any:
        made = self._made.get((service, region))
        if made is None:
            with self._lock:  # a boto3 session is not safe to share while it makes clients
                made = self._made.get((service, region)) or self._make(service, region)
                self._made[service, region] = made
        return made

    def of_account(self, account: str) -> "Clients":
        """Clients of an account, with a key of the same name."""
        if account == self._account:
            return self
        with self._lock:
            known = self._others.get(account)
            return known or self._others.setdefault(
                account, Clients(self.endpoint, self._key_name, account)
            )

    def _make(self, service: str, region: str) -> Any:
        import boto3
        from botocore.config import Config

        if self._session is None:
            self._session = boto3.session.Session(
                aws_access_key_id=self._access_key,
                aws_secret_access_key=SECRET_KEY,
                region_name=region,
            )
        config = Config(
            retries={"total_max_attempts": 1},  # a failure is shown, not smoothed over
            max_pool_connections=64,
            parameter_validation=True,
            s3={"addressing_style": "path"},
        )
        return self._session.client(
            service, region_name=region, endpoint_url=self.endpoint, config=config
        )


@dataclass(frozen=True, slots=True)
class Aws:
    """What a handler works with. `aws.ec2`, `aws.elbv2`, … are clients of its region."""

    clients: Clients
    region: str
    account: str
    default_tags: Mapping[str, str] = field(default_factory=dict)
    partition: str = "aws"

    def __getattr__(self, service: str) -> Any:
        if service.startswith("_"):
            raise AttributeError(service)
        return self.clients.get(service, self.region)

    def elsewhere(self, region: str) -> "Aws":
        return Aws(self.clients, region, self.account, self.default_tags, self.partition)

    def tags(self, new: Mapping[str, Any]) -> dict[str, str]:
        """The tags a resource gets: the provider's, then its own."""
        return {**self.default_tags, **(new.get("tags") or {})}

    def arn(self, service: str, resource: str, region: str | None = None) -> str:
        """`region=""` for services that have none in their ARNs."""
        place = self.region if region is None else region
        return f"arn:{self.partition}:{service}:{place}:{self.account}:{resource}"
