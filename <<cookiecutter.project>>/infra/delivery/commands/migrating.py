"""The first half of a migration: a release adds to the schema what it needs, before its traffic."""

from collections.abc import Callable

from stack.refusal import Refused

from ..deciding.actions import RunAdmin
from ..driving.endings import NeedsPerson
from ..live.live import Live
from .admin import Ways, run
from .host import find_host

# A healthy target may be younger than its agent's registration with Systems Manager.
AGENT = 600.0  # seconds that it may take
LOOK = 10.0  # seconds between two looks for it


def migrate(live: Live, action: RunAdmin, tell: Callable[[str], None]) -> None:
    """Run the command, and refuse any end but 0. What it says is told line by line.

    A first Ctrl-C ends a rollout after its present step, so this goes to its end. Nobody is needed
    where it is not known how it ended: it can be run again, and older releases do not mind it.
    """
    _await_host(live, action.fleet, tell)

    def write(text: str) -> None:
        for line in text.splitlines():
            tell(line)

    try:
        ran = run(
            live, action.fleet, action.words, tell, Ways(why="migration", out=write, err=write)
        )
    except NeedsPerson as trouble:
        raise Refused(trouble.problems) from trouble
    if ran.code:
        raise Refused(
            [
                f"{ran.line}; what it said is in log group {live.names.log_group}, streams "
                f"{ran.command_id}/..."
            ]
        )


def _await_host(live: Live, release: str, tell: Callable[[str], None]) -> None:
    """Wait for an instance that answers Systems Manager."""
    for left in reversed(range(int(AGENT / LOOK))):
        try:
            find_host(live, release)
        except Refused as refusal:
            if not left:
                raise
            tell(f"waiting for an instance that takes commands: {refusal.problems[0]}")
            live.call.sleep(LOOK)
        else:
            return
