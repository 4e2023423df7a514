"""The verb that draws what a rollout's own record tells."""

from pathlib import Path

import click

from .common import as_json, show


@click.command()
@click.argument("record", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--svg",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw it into this file instead, for a page.",
)
@as_json
def timeline(record: Path, svg: Path | None, *, as_json: bool) -> None:
    """Draw what became of a tier in the course of rollouts.

    That is weights, sizes, alarms and steps. RECORD is the file that `deploy --record` and its like
    have written.
    """
    from rich.console import Console

    from delivery.showing.recording import read_record
    from delivery.showing.timeline import timeline_of
    from delivery.showing.timeline_svg import svg_of
    from delivery.showing.timeline_text import TimelineText
    from stack.refusal import Refused

    line = timeline_of(read_record(record))
    if svg:
        try:
            svg.write_text(svg_of(line), encoding="utf-8")
        except OSError as error:
            raise Refused([f"{svg}: it cannot be written: {error.strerror}."]) from error
    if as_json or svg:
        data = {**line.data, "svg": str(svg) if svg else None}
        show(data, f"{svg} is drawn.", as_json=as_json)
    else:
        Console(highlight=False).print(TimelineText(line))
