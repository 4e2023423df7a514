"""Verbs that look at a tier and change nothing."""

import click

from .common import PROJECT, as_json, show


@click.command()
@click.argument("tier")
@as_json
def status(tier: str, *, as_json: bool) -> None:
    """Show a tier: its releases, weights and sizes, what is under way, and who is at work."""
    from delivery.live import Live
    from delivery.place import place_of
    from delivery.status import status as look
    from delivery.status_page import page

    place = place_of(PROJECT, tier)
    live = Live(place.names, place.account)
    found = look(place.store.read().document, live.observe())
    show(found.data, "" if as_json else page(found), as_json=as_json)
