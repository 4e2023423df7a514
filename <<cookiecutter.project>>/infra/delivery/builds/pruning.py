"""Builds that nobody needs any more. S3 itself knows their age only, not what is in use.

Kept are those that a tier's document names, those of each tier's last live releases, and those so
young that they may be on their way. Where a tier cannot be read nothing is pruned: it might need
any of them.

The bucket has versions, so a deletion is a marker over what was there ("Deleting object versions
from a versioning-enabled bucket" in the Amazon S3 User Guide): no machine finds the build any
more, S3 keeps it for the days that the platform says (deleted_build_days), and until then
`deliver publish` of the same commit, or removing the marker, brings it back.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from stack.refusal import Gathering, Refused

from ..document.record import at
from ..place import Place
from .builds import listed, readable
from .in_use import all_places, lived_in, named_by
from .manifest import SHORT, Manifest

KEPT_RELEASES = 10  # of each tier: as far back as anybody rolls back
KEPT_DAYS = 14  # longer than a build takes from its commit to the last tier, with a holiday
FILE = re.compile(r".*/([0-9a-f]{64})\.(json|cdx\.json|tar\.zst)")
# The manifest goes first: where one is, the other two are. Then nothing is found by it any more.
ORDER = ("json", "cdx.json", "tar.zst")


@dataclass(frozen=True)
class Old:
    """A build that nobody needs."""

    sha256: str
    published: datetime
    size: int
    files: tuple[str, ...]  # keys, in the order in which they go
    manifest: Manifest | None  # None: an upload that was never finished, or is broken

    @property
    def line(self) -> str:
        """Tell it to a person."""
        version = self.manifest.version if self.manifest else "(no manifest)"
        size = f"{self.size / 1e6:.1f} MB"
        return f"{self.sha256[:SHORT]}  {self.published:%Y-%m-%d}  {size:>10}  {version}"

    @property
    def data(self) -> dict[str, Any]:
        """Tell it to a program."""
        return {
            "sha256": self.sha256,
            "version": self.manifest.version if self.manifest else None,
            "commit": self.manifest.commit if self.manifest else None,
            "published": at(self.published),
            "size": self.size,
        }


@dataclass(frozen=True)
class Pruning:
    """What may go, and what stays."""

    places: tuple[Place, ...]  # all tiers
    old: tuple[Old, ...]  # the oldest first
    used: int  # builds that a tier names or had live
    young: int


def look(
    project: Path,
    *,
    releases: int = KEPT_RELEASES,
    days: int = KEPT_DAYS,
    tell: Callable[[str], None],
) -> Pruning:
    """Find out what may go, from what every tier says."""
    places = all_places(project)
    used: set[str] = set()
    gathering = Gathering()
    for place in places:
        tell(f"reading {place.names.tier}")
        with gathering.taken():
            used |= named_by(place) | lived_in(place, releases)
    gathering.refuse()
    tell("listing builds")
    now = places[0].store.read().now
    groups = _groups(places[0])
    left = {sha256: files for sha256, files in groups.items() if sha256 not in used}
    old = [
        _old(places[0], sha256, files)
        for sha256, files in left.items()
        if now - max(each.when for each in files) > timedelta(days=days)
    ]
    return Pruning(
        places=tuple(places),
        old=tuple(sorted(old, key=lambda each: each.published)),
        used=len(groups) - len(left),
        young=len(left) - len(old),
    )


def delete(pruning: Pruning, tell: Callable[[str], None]) -> list[Old]:
    """Delete what was shown, but for what a tier has begun to name since; give what went."""
    named = set[str]().union(*map(named_by, pruning.places))
    place = pruning.places[0]
    client, bucket = place.account.client("s3"), place.contract.artifact_bucket
    gone = []
    for each in pruning.old:
        if each.sha256 in named:
            tell(f"{each.sha256[:SHORT]} stays: a tier has taken it up meanwhile")
            continue
        for key in each.files:
            tell(f"s3://{bucket}/{key}")
            try:
                client.delete_object(Bucket=bucket, Key=key)
            except (BotoCoreError, ClientError) as error:
                raise Refused(
                    [f"s3://{bucket}/{key} cannot be deleted: {str(error).rstrip('.')}."],
                    "The account that has the bucket may, others read it only. Prune again with "
                    "its credentials: what is gone already does no harm.",
                ) from error
        gone.append(each)
    return gone


@dataclass(frozen=True)
class _File:
    key: str
    end: str
    size: int
    when: datetime


def _groups(place: Place) -> dict[str, list[_File]]:
    """List the files of each build; what is no build's file is left alone."""
    groups: dict[str, list[_File]] = {}
    for each in listed(place, place.names.builds):
        named = FILE.fullmatch(each["Key"])
        if named:
            file = _File(each["Key"], named[2], each["Size"], each["LastModified"])
            groups.setdefault(named[1], []).append(file)
    return groups


def _old(place: Place, sha256: str, files: Iterable[_File]) -> Old:
    ordered = sorted(files, key=lambda each: ORDER.index(each.end))
    return Old(
        sha256=sha256,
        published=max(each.when for each in ordered),
        size=sum(each.size for each in ordered),
        files=tuple(each.key for each in ordered),
        manifest=readable(place, sha256),
    )
