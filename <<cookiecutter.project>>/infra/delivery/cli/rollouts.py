"""Verbs that move a tier: deploy, promote, rollback, restart, resume, abort, scale."""

from typing import Any

import click

from .common import as_json
from .desk import Moving, begin, go_on, moving, steal

strategy = click.option(
    "--strategy",
    type=click.Choice(["all-at-once", "blue-green", "canary"]),
    help="How the traffic moves, if not as the tier's settings say.",
)
why = click.option("--why", metavar="TEXT", help="The reason, for the history.")


@click.command()
@click.argument("tier")
@click.argument("build", required=False)
@strategy
@click.option(
    "--split",
    type=click.IntRange(1, 99),
    metavar="PERCENT",
    help="Hold this share for the new release, to compare the two (A/B).",
)
@click.option(
    "--hold",
    type=click.IntRange(1, 10080),
    default=60,
    show_default=True,
    metavar="MINUTES",
    help="How long a split is held.",
)
@click.option(
    "--sticky",
    type=click.IntRange(0, 10080),
    default=0,
    show_default=True,
    metavar="MINUTES",
    help="How long a client of a split stays with the release that it met first.",
)
@click.option("--keep", is_flag=True, help="After a split, the new release gets all the traffic.")
@why
@moving
@as_json
def deploy(
    tier: str,
    build: str | None,
    split: int | None,
    hold: int,
    sticky: int,
    *,
    keep: bool,
    **options: Any,  # noqa: ANN401 each is of its own type
) -> None:
    """Release a build in a tier.

    BUILD is the first digits of its digest, its version or a git revision; without it, it is the
    build of the commit that is checked out. Every tier but the first takes only what is live in
    the tier before.

    \b
    deliver deploy dev
    deliver deploy prod 3f2a9c81 --strategy blue-green
    deliver deploy prod --split 50 --hold 1440 --sticky 60
    """  # noqa: D301 click's mark
    from delivery.driving.proposing import Split, deployment

    if split and options["strategy"]:
        raise click.UsageError("A split is a strategy of its own: leave out --strategy.")
    held = Split(split, hold, sticky, keep) if split else None
    begin(
        Moving.of("deploy", tier, options),
        lambda seen: deployment(
            seen, build, strategy=options["strategy"], held=held, why=options["why"]
        ),
    )


@click.command()
@click.argument("tier")
@strategy
@why
@moving
@as_json
def promote(tier: str, **options: Any) -> None:  # noqa: ANN401 as above
    """Release in a tier what is live in the tier before.

    It is the very same build.

    \b
    deliver promote prod      what all of stage's users have now
    """  # noqa: D301 click's mark
    from delivery.driving.proposing import promotion

    begin(
        Moving.of("promote", tier, options),
        lambda seen: promotion(seen, strategy=options["strategy"], why=options["why"]),
    )


@click.command()
@click.argument("tier")
@click.option("--to", metavar="RELEASE", help="A release that had traffic, as v7.")
@why
@steal
@moving
@as_json
def rollback(tier: str, to: str | None, **options: Any) -> None:  # noqa: ANN401 as above
    """Go back to the last good release.

    While a rollout is under way it is aborted: one call to the balancer. Where the fleet is gone,
    its content goes out again as a new release, by blue-green.
    """
    from delivery.driving.proposing import rollback as propose

    begin(
        Moving.of("rollback", tier, options),
        lambda seen: propose(seen, to=to, why=options["why"]),
        reason=options["why"] or "rolled back by hand",
        steal=options["steal"],
    )


@click.command()
@click.argument("tier")
@strategy
@why
@moving
@as_json
def restart(tier: str, **options: Any) -> None:  # noqa: ANN401 as above
    """Replace every instance by one of the same release.

    It is a rollout like any other: new instances beside the old ones, then the traffic.
    """
    from delivery.driving.proposing import restart as propose

    begin(
        Moving.of("restart", tier, options),
        lambda seen: propose(seen, strategy=options["strategy"], why=options["why"]),
    )


@click.command()
@click.argument("tier")
@click.option("--winner", metavar="RELEASE", help="End the split now; this one gets everything.")
@steal
@moving
@as_json
def resume(tier: str, winner: str | None, **options: Any) -> None:  # noqa: ANN401 as above
    """Go on with a rollout that was held, stopped or killed."""
    from delivery.driving.rolling import carry_on

    go_on(
        Moving.of("resume", tier, options),
        lambda desk: carry_on(desk, winner=winner, steal=options["steal"]),
    )


@click.command()
@click.argument("tier")
@click.option("--why", metavar="TEXT", default="aborted by hand", help="The reason.")
@steal
@moving
@as_json
def abort(tier: str, why: str, **options: Any) -> None:  # noqa: ANN401 as above
    """Undo the rollout that is under way.

    The traffic goes back first; then the new fleet is removed.
    """
    from delivery.driving.rolling import turn_back

    go_on(
        Moving.of("abort", tier, options),
        lambda desk: turn_back(desk, reason=why, steal=options["steal"]),
    )


@click.command()
@click.argument("tier")
@moving
@as_json
def scale(tier: str, **options: Any) -> None:  # noqa: ANN401 as above
    """Give a tier's fleets the sizes that its settings want now.

    The hour counts: a night or an event has its own. `pulumi up` leaves a living fleet's sizes
    alone. No instance that has work is taken away.
    """
    from delivery.driving.rolling import scale as apply

    go_on(Moving.of("scale", tier, options), apply)
