"""Verbs about a tier's rollout document: write the first one, tell what became of it."""

import click

from .common import PROJECT, as_json, show


@click.command()
@click.argument("tier")
@as_json
def init(tier: str, *, as_json: bool) -> None:
    """Write a tier's first rollout document, unless it has one.

    It says that there is no release yet. The stack takes a tier without one alike.
    """
    from delivery.document.init import init as write
    from delivery.place import place_of

    store = place_of(PROJECT, tier).store
    made = write(store)
    said = "is written: no release yet." if made else "is there already; nothing was written."
    show({"document": store.where, "written": made}, f"{store.where} {said}", as_json=as_json)


@click.command()
@click.argument("tier")
@click.option("--last", default=20, show_default=True, help="How many changes, the newest first.")
@as_json
def history(tier: str, last: int, *, as_json: bool) -> None:
    """Tell what became of a tier: its rollout document's versions.

    Each line has the time, the weights, what was under way, by whom and why.
    """
    from itertools import islice

    from delivery.document.history import history as changes
    from delivery.place import place_of

    told = list(islice(changes(place_of(PROJECT, tier).store), max(0, last)))
    words = "\n".join(each.line for each in told) or "The tier has no document yet."
    show({"changes": [each.data for each in told]}, words, as_json=as_json)
