"""The verb that clears builds out which nobody needs."""

import click

from delivery.showing.progress import Progress

from .common import PROJECT, as_json, show


@click.command()
@click.option(
    "--releases",
    default=10,
    show_default=True,
    type=click.IntRange(1),
    help="How many releases of each tier, that had traffic last, keep their builds.",
)
@click.option(
    "--days",
    default=14,
    show_default=True,
    type=click.IntRange(1),
    help="How many days a build stays in any case: it may be on its way.",
)
@click.option("--yes", is_flag=True, help="Delete what is shown; without, it is only shown.")
@as_json
def prune(releases: int, days: int, *, yes: bool, as_json: bool) -> None:
    """Show which builds nobody needs, or delete them.

    Builds are in the artifact bucket. One stays while any tier's document names it, while one of
    the tier's last releases ran it, and while it is young. If a single tier cannot be read, nothing
    is deleted. The bucket keeps what is deleted for as many days as its platform says
    (deleted_build_days); until then `make publish` of the same commit brings it back.
    """
    from delivery.builds.pruning import delete, look

    with Progress("prune") as tell:
        found = look(PROJECT, releases=releases, days=days, tell=tell)
        gone = delete(found, tell) if yes else []
    told = gone if yes else found.old
    result = {
        "deleted": yes,
        "builds": [each.data for each in told],
        "bytes": sum(each.size for each in told),
        "used": found.used,
        "young": found.young,
    }
    stays = f"{found.used} in use and {found.young} younger than {days} days stay."
    what = f"{len(told)} builds, {result['bytes'] / 1e6:.1f} MB"
    said = f"{what}, are deleted" if yes else f"{what}, may go: --yes deletes them"
    words = [each.line for each in told] + [f"{said if told else 'Nothing to prune'}; {stays}"]
    show(result, "\n".join(words), as_json=as_json)
