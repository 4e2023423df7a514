"""Whether everything is there that `deliver` needs in a tier; each thing is looked at by itself."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stack.account import Account
from stack.files import names_of, settings_in
from stack.names import Names
from stack.platform import Contract, read_contract
from stack.refusal import Refused

from .builds.source import find_source
from .document.store import Store
from .engine.command import find_command
from .engine.engine import Engine
from .place import account_in

# AWS refuses what is signed by a clock further off ("Elements of an AWS API request signature" in
# the IAM User Guide).
SKEW_SECONDS = 300


@dataclass(frozen=True)
class Finding:
    """What was looked at, and how it is."""

    what: str
    well: bool
    words: str


def examine(project: Path, tier: str) -> Iterator[Finding]:
    """Look at everything; what cannot be looked at because of something before is left out."""
    infra = project / "infra"
    yield _found("Python", lambda: f"{sys.version_info.major}.{sys.version_info.minor}")
    yield _found("repository", lambda: _repository(project))
    yield _found("Pulumi", lambda: f"{find_command().version}")
    names = names_of(infra, tier)
    yield _found("settings", lambda: _settings(infra, names))
    try:
        account = account_in(infra, names)
    except Refused as refusal:
        yield Finding("account", well=False, words=str(refusal))
        return
    identity = _found("account", account.described)
    yield identity
    if identity.well:
        yield from _there(infra, names, account)


def _there(infra: Path, names: Names, account: Account) -> Iterator[Finding]:
    """Look at what is on AWS."""
    try:
        contract = read_contract(names, account)
    except Refused as refusal:
        yield Finding("platform", well=False, words=str(refusal))
        return
    yield Finding("platform", well=True, words=names.contract)
    yield _found("document", lambda: _document(names, account, contract))
    engine = Engine(infra, names, lambda _: None)
    yield _found("stack", lambda: engine.check() or "made, and nobody is at work on it")


def _found(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, well=True, words=look())
    except Refused as refusal:
        return Finding(what, well=False, words=str(refusal))


def _repository(project: Path) -> str:
    source = find_source(project)
    return f"commit {source.commit[:12]}"


def _settings(infra: Path, names: Names) -> str:
    settings_in(infra, names)
    return names.settings_file


def _document(names: Names, account: Account, contract: Contract) -> str:
    store = Store(names, account, contract.artifact_bucket)
    stored = store.read()
    skew = abs((stored.now - datetime.now(UTC)).total_seconds())
    if skew > SKEW_SECONDS:
        raise Refused(
            [f"This machine's clock is {skew:.0f} s off that of AWS."], "Set it, as by NTP."
        )
    return store.where if stored.etag else f"{store.where}: none yet, which is as good as empty"
