"""The command line. A verb parses, makes one call and says what came of it."""

import sys
from collections.abc import Generator
from contextlib import contextmanager

import click

from delivery.driving.endings import REFUSED
from stack.refusal import Refused

from .admin import contract, run
from .builds import build, publish
from .care import drift
from .documents import history, init
from .looking import doctor, status
from .maintenance import maintenance
from .prune import prune
from .rollouts import abort, deploy, promote, restart, resume, rollback, scale
from .timeline import timeline

EXIT_CODES = """\b
Exit codes:
  0  done
  1  refused, or failed before anything of the tier changed
  2  the command line was wrong
  3  a gate did not hold or a step failed: the rollout was undone, all is as before
  4  left in the middle, in order: `deliver resume` goes on, `deliver abort` undoes it
  5  a person must look: what was found is not understood
What was wrong is on stderr, a line for each thing.
"""


class InOrder(click.Group):
    """Lists verbs as one meets them on the way, not by the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 as click calls it
        """Give the names."""
        return list(self.commands)


@click.group(
    cls=InOrder, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]}
)
def cli() -> None:
    """Carry a commit to where it runs: build it once, release it tier by tier, or go back.

    Run it in infra/, as `.venv/bin/python -m delivery VERB`. docs/delivery.md tells the whole
    story.
    """


VERBS = (
    init,
    build,
    publish,
    deploy,
    promote,
    rollback,
    restart,
    scale,
    status,
    history,
    timeline,
    resume,
    abort,
    run,
    contract,
    maintenance,
    prune,
    drift,
    doctor,
)
for verb in VERBS:
    cli.add_command(verb)


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
        sys.exit(getattr(refusal, "code", REFUSED))
