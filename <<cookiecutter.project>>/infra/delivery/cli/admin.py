"""Verbs about admin processes: run one, and the one that ends a migration."""

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from .common import PROJECT, as_json

if TYPE_CHECKING:
    from delivery.commands.admin import Ran, Ways

MINUTES = 60
LONGEST = 48 * MINUTES  # that Run Command lets a command run

minutes = click.option(
    "--minutes",
    type=click.IntRange(1, LONGEST),
    default=MINUTES,
    show_default=True,
    help="How long the command may take; then it is ended.",
)
why = click.option("--why", metavar="TEXT", default="", help="The reason, for AWS's own record.")


@click.command()
@click.argument("tier")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--release", metavar="vN", help="Which release's; the one with most traffic if not.")
@minutes
@why
@as_json
def run(
    tier: str,
    command: tuple[str, ...],
    release: str | None,
    minutes: int,
    why: str,
    *,
    as_json: bool,
) -> None:
    """Run one of the service's own commands on an instance.

    The instance is a healthy one of the tier, and is not scaled in meanwhile. The command is what
    `python -m <package> COMMAND` is on a laptop, with the tier's environment and secrets. What it
    writes to stdout and stderr comes here as it is written. Ctrl-C cancels it.

    \b
    deliver run dev -- settings
    deliver run prod --release v12 -- openapi

    What comes after -- is the command's. The exit code is the command's own, too; the last line on
    stderr says so. 124: it took too long; 130: it was cancelled. What `deliver` itself refuses is
    1 or 5, with lines that begin with `error:`.
    """  # noqa: D301 click keeps the lines after a backspace
    from delivery.commands.admin import run as run_on
    from delivery.commands.host import release_meant
    from delivery.live.live import Live
    from delivery.place import place_of

    place = place_of(PROJECT, tier)
    meant = release_meant(place.store.read().document, release)
    live = Live(place.names, place.account)
    _watched(
        lambda ways: run_on(live, meant, command, _tell("run"), ways),
        *("run", minutes, why),
        as_json=as_json,
    )


@click.command()
@click.argument("tier")
@minutes
@why
@click.option("--steal", is_flag=True, help="Take over from a deployer that you know is gone.")
@as_json
def contract(tier: str, minutes: int, why: str, *, steal: bool, as_json: bool) -> None:
    """Run the service's `contract`, which ends a migration.

    What only older releases needed goes. It is refused while another release still stands or a
    rollout is under way. The service must have an admin process of that name; docs/commands.md says
    what it is for. Exit codes are those of `deliver run`.
    """
    from delivery.commands.contracting import contract as end_migration
    from delivery.place import place_of

    place = place_of(PROJECT, tier)
    _watched(
        lambda ways: end_migration(place, _tell("contract"), ways, steal=steal),
        *("contract", minutes, why),
        as_json=as_json,
    )


def _tell(verb: str) -> Callable[[str], None]:
    return lambda words: click.echo(f"{verb}: {words}", err=True)


def _watched(
    act: "Callable[[Ways], Ran]", verb: str, minutes: int, why: str, *, as_json: bool
) -> None:
    """Act, heeding Ctrl-C, and end with the command's exit code."""
    from delivery.commands.admin import CANCELLED, Ways, write_err, write_out
    from delivery.driving.stopping import Stop

    tell = _tell(verb)
    said: dict[str, list[str]] = {"stdout": [], "stderr": []}
    stop = Stop(lambda _: tell("stopping"))
    ways = Ways(
        seconds=minutes * MINUTES,
        why=why,
        stop=stop,
        out=said["stdout"].append if as_json else write_out,
        err=said["stderr"].append if as_json else write_err,
    )
    try:
        with stop.heeded():
            ran = act(ways)
    except KeyboardInterrupt:
        tell("left as it is; `aws ssm list-commands` shows whether it still runs")
        sys.exit(CANCELLED)
    if as_json:
        result = {
            "command": list(ran.words),
            "release": ran.release,
            "instance": ran.instance,
            "command_id": ran.command_id,
            "status": ran.status,
            "exit_code": ran.code,
            **{name: "".join(lines) for name, lines in said.items()},
        }
        click.echo(json.dumps(result, indent=2))
    sys.exit(ran.code)
