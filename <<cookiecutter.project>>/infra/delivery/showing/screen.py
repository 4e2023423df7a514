"""The picture of a rollout on a terminal, as wide and as high as there is room."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table
from rich.text import Text

from ..deciding.gates import Acted, Bake, Hold
from ..deciding.observed import Fleet
from ..document.record import at
from ..driving.events import Measured
from .lines import left_said, waits_said
from .sentences import (
    duration_said,
    gate_said,
    measured_said,
    ordered,
    percent_said,
    plain,
    sizes_said,
)
from .signs import ASCII, BLOCKS, STYLES, Signs
from .situation import Mark, Situation, track

WIDE = 88  # columns from which what was counted stands in the fleets' own lines
HIGH = 18  # lines from which every step has one
BAR = 30  # columns of the longest bar
CELLS = 36  # columns that the other cells take
ALL_CELLS = 74  # the same with what was counted
ALARM = "bold red"


@dataclass(frozen=True)
class Screen:
    """A situation at a moment, drawn for the room there is when it is drawn."""

    situation: Situation
    now: datetime
    note: str = ""  # what is being done within the step

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text | Table]:
        """Draw it: what matters most first, since a low terminal cuts the end."""
        signs = ASCII if options.ascii_only else BLOCKS
        situation, width = self.situation, options.max_width
        yield from _head(situation, self.now, signs)
        if situation.turned:
            yield Text(f"GOING BACK: {plain(situation.turned.reason)}", style=ALARM)
        if situation.seen:
            yield from (Text(f"ALARM {plain(each)}", style=ALARM) for each in situation.seen.alarms)
            yield from _gate(situation, self.now, signs, width)
        yield Text()
        if situation.seen and situation.seen.fleets:
            yield fleets_table(
                situation.seen.weights or {},
                situation.seen.fleets,
                situation.seen.measured,
                signs=signs,
                width=width,
            )
            if width < WIDE:
                yield from _counted(situation.seen.measured)
            yield Text()
        marks = track(situation)
        yield _track(marks, signs) if console.height >= HIGH else _step(marks)
        yield from _doing(situation, self.note)


def fleets_table(
    weights: Mapping[str, int],
    fleets: Mapping[str, Fleet],
    measured: Mapping[str, Measured],
    *,
    signs: Signs,
    width: int,
) -> Table:
    """Draw the fleets, the oldest first, with their weights and sizes."""
    wide = width >= WIDE and bool(measured)
    room = max(0, min(BAR, width - (ALL_CELLS if wide else CELLS)))
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("fleet", no_wrap=True)
    if room:
        table.add_column("", no_wrap=True, style="cyan")
    for heading in ("traffic", "healthy", "size", *(("requests", "failed", "p90") if wide else ())):
        table.add_column(heading, justify="right", no_wrap=True)
    for name in ordered(fleets):
        fleet, weight = fleets[name], weights.get(name, 0)
        cells: list[RenderableType] = [name, f"{weight} %", *_size(fleet)]
        if room:
            cells.insert(1, signs.bar(weight / 100, room))
        if wide:
            cells += _columns(measured.get(name))
        table.add_row(*cells)
    return table


def _head(situation: Situation, now: datetime, signs: Signs) -> Iterator[Text]:
    began = situation.began
    what = [began.tier, f"{began.release} ({began.version})", began.strategy]
    yield Text.assemble((signs.joint.join(what), "bold"), signs.joint, at(now))
    yield Text(plain(f"by {began.who}: {began.why}"))


def _gate(situation: Situation, now: datetime, signs: Signs, width: int) -> Iterator[Text]:
    seen = situation.seen
    if seen is None or seen.gate is None or isinstance(seen.gate, Acted) or situation.ended:
        return
    bar = ""
    if isinstance(seen.gate, Bake | Hold):
        whole = (seen.gate.until - seen.gate.since).total_seconds()
        passed = (now - seen.gate.since).total_seconds()
        bar = signs.bar(passed / whole if whole else 1, min(BAR, max(8, width - 30))) + "  "
    yield Text(gate_said(seen.gate), style="bold")
    rest = [left_said(seen.gate, now), plain(waits_said(seen))]
    yield Text.assemble((bar, "cyan"), "; ".join(each for each in rest if each))


def _size(fleet: Fleet) -> list[RenderableType]:
    lacking = fleet.made == "part" or fleet.healthy < fleet.desired
    healthy = "half made" if fleet.made == "part" else f"{fleet.healthy}/{fleet.desired}"
    return [Text(healthy, style="yellow" if lacking else ""), sizes_said(fleet)]


def _columns(measured: Measured | None) -> list[RenderableType]:
    if measured is None:
        return ["", "", ""]
    failed, p90 = measured.failed_percent, measured.p90_ms
    return [
        f"{measured.requests:,}",
        "" if failed is None else percent_said(failed),
        "" if p90 is None else f"{p90:.0f} ms",
    ]


def _counted(measured: Mapping[str, Measured]) -> Iterator[Text]:
    for name in ordered(measured):
        yield Text(f"{name}: {measured_said(measured[name])}")


def _track(marks: list[Mark], signs: Signs) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=False)
    table.add_column(justify="right", no_wrap=True)
    for mark in marks:
        watched = duration_said(mark.watched_seconds) if mark.watched_seconds else ""
        sign = f"{signs.marks[mark.state]} {mark.state}"
        table.add_row(sign, mark.words, watched, style=STYLES[mark.state])
    return table


def _step(marks: list[Mark]) -> Text:
    """Give the step of now alone, for a low terminal."""
    place, mark = next(
        ((n, each) for n, each in enumerate(marks, 1) if each.state == "now"), (0, None)
    )
    return Text(f"step {place} of {len(marks)}: {mark.words}" if mark else f"{len(marks)} steps")


def _doing(situation: Situation, note: str) -> Iterator[Text]:
    if situation.ended:
        yield Text(plain(f"{situation.ended.outcome}: {situation.ended.words}"), style="bold")
        return
    for each in (*situation.actions, note):
        if each:
            yield Text(plain(each), style="dim")
