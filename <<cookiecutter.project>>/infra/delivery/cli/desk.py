"""What verbs that move a tier share: options, the question before the last tier, the ending."""

import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stack.refusal import Refused
from stack.tiers import TIERS

from .common import PROJECT, show

if TYPE_CHECKING:
    from delivery.driving.desk import Desk
    from delivery.driving.events import Outcome, Tell
    from delivery.driving.proposing import Proposal, Seen

steal = click.option(
    "--steal", is_flag=True, help="Take over from a deployer that you know is gone."
)


def moving[F: Callable[..., None]](verb: F) -> F:
    """Add the options of every verb that drives a rollout."""
    for option in (
        click.option(
            "--look-every",
            type=click.FloatRange(0.1, 300),
            default=10,
            show_default=True,
            metavar="SECONDS",
            help="How often the tier is looked at while a gate is waited for.",
        ),
        click.option("--wait", is_flag=True, help="Wait for long gates, too; else they are held."),
        click.option(
            "--record",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Append what happens to a file, for `deliver timeline`.",
        ),
        click.option("--yes", is_flag=True, help="Ask nothing."),
    ):
        verb = option(verb)
    return verb


@dataclass(frozen=True)
class Moving:
    """The options of a verb that moves a tier."""

    tier: str
    verb: str
    look_every: float
    wait: bool
    record: Path | None
    yes: bool
    as_json: bool

    @staticmethod
    def of(verb: str, tier: str, options: Mapping[str, Any]) -> "Moving":
        """Take them from what click gives."""
        fields = ("look_every", "wait", "record", "yes", "as_json")
        return Moving(tier=tier, verb=verb, **{name: options[name] for name in fields})

    @property
    def asks(self) -> bool:
        """Tell whether somebody is asked before it: in the last tier, where people are."""
        return not self.yes and self.tier == TIERS[-1]

    def check_answerable(self) -> None:
        """Refuse a question that nobody would answer, before a minute is spent on it."""
        if self.asks and not sys.stdin.isatty():
            raise Refused(
                [f"{self.tier} asks before it is moved, and nobody can answer here."],
                "Add --yes where that is meant, as in a pipeline with an approval of its own.",
            )

    def ask(self) -> None:
        """Ask, once it is known what would be done."""
        if self.asks and not click.confirm(f"{self.verb.capitalize()} in {self.tier}?", err=True):
            raise Refused(["Nothing was done."])


def begin(
    moving: Moving,
    propose: "Callable[[Seen], Proposal | None]",
    **abort: Any,  # noqa: ANN401 what turn_back takes
) -> None:
    """Propose a rollout, ask, and drive it; no proposal means to abort the one under way."""
    from delivery.driving.proposing import Seen
    from delivery.driving.rolling import begin, check, turn_back

    with desk_of(moving) as (desk, running):
        place = desk.place
        seen = Seen(place, place.store.read().document, desk.live.observe())
        proposal = propose(seen)
        if proposal:
            for line in proposal.lines():
                click.echo(line, err=True)
            check(desk, proposal.plan, seen.document)
        moving.ask()
        with running():
            if proposal:
                outcome = begin(desk, proposal.plan, seen.document)
            else:
                outcome = turn_back(desk, **abort)
        _end(moving, outcome, proposal.data if proposal else {})


def go_on(moving: Moving, do: "Callable[[Desk], Outcome]") -> None:
    """Take up the rollout under way, on or back."""
    with desk_of(moving) as (desk, running):
        moving.ask()
        with running():
            outcome = do(desk)
        _end(moving, outcome, {})


@contextmanager
def desk_of(moving: Moving) -> "Generator[tuple[Desk, Callable[[], ExitStack]]]":
    """Put together what the verb works with; the second is what shows a run and heeds Ctrl-C."""
    from delivery.driving.desk import Desk
    from delivery.driving.events import told_to
    from delivery.driving.stopping import Stop
    from delivery.engine.engine import Engine
    from delivery.judging.judging import Judge
    from delivery.live.moving import Mover
    from delivery.place import place_of
    from delivery.showing.recording import Recorder
    from delivery.showing.terminal import Terminal

    moving.check_answerable()
    place = place_of(PROJECT, moving.tier)
    with ExitStack() as stack:
        terminal = Terminal(verb=moving.verb)
        hearers: list[Tell] = [terminal]
        if moving.record:
            hearers.append(stack.enter_context(Recorder(moving.record)))
        stop = Stop(terminal.note)
        live = Mover(place.names, place.account, terminal.note)
        desk = Desk(
            place=place,
            live=live,
            engine=Engine(place.infra, place.names, terminal.note),
            judge=lambda document: Judge(live, place.settings, place.contract, document),
            stop=stop,
            tell=told_to(hearers),
            note=terminal.note,
            look_every=moving.look_every,
            wait=moving.wait,
        )

        def running() -> ExitStack:
            run = ExitStack()
            run.enter_context(stop.heeded())
            run.enter_context(terminal)
            return run

        yield desk, running


def _end(moving: Moving, outcome: "Outcome", data: dict[str, Any]) -> None:
    """Print what came of it; what was undone ends with a code of its own, unless it was wanted."""
    from delivery.driving.endings import Undone

    tier = moving.tier
    words = {
        "done": f"{tier}: done.",
        "undone": f"{tier}: undone; it is as it was before.",
        "held": f"{tier}: held; `deliver resume {tier}` goes on when its time is over.",
    }
    show({"tier": tier, **data, "outcome": outcome}, words[outcome], as_json=moving.as_json)
    if outcome == "undone" and moving.verb not in ("abort", "rollback"):
        raise Undone(["The rollout was undone; why is said above."])
