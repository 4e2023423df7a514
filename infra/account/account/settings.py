"""Settings of the account's stack; `Pulumi.main.yaml` holds deviations only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platform_parts import rules
from platform_parts.settings import setting
from platform_parts.tagging import RESERVED


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that can differ between accounts."""

    prefix: str = setting(
        rules.prefix,
        "first word of names; the artifact bucket is <prefix>-artifacts-<account>-<region>",
    )
    tier_accounts: tuple[str, ...] = setting(
        rules.accounts,
        "other accounts that tiers live in: they may read the bucket and write under rollouts/",
    )
    deleted_build_days: int = setting(
        rules.whole(1, 3650),
        "days that a deleted build can be brought back",
    )
    history_days: int = setting(
        rules.whole(30, 3650),
        "days that former versions of a rollout document stay, for looking back",
    )
    protect: bool = setting(
        rules.yes_or_no,
        "true: a destroy is refused; set false and `up` first. A bucket has to be empty besides",
    )
    tags: Mapping[str, str] = setting(rules.tags(RESERVED), "further tags on everything")


DEFAULTS: Mapping[str, Any] = {
    "prefix": "slipway",
    "tier_accounts": (),
    "deleted_build_days": 30,
    "history_days": 400,  # a year and some, so that last year's event can be compared
    "protect": True,  # without the documents in it no tier can be made again
    "tags": {},
}
