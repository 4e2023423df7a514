"""Former releases of a tier, as the versions of its document tell them.

S3 keeps those versions for the days that the platform says, more than a year unless it was told
otherwise. A version that cannot be read tells nothing; the ones around it say the same mostly.
"""

from collections.abc import Iterable, Iterator

from stack.document import Document, Release

from ..deciding.plan import ALL
from ..releases.releasing import same_content
from .record import rollout_of
from .store import Version


def weighted(document: Document) -> dict[str, int]:
    """Give the weights above 0."""
    return {name: weight for name, weight in document.weights.items() if weight}


def only_release(document: Document) -> str | None:
    """Name the release that has all the traffic, if one has."""
    return next((name for name, weight in document.weights.items() if weight == ALL), None)


def ever_live(versions: Iterable[Version]) -> Iterator[tuple[str, Release]]:
    """Give each release that ever had traffic, the one that had it last first."""
    told: set[str] = set()
    for version in versions:
        if version.document is None:
            continue
        for name in sorted(weighted(version.document).keys() - told):
            told.add(name)
            yield name, version.document.releases[name]


def settled(versions: Iterable[Version]) -> Iterator[tuple[str, Release]]:
    """Give the releases that had all the traffic with nothing under way, the last one first.

    One that had it, lost it and got it back is given each time.
    """
    told = None
    for version in versions:
        document = version.document
        if document is None or rollout_of(document):
            continue
        name = only_release(document)
        if name and name != told:
            yield name, document.releases[name]
        told = name


def stood(releases: Iterable[tuple[str, Release]]) -> list[tuple[str, Release]]:
    """Give of settled releases, the oldest first, those that nobody went back from since.

    A content that comes again was gone back to, so whatever came between was not good; the same
    content twice in a row is a restart.
    """
    good: list[tuple[str, Release]] = []
    for name, release in releases:
        known = [n for n, (_, former) in enumerate(good) if same_content(former, release)]
        good = [*(good[: known[0]] if known else good), (name, release)]
    return good
