"""The verb that explains where a tier is not as it is written."""

import sys

import click

from .common import PROJECT, as_json, show


@click.command()
@click.argument("tier")
@as_json
def drift(tier: str, *, as_json: bool) -> None:
    """Explain where AWS differs from document and settings.

    Each line says what differs, what explains it (clock, load, rollout, or a hand) and what to do.
    It ends with 1 where something was done by hand, so that a nightly job can tell.
    """
    from delivery.driving.endings import REFUSED
    from delivery.live.drift import drift as compare
    from delivery.live.drift_sizes import hours_of
    from delivery.live.live import Live
    from delivery.place import place_of

    place = place_of(PROJECT, tier)
    live = Live(place.names, place.account)
    document, sight = place.store.read().document, live.look()
    hours = hours_of(place.settings, place.policy(sight.now).scheduled)
    found = compare(document, sight, live.observed(sight), hours)
    words = "\n".join(each.line for each in found.differences)
    show(found.data, words or f"{tier}: everything is as it is written.", as_json=as_json)
    if not found.explained:
        sys.exit(REFUSED)
