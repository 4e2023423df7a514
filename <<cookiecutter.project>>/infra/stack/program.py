"""The program: load the four things a tier is made from, then make it."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pulumi
from pulumi.runtime import config as runtime

from .account import account_from
from .agreement import agree
from .configuration import load_settings
from .document import Document, empty, read_document
from .names import Names
from .platform import Contract, read_contract
from .refusal import Gathering, Refused, told
from .settings import Settings
from .tier import Tier

Own = Callable[[Tier], None]  # makes what a team adds to its tier
# The fingerprint of the document that `deliver` runs the engine for; nobody else sets it.
DECIDED_ON = "DELIVER_DOCUMENT"


def main(own: Own | None = None) -> None:
    """Make the selected stack's tier, and say where it is; or say what is wrong."""
    with told():
        for key, value in _tier(own).items():
            pulumi.export(key, value)


def _tier(own: Own | None) -> dict[str, pulumi.Input[Any]]:
    config = {**runtime.get_config_env(), **runtime.CONFIG.get()}
    secret = {*runtime.get_config_secret_keys_env(), *filter(runtime.is_config_secret, config)}
    names = Names(service=pulumi.get_project(), tier=pulumi.get_stack())
    settings = load_settings(names, config, secret)
    account = account_from(config, names.settings_file)
    contract = read_contract(names, account)
    gathering = Gathering()
    document = empty(names)
    with gathering.taken():
        agree(names, settings, contract)
    with gathering.taken():
        document = read_document(names, account, contract.artifact_bucket)
        _decided_on(names, document)
    gathering.refuse()
    return declare(names, settings, contract, document, own=own)


def _decided_on(names: Names, document: Document) -> None:
    """Refuse another document than the one that `deliver` decided on, if it runs us."""
    expected = os.environ.get(DECIDED_ON)
    if expected and expected != document.fingerprint:
        raise Refused(
            [f"{names.document}: somebody has written it since `deliver` read it."],
            "Nothing was made. `deliver status` shows what it says now.",
        )


def declare(
    names: Names,
    settings: Settings,
    contract: Contract,
    document: Document,
    now: datetime | None = None,
    *,
    own: Own | None = None,
) -> dict[str, pulumi.Input[Any]]:
    """Make all that exists in a tier, from nothing but the arguments; give the outputs.

    Of `now` depends only which events are still to come. `own` makes what a team adds; guardrails
    hold it to the same rules.
    """
    return Tier(names, settings, contract, document, now or datetime.now(UTC)).declare(own)
