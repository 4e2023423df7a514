"""Publishing: a build goes to the artifact bucket under its digest, once, and is looked at there.

The manifest goes last: where it is, the other two are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stack.files import names_of
from stack.platform import read_contract
from stack.refusal import Refused
from stack.tiers import TIERS

from ..place import account_in
from .archive import read_member
from .build import DIST, Files
from .manifest import NAME, SHORT, Manifest, digest_of, parse_manifest
from .source import find_source
from .upload import put_once


@dataclass(frozen=True)
class Published:
    """A build in the bucket."""

    sha256: str
    manifest: Manifest
    bucket: str
    keys: tuple[str, ...]  # of the archive first
    uploaded: tuple[str, ...]  # those of the keys that were not there before


def publish(
    project: Path,
    *,
    sha256: str | None = None,
    tier: str | None = None,
    bucket: str | None = None,
    tell: Callable[[str], None],
) -> Published:
    """Upload a build of dist/ unless it is there."""
    names = names_of(project / "infra", tier or TIERS[0])
    files = _chosen(project, sha256)
    manifest = proven(files, names.service)
    account = account_in(project / "infra", names)
    bucket = bucket or read_contract(names, account).artifact_bucket
    uploads = {
        names.build(files.sha256): files.archive,
        names.parts(files.sha256): files.parts,
        names.manifest(files.sha256): files.manifest,
    }
    uploaded = []
    for key, path in uploads.items():
        tell(f"s3://{bucket}/{key}")
        if put_once(account, bucket, key, path):
            uploaded.append(key)
    return Published(files.sha256, manifest, bucket, tuple(uploads), tuple(uploaded))


def proven(files: Files, service: str) -> Manifest:
    """Read a build's manifest, once every file is what the digest in its name says."""
    found = digest_of(files.archive)
    if found != files.sha256:
        raise _tampered(files.archive, f"its digest is {found}")
    content = files.manifest.read_bytes()
    if content != read_member(files.archive, NAME):
        raise _tampered(files.manifest, "it is not the manifest in the archive")
    manifest = parse_manifest(content, str(files.manifest))
    if digest_of(files.parts) != manifest.sbom:
        raise _tampered(files.parts, "it is not the list of parts that the manifest names")
    if manifest.service != service:
        raise Refused(
            [f"{files.manifest}: it is a build of {manifest.service!r}, not of {service!r}."],
            "Publish it from its own project.",
        )
    return manifest


def _tampered(path: Path, what: str) -> Refused:
    return Refused(
        [f"{path}: {what}. The file has changed since it was made."],
        "Remove it and build again; nothing was uploaded.",
    )


def _chosen(project: Path, sha256: str | None) -> Files:
    """Find the build that is meant: by its digest, or by the commit that is checked out."""
    dist = project / DIST
    stems = sorted(path.stem for path in dist.glob("?" * 64 + ".json"))
    if sha256:
        found = [stem for stem in stems if stem.startswith(sha256.lower())]
        what = f"whose digest begins with {sha256}"
    else:
        commit = find_source(project).commit
        found = [stem for stem in stems if _commit_of(dist / f"{stem}.json") == commit]
        what = f"of commit {commit[:SHORT]}"
    match found:
        case [only]:
            files = Files(dist, only)
        case []:
            raise Refused([f"{DIST}/ has no build {what}."], "Make it first: `make build`.")
        case _:
            several = ", ".join(stem[:SHORT] for stem in found)
            raise Refused(
                [f"{DIST}/ has several builds {what}: {several}."], "Say which, by its digest."
            )
    missing = [path.name for path in (files.archive, files.parts) if not path.is_file()]
    if missing:
        raise Refused(
            [f"{DIST}/ lacks {', '.join(missing)}, a part of that build."], "Build again."
        )
    return files


def _commit_of(path: Path) -> str:
    return parse_manifest(path.read_bytes(), str(path)).commit
