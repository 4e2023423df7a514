"""A tier as its project's folder names it: account, platform, document."""

from pathlib import Path

from stack.platform import read_contract

from .publish import account_of, names_of
from .store import Store


def store_of(project: Path, tier: str) -> Store:
    """Find where a tier's document is."""
    names = names_of(project / "infra", tier)
    account = account_of(project / "infra", names)
    return Store(names, account, read_contract(names, account).artifact_bucket)
