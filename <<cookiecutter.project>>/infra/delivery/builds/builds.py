"""The builds in the artifact bucket: which one is meant, and that it is what its name says."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stack.account import explained
from stack.refusal import Refused

from ..place import Place
from ..releases.commits import commit_of
from .manifest import SHORT, Manifest, parse_manifest
from .source import find_source
from .upload import is_there

DIGEST = re.compile(r"[0-9a-f]{6,64}")  # fewer digits are more likely a word
WHOLE = 64
MANIFEST = re.compile(r".*/([0-9a-f]{64})\.json")
LOOKED_AT = 300  # manifests, the newest first: some months of commits, and seconds to read
PUBLISH = "Publish it: `make build`, `make publish`; or name another by the digits of its digest."


@dataclass(frozen=True)
class Found:
    """A build that is in the bucket, whole."""

    sha256: str
    manifest: Manifest


def find(place: Place, wanted: str | None = None) -> Found:
    """Find a build by its digest, its version or a git revision; without one, of the commit here.

    Digits of a digest are asked of S3 as they are. For the others manifests are read, the newest
    first and no more than LOOKED_AT; of several builds of one commit the newest counts, those of
    the tier's architecture and of committed files before others.
    """
    sha256 = _by_digest(place, wanted) if wanted and DIGEST.fullmatch(wanted) else None
    found = Found(sha256, read(place, sha256)) if sha256 else _searched(place, wanted)
    if found.manifest.service != place.names.service:
        raise Refused(
            [f"Build {found.sha256[:SHORT]} is of {found.manifest.service!r}, "
             f"not of {place.names.service!r}."],
            "Publish builds from their own project.",
        )  # fmt: skip
    check_archive(place, found.sha256)
    return found


def read(place: Place, sha256: str) -> Manifest:
    """Read the manifest of a build."""
    bucket, key = place.contract.artifact_bucket, place.names.manifest(sha256)
    text = place.account.text(bucket, key)
    if text is None:
        raise Refused([f"s3://{bucket}/{key} is not there."], PUBLISH)
    return parse_manifest(text.encode(), f"s3://{bucket}/{key}")


def check_archive(place: Place, sha256: str) -> None:
    """Refuse a build whose archive is gone, or is not the one that its name says."""
    bucket, key = place.contract.artifact_bucket, place.names.build(sha256)
    digest = base64.b64encode(bytes.fromhex(sha256)).decode()
    address = f"s3://{bucket}/{key}"
    if not is_there(place.account.client("s3"), bucket, key, digest, address):
        raise Refused(
            [f"{address} is not there; no machine of a release of it could start."],
            "Make it again from its commit and publish it: the same commit gives the same build.",
        )


def refuse_dirty(place: Place, found: Found) -> None:
    """Refuse a build of files that are in no commit, in every tier that is protected."""
    if found.manifest.dirty and place.settings.protect:
        raise Refused(
            [f"Build {found.manifest.version} holds changes that are in no commit; "
             f"{place.names.tier} is protected and takes none of those."],
            "Commit, build and publish.",
        )  # fmt: skip


def _by_digest(place: Place, digits: str) -> str | None:
    """Ask for the builds whose digest begins so."""
    if len(digits) == WHOLE:
        return digits
    found = [sha256 for sha256, _ in _manifests(place, digits)]
    if len(found) > 1:
        several = ", ".join(each[:SHORT] for each in found)
        raise Refused([f"Several builds begin with {digits}: {several}."], "Give more digits.")
    return found[0] if found else None


def _searched(place: Place, wanted: str | None) -> Found:
    """Look through the manifests for a version or a commit."""
    commit = _commit(place, wanted)
    newest = sorted(_manifests(place, ""), key=lambda each: each[1], reverse=True)
    second: Found | None = None
    for sha256, _ in newest[:LOOKED_AT]:
        manifest = readable(place, sha256)
        if manifest is None or (manifest.commit != commit and manifest.version != wanted):
            continue
        if _preferred(place, manifest):
            return Found(sha256, manifest)
        second = second or Found(sha256, manifest)
    if second:
        return second
    what = wanted or f"commit {str(commit)[:SHORT]}, which is checked out"
    where = f"s3://{place.contract.artifact_bucket}/{place.names.builds}"
    if not newest:
        raise Refused([f"{where} has no build yet."], PUBLISH)
    number = f"the newest {LOOKED_AT}" if len(newest) > LOOKED_AT else f"all {len(newest)}"
    raise Refused([f"Of {number} builds in {where} none is of {what}."], PUBLISH)


def readable(place: Place, sha256: str) -> Manifest | None:
    """Read a manifest; one that was broken, or has just gone, is not the one that is meant."""
    bucket, key = place.contract.artifact_bucket, place.names.manifest(sha256)
    text = place.account.text(bucket, key)
    try:
        return parse_manifest(text.encode(), key) if text is not None else None
    except Refused:
        return None


def _preferred(place: Place, manifest: Manifest) -> bool:
    return manifest.architecture == place.settings.architecture and not manifest.dirty


def _commit(place: Place, wanted: str | None) -> str | None:
    """Give the commit that is meant; none where the word is no revision here."""
    return commit_of(place.project, wanted) if wanted else find_source(place.project).commit


def _manifests(place: Place, digits: str) -> Iterator[tuple[str, datetime]]:
    """List the builds whose digest begins so, with the time of each."""
    for each in listed(place, f"{place.names.builds}{digits}"):
        named = MANIFEST.fullmatch(each["Key"])
        if named:
            yield named[1], each["LastModified"]


def listed(place: Place, prefix: str) -> Iterator[dict[str, Any]]:
    """List what the bucket holds under a prefix."""
    bucket = place.contract.artifact_bucket
    with explained(f"s3://{bucket}/{prefix}"):
        pages = place.account.client("s3").get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=bucket, Prefix=prefix):
            yield from page.get("Contents", [])
