"""The provider's own configuration: `aws:region`, `aws:defaultTags`, `aws:allowedAccountIds`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.cloud.accounts import account_of
from tests.cloud.errors import CloudError


@dataclass(frozen=True, slots=True)
class Configuration:
    region: str
    account: str
    default_tags: Mapping[str, str] = field(default_factory=dict)


def read_configuration(values: Mapping[str, Any], region: str, account: str) -> Configuration:
    """The account is that of the role to assume, else of the key, else the given one.

    Profile and endpoints are accepted and not needed here.
    """
    account = account_of(str(values.get("accessKey") or ""), account)
    for role in _decoded(values.get("assumeRoles")) or []:
        if role.get("roleArn"):
            account = str(role["roleArn"]).split(":")[4]
    allowed, forbidden = (
        _decoded(values.get("allowedAccountIds")),
        _decoded(values.get("forbiddenAccountIds")),
    )
    if (allowed and account not in allowed) or (forbidden and account in forbidden):
        raise CloudError("InvalidAccount", f"AWS account ID not allowed: {account}")
    tags = (_decoded(values.get("defaultTags")) or {}).get("tags") or {}
    return Configuration(str(values.get("region") or region), account, tags)


def _decoded(value: Any) -> Any:
    """Nested configuration comes as JSON text."""
    return json.loads(value) if isinstance(value, str) and value else value
