"""Verbs about builds: make one, publish it."""

import click

from delivery.builds.source import PLATFORMS
from delivery.showing.progress import Progress

from .common import PROJECT, as_json, show


@click.command()
@click.option(
    "--architecture",
    type=click.Choice([*PLATFORMS]),
    help="Processor of the instances, if not as in Pulumi.yaml.",
)
@click.option("--allow-dirty", is_flag=True, help="Build what is not committed, to try it out.")
@as_json
def build(architecture: str | None, *, allow_dirty: bool, as_json: bool) -> None:
    """Make the build of the commit that is checked out, in dist/.

    The same commit gives the same bytes, whoever builds it, where and when. Works on any machine,
    for both architectures.
    """
    from delivery.builds.build import build as make

    with Progress("build") as tell:
        built = make(PROJECT, architecture=architecture, allow_dirty=allow_dirty, tell=tell)
    manifest = built.manifest
    result = {
        "sha256": built.files.sha256,
        "path": str(built.files.archive),
        "size": built.size,
        "service": manifest.service,
        "version": manifest.version,
        "commit": manifest.commit,
        "dirty": manifest.dirty,
        "architecture": manifest.architecture,
        "compiler": built.compiler,
    }
    show(
        result,
        f"{manifest.service} {manifest.version} for {manifest.architecture}, "
        f"{built.size / 1e6:.1f} MB, byte-code by Python {built.compiler}:\n"
        f"{built.files.archive.relative_to(PROJECT)}",
        as_json=as_json,
    )


@click.command()
@click.argument("sha256", required=False)
@click.option("--tier", help="Whose platform says which bucket; the first tier if not given.")
@click.option("--bucket", help="Another bucket than the platform's.")
@as_json
def publish(sha256: str | None, tier: str | None, bucket: str | None, *, as_json: bool) -> None:
    """Upload a build of dist/ to the artifact bucket.

    One that is there already is left as it is. SHA256 is its digest, or the first digits; without,
    it is the build of the commit that is checked out. Every byte is compared on the way up and
    again when it has arrived.
    """
    from delivery.builds.publish import publish as upload

    with Progress("publish") as tell:
        published = upload(PROJECT, sha256=sha256, tier=tier, bucket=bucket, tell=tell)
    result = {
        "sha256": published.sha256,
        "bucket": published.bucket,
        "keys": list(published.keys),
        "uploaded": list(published.uploaded),
        "version": published.manifest.version,
        "commit": published.manifest.commit,
    }
    what = f"{published.manifest.service} {published.manifest.version}"
    address = f"s3://{published.bucket}/{published.keys[0]}"
    said = "is published" if published.uploaded else "was published already; nothing was uploaded"
    show(result, f"{what} {said}:\n{address}", as_json=as_json)
