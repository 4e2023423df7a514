"""The program: load the four things a tier is made from, then make it."""

from datetime import UTC, datetime
from typing import Any

import pulumi
from pulumi.runtime import config as runtime

from .account import account_from
from .configuration import load_settings
from .document import Document, read_document
from .names import Names
from .platform import Contract, read_contract
from .settings import Settings
from .tier import Tier


def main() -> None:
    """Make the selected stack's tier, and say where it is."""
    config = {**runtime.get_config_env(), **runtime.CONFIG.get()}
    secret = {*runtime.get_config_secret_keys_env(), *filter(runtime.is_config_secret, config)}
    names = Names(service=pulumi.get_project(), tier=pulumi.get_stack())
    settings = load_settings(names, config, secret)
    account = account_from(config, names.settings_file)
    contract = read_contract(names, account)
    document = read_document(names, account, contract.artifact_bucket)
    for key, value in declare(names, settings, contract, document).items():
        pulumi.export(key, value)


def declare(
    names: Names,
    settings: Settings,
    contract: Contract,
    document: Document,
    now: datetime | None = None,
) -> dict[str, pulumi.Input[Any]]:
    """Make all that exists in a tier, from nothing but the arguments; give the outputs.

    Of `now` depends only which events are still to come.
    """
    return Tier(names, settings, contract, document, now or datetime.now(UTC)).declare()
