"""The command line. A verb parses, makes one call and says what came of it."""

import json
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from stack.refusal import Refused

from .progress import Progress
from .source import PLATFORMS

PROJECT = Path(__file__).parents[2]
REFUSED = 1
EXIT_CODES = """\b
Exit codes:
  0  done
  1  refused, stopped or failed; what was wrong is on stderr
  2  the command line was wrong
"""

as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


@click.group(epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Carry a commit to where it runs: build it once, publish it by its digest.

    Run it in infra/, as `.venv/bin/python -m delivery VERB`. docs/delivery.md tells the whole
    story.
    """


@cli.command()
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
    from .build import build as make

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


@cli.command()
@click.argument("sha256", required=False)
@click.option("--tier", help="Whose platform says which bucket; the first tier if not given.")
@click.option("--bucket", help="Another bucket than the platform's.")
@as_json
def publish(sha256: str | None, tier: str | None, bucket: str | None, *, as_json: bool) -> None:
    """Upload a build of dist/ to the artifact bucket, unless it is there.

    SHA256 is its digest, or the first digits; without, it is the build of the commit that is
    checked out. Every byte is compared on the way up and again when it has arrived.
    """
    from .publish import publish as upload

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


@cli.command()
@click.argument("tier")
@as_json
def init(tier: str, *, as_json: bool) -> None:
    """Write a tier's first rollout document, unless it has one.

    It says that there is no release yet. The stack takes a tier without one alike.
    """
    from .init import init as write
    from .place import store_of

    store = store_of(PROJECT, tier)
    made = write(store)
    said = "is written: no release yet." if made else "is there already; nothing was written."
    show({"document": store.where, "written": made}, f"{store.where} {said}", as_json=as_json)


@cli.command()
@click.argument("tier")
@click.option("--last", default=20, show_default=True, help="How many changes, the newest first.")
@as_json
def history(tier: str, last: int, *, as_json: bool) -> None:
    """Tell what became of a tier: its rollout document's versions.

    Each line has the time, the weights, what was under way, by whom and why.
    """
    from itertools import islice

    from .history import history as changes
    from .place import store_of

    told = list(islice(changes(store_of(PROJECT, tier)), max(0, last)))
    words = "\n".join(each.line for each in told) or "The tier has no document yet."
    show({"changes": [each.data for each in told]}, words, as_json=as_json)


def show(result: dict[str, Any], words: str, *, as_json: bool) -> None:
    """Print what came of it, on stdout and nothing else there."""
    click.echo(json.dumps(result, indent=2) if as_json else words)


def main(arguments: list[str] | None = None) -> None:
    """Run a verb. What a person can put right is told in lines on stderr, never as a traceback."""
    with _told():
        cli(arguments, prog_name="deliver", standalone_mode=True)


@contextmanager
def _told() -> Generator[None]:
    try:
        yield
    except Refused as refusal:
        for line in str(refusal).splitlines():
            click.echo(f"error: {line}", err=True)
        sys.exit(REFUSED)
