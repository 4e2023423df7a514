"""Which builds the tiers need: asked of all of them, or nothing is known."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from stack.document import Document, Release
from stack.refusal import Gathering, Refused
from stack.tiers import TIERS

from ..document.past import ever_live
from ..document.record import rollout_of
from ..place import Place, place_of


def all_places(project: Path) -> list[Place]:
    """Find all tiers. A tier without a document is empty; one without a platform cannot be read."""
    places: list[Place] = []
    gathering = Gathering()
    for tier in TIERS:
        with gathering.taken():
            places.append(_place(project, tier))
    gathering.refuse()
    buckets = {place.names.tier: place.contract.artifact_bucket for place in places}
    if len({*buckets.values()}) > 1:
        raise Refused(
            [f"The artifact bucket of {tier} is {bucket}." for tier, bucket in buckets.items()],
            "Tiers share one; which builds are needed where cannot be told otherwise.",
        )
    return places


def _place(project: Path, tier: str) -> Place:
    try:
        return place_of(project, tier)
    except Refused as refusal:
        raise Refused(
            [f"{tier} cannot be read, and may need any build; nothing is pruned.",
             *refusal.args[0].splitlines()]
        ) from refusal  # fmt: skip


def named_by(place: Place) -> set[str]:
    """List the builds that a tier's document names now."""
    return {each.build.sha256 for each in _releases(place.store.read().document)}


def _releases(document: Document) -> Iterator[Release]:
    yield from document.releases.values()
    rollout = rollout_of(document)
    if rollout:
        yield from rollout.start.releases.values()


def lived_in(place: Place, number: int) -> set[str]:
    """List the builds of a tier's last live releases."""
    last = islice(ever_live(place.store.history()), number)
    return {release.build.sha256 for _, release in last}
