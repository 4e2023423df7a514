"""A tier as its project's folder names it: names, settings, account, platform, document."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from stack.account import Account, account_from
from stack.files import configuration, names_of, settings_in
from stack.names import Names
from stack.platform import Contract, read_contract
from stack.refusal import Gathering
from stack.settings import Settings

from .deciding.observed import Policy
from .deciding.policy import policy_of
from .document.store import Store


@dataclass(frozen=True)
class Place:
    """Everything that a verb about a tier starts from."""

    project: Path
    names: Names
    settings: Settings
    account: Account
    contract: Contract

    @property
    def infra(self) -> Path:
        """Give the folder of the stacks."""
        return self.project / "infra"

    @cached_property
    def store(self) -> Store:
        """Give the tier's document."""
        return Store(self.names, self.account, self.contract.artifact_bucket)

    def policy(self, now: datetime) -> Policy:
        """Give what settings and hour say to a rollout."""
        return policy_of(self.settings, now)


def place_of(project: Path, tier: str) -> Place:
    """Read a tier's files and its platform; all that is wrong with either is told at once."""
    infra = project / "infra"
    names = names_of(infra, tier)
    gathering = Gathering()
    with gathering.taken():
        settings = settings_in(infra, names)
    with gathering.taken():
        account = account_in(infra, names)
        contract = read_contract(names, account)
    gathering.refuse()
    return Place(project, names, settings, account, contract)


def account_in(infra: Path, names: Names) -> Account:
    """Find the tier's account by the keys that Pulumi reads."""
    return account_from(configuration(infra, names), names.settings_file)
