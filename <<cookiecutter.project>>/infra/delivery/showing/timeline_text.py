"""A timeline on a terminal: as wide as there is room, each release with a sign of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import Console, ConsoleOptions
from rich.text import Text

from .timeline import Kind, Mark, Sight, Timeline

ROWS = 10  # of the traffic's picture: one for each 10 %
FLEET = 12  # columns before the picture
STYLES = ("blue", "yellow", "green", "magenta", "cyan")
FILLS = ("█", "▒", "░", "▓", "▚")
LEVELS = " ▁▂▃▄▅▆▇█"
ASCII_FILLS = ("#", "o", ".", "x", "=")
ASCII_LEVELS = " 123456789"
MARK_STYLES: dict[Kind, str] = {"alarm": "bold red", "turn": "bold red"}


@dataclass(frozen=True)
class TimelineText:
    """Draws a timeline where rich is asked to print it."""

    timeline: Timeline

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Draw traffic, sizes and marks above one axis; then say the marks."""
        line, width = self.timeline, max(1, options.max_width - FLEET)
        fills, levels = (ASCII_FILLS, ASCII_LEVELS) if options.ascii_only else (FILLS, LEVELS)
        columns = [line.sight(each) for each in _moments(line, width)]
        yield Text(line.title, style="bold")
        yield _legend(line, fills)
        yield Text()
        yield from _traffic(line.releases, columns, fills)
        for place, name in enumerate(line.releases):
            for kind in ("desired", "healthy"):
                style = STYLES[place % len(STYLES)]
                yield _sizes(name, kind, columns, most=line.most, levels=levels, style=style)
        yield from _numbers(line, width)
        first, last = (f"{each:%H:%M:%S}" for each in (line.start, line.end))
        yield Text(f"{'UTC':<{FLEET}}{first}{last:>{max(0, width - len(first))}}", style="dim")
        yield Text()
        for number, mark in enumerate(line.marks, 1):
            yield _said(number, mark)


def _moments(line: Timeline, width: int) -> list[datetime]:
    """Give the end of each column's time."""
    whole = line.end - line.start
    return [line.start + whole * (column + 1) / width for column in range(width)]


def _legend(line: Timeline, fills: Sequence[str]) -> Text:
    text = Text()
    for place, name in enumerate(line.releases):
        version = f" ({line.versions[name]})" if name in line.versions else ""
        text.append(fills[place % len(fills)] * 2, STYLES[place % len(STYLES)])
        text.append(f" {name}{version}   ")
    return text


def _traffic(
    releases: Sequence[str], columns: Sequence[Sight | None], fills: Sequence[str]
) -> Iterator[Text]:
    """Draw who has the traffic, the oldest release at the bottom."""
    stacks = [_stack(releases, each) for each in columns]
    for row in reversed(range(ROWS)):
        label = {ROWS - 1: "100 %", 0: "traffic"}.get(row, "")
        text = Text(f"{label:<{FLEET}}")
        for stack in stacks:
            place = stack[row] if row < len(stack) else None
            if place is None:
                text.append(" ")
            else:
                text.append(fills[place % len(fills)], STYLES[place % len(STYLES)])
        yield text


def _stack(releases: Sequence[str], sight: Sight | None) -> list[int]:
    """Give the release of each row from the bottom; who has any traffic has a row."""
    if sight is None or not sight.weights:
        return []
    rows = {name: max(1, round(weight * ROWS / 100)) for name, weight in sight.weights.items()}
    while sum(rows.values()) != ROWS:
        more = sum(rows.values()) > ROWS
        most = max(rows, key=lambda name: rows[name])
        rows[most] += -1 if more else 1
    return [place for place, name in enumerate(releases) for _ in range(rows.get(name, 0))]


def _sizes(
    name: str,
    kind: str,
    columns: Sequence[Sight | None],
    *,
    most: int,
    levels: str,
    style: str,
) -> Text:
    """Draw a fleet's size as a line of columns, the largest of all fleets the highest."""
    text = Text(f"{f'{name} {kind}':<{FLEET}}"[:FLEET])
    for sight in columns:
        fleet = sight.fleets.get(name) if sight else None
        size = getattr(fleet, kind) if fleet else 0
        level = -(-size * (len(levels) - 1) // most)  # rounded up: one instance is seen
        text.append(levels[level], style)
    return text


def _numbers(line: Timeline, width: int) -> Iterator[Text]:
    """Give the marks' numbers where they belong, in as many lines as they need."""
    rows: list[Text] = []
    whole = (line.end - line.start).total_seconds()
    for number, mark in enumerate(line.marks, 1):
        sign = str(number)
        passed = (mark.at - line.start).total_seconds() / whole
        column = FLEET + min(int(passed * width), max(0, width - len(sign)))
        row = next((each for each in rows if len(each) < column or not each), None)
        if row is None:
            row = Text()
            rows.append(row)
        row.append(" " * (column - len(row)))
        row.append(sign, MARK_STYLES.get(mark.kind, "bold"))
    yield from rows


def _said(number: int, mark: Mark) -> Text:
    text = Text(f"{number:>3}  {mark.at:%H:%M:%S}  ")
    text.append(mark.words, MARK_STYLES.get(mark.kind, ""))
    return text
