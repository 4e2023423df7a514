"""Verbs that look at a tier and change nothing."""

import sys

import click

from .common import PROJECT, as_json, show


@click.command()
@click.argument("tier")
@as_json
def status(tier: str, *, as_json: bool) -> None:
    """Show a tier: releases, sizes, and what is under way.

    Also weights, health, and who is at work.
    """
    from delivery.live.live import Live
    from delivery.place import place_of
    from delivery.showing.status import status as look
    from delivery.showing.status_page import page

    place = place_of(PROJECT, tier)
    live = Live(place.names, place.account)
    found = look(place.store.read().document, live.observe())
    show(found.data, "" if as_json else page(found), as_json=as_json)


@click.command()
@click.argument("tier")
@as_json
def doctor(tier: str, *, as_json: bool) -> None:
    """Look whether a tier has all that the other verbs need."""
    from delivery.doctor import examine
    from delivery.driving.endings import REFUSED

    findings = []
    for each in examine(PROJECT, tier):
        findings.append(each)
        if not as_json:
            click.echo(f"{'well ' if each.well else 'WRONG'}  {each.what:<11} {each.words}")
    if as_json:
        show({"findings": [vars(each) for each in findings]}, "", as_json=True)
    if not all(each.well for each in findings):
        sys.exit(REFUSED)
