"""What became of a tier: its document's versions, told as changes."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from stack.document import Document

from ..showing.sentences import weights_said
from .past import weighted
from .record import at, lease_of, rollout_of, unleased
from .store import Store, Version


@dataclass(frozen=True)
class Change:
    """A version of the document that says something new."""

    version: str
    when: datetime
    weights: dict[str, int]
    what: str
    who: str | None
    why: str | None

    @property
    def line(self) -> str:
        """Tell it to a person."""
        by = f" ({self.who}: {self.why})" if self.why else ""
        return f"{at(self.when)}  {weights_said(self.weights)}; {self.what}{by}"

    @property
    def data(self) -> dict[str, Any]:
        """Tell it to a program."""
        return {**asdict(self), "when": at(self.when)}


def history(store: Store) -> Iterator[Change]:
    """Give the changes, the newest first; a heartbeat is none."""
    newer: Version | None = None
    for version in store.history():
        if newer and _said(newer.document) != _said(version.document):
            yield _change(newer, version.document)
        newer = version  # of versions that say the same the oldest made the change
    if newer:
        yield _change(newer, None)


def _said(document: Document | None) -> Document | None:
    return unleased(document) if document else None


def _change(version: Version, before: Document | None) -> Change:
    document = version.document
    if document is None:
        return Change(version.id, version.when, {}, "cannot be read", None, None)
    rollout, lease = rollout_of(document), lease_of(document)
    ended = rollout_of(before) if before and not rollout else None
    told = rollout or ended
    if rollout:
        way = f"{rollout.strategy} of {rollout.release}"
        what = f"{way}, {rollout.stage}" + (
            f", abort: {rollout.reason}" if rollout.intent == "abort" else ""
        )
    elif ended:
        how = "undone" if ended.intent == "abort" else "finished"
        what = f"{ended.strategy} of {ended.release} {how}"
    else:
        what = "at rest" if document.releases else "no release"
    return Change(
        version=version.id,
        when=version.when,
        weights=weighted(document),
        what=what,
        who=told.who if told else lease.owner if lease else None,
        why=told.why if told else None,
    )
