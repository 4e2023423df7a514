"""The verb that puts a page in place of the service, and takes it away."""

from datetime import datetime
from typing import Any

import click

from .common import as_json, show
from .desk import Moving, desk_of, moving


@click.command()
@click.argument("switch", type=click.Choice(["on", "off"]))
@click.argument("tier")
@click.option("--text", help="What people read, up to 1000 characters.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%dT%H:%M"]),
    metavar="TIME",
    help="When it will be over, in the tier's time zone, as 2026-11-28T04:00; the text says so.",
)
@click.option("--token", help="What testers send; 32 lower-case hex characters. New if not given.")
@moving
@as_json
def maintenance(
    switch: str,
    tier: str,
    text: str | None,
    until: datetime | None,
    token: str | None,
    **options: Any,  # noqa: ANN401 each is of its own type
) -> None:
    """Put a page in place of the service, or take it away.

    Who sends the header X-Maintenance-Token with the token reaches the service all the same. Also
    while it is on, given a text or a time, the page is changed.
    """
    from delivery.driving.maintenance import switch_off, switch_on

    given = Moving.of("maintenance", tier, options)
    if switch == "off" and (text or until or token):
        raise click.UsageError("What is taken away has no text, time or token.")
    with desk_of(given) as (desk, running):
        given.ask()
        with running():
            if switch == "off":
                was = switch_off(desk)
                words = f"{tier}: the page is off." if was else f"{tier}: there was no page."
                show({"tier": tier, "on": False, "changed": was}, words, as_json=given.as_json)
                return
            page = switch_on(desk, text=text, until=until, token=token)
        result = {"tier": tier, "on": True, "text": page.text, "token": page.token}
        words = (
            f"{tier}: the page is on. People read: {page.text}\n"
            f"Testers send the header X-Maintenance-Token: {page.token}"
        )
        show({**result, "changed": page.changed}, words, as_json=given.as_json)
