"""A timeline as a drawing for a page, in a file that needs nothing else.

It follows the reader's light or dark, says in words what it shows, and is the same, byte for byte,
for the same record.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from textwrap import wrap
from xml.etree import ElementTree as ET

from .timeline import Mark, Timeline

WIDTH, LEFT, RIGHT = 960, 112, 24
TOP = 76  # below the title and the legend
LEVEL = 22  # height of a row of marks
TRAFFIC, FLEET, GAP = 150, 46, 16  # heights
LINE = 19  # height of a line of text
LETTERS = 108  # in a line
TICKS = 8  # at most
SEEN = 15  # per cent from which an area has room for its name
# Told apart also by the colour-blind: Okabe and Ito, "Color Universal Design" (2008).
# Each with the colour of the text on it.
COLOURS = (
    ("#0072b2", "#ffffff"),
    ("#e69f00", "#000000"),
    ("#009e73", "#000000"),
    ("#cc79a7", "#000000"),
    ("#56b4e9", "#000000"),
)
SECONDS = (1, 2, 5, 10, 15, 30)
STEPS = [
    *SECONDS,
    *(60 * each for each in SECONDS),
    *(3600 * each for each in (1, 2, 3, 6, 12, 24, 48, 168, 720)),
]
DAY = 86400
STYLE = """
.paper { fill: #ffffff } text { fill: #1f2933 } .s { fill: #52606d; font-size: 12px }
.h { font-weight: 600; font-size: 16px } .m { text-anchor: middle } .e { text-anchor: end }
.frame { fill: none; stroke: #9fb3c8 } .grid { stroke: #9fb3c8; stroke-opacity: .5 }
.desired { fill: none; stroke: #1f2933; stroke-width: 1.5 } .healthy { fill-opacity: .65 }
.mark { stroke: #52606d; stroke-dasharray: 2 3 } .turn { stroke: #c4320a; stroke-width: 2 }
.dot { fill: #52606d } .bad { fill: #c4320a } text.on { fill: #ffffff; font-size: 11px }
text.bad { fill: #c4320a; font-weight: 600 }
@media (prefers-color-scheme: dark) {
.paper { fill: #0d1117 } text { fill: #f0f4f8 } .s { fill: #bcccdc }
.frame { stroke: #486581 } .desired { stroke: #f0f4f8 } .mark { stroke: #bcccdc }
.dot { fill: #557089 } text.bad { fill: #ff8a65 } .turn { stroke: #ff8a65 }
}
"""


@dataclass
class _Sheet:
    """What is drawn so far, and how far down it goes."""

    line: Timeline
    root: ET.Element
    y: float = TOP

    def x(self, moment: datetime) -> float:
        """Give a moment's place."""
        passed = (moment - self.line.start) / (self.line.end - self.line.start)
        return LEFT + passed * (WIDTH - LEFT - RIGHT)

    def add(self, tag: str, words: str | None = None, /, **values: str | float) -> ET.Element:
        """Draw a thing."""
        element = ET.SubElement(self.root, tag)
        for name, value in values.items():
            text = value if isinstance(value, str) else _number(value)
            element.set(name.rstrip("_").replace("_", "-"), text)
        element.text = words
        return element

    def colour(self, release: str) -> tuple[str, str]:
        """Give a release's colour, and that of text on it."""
        return COLOURS[self.line.releases.index(release) % len(COLOURS)]


def svg_of(line: Timeline) -> str:
    """Draw a timeline."""
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg"})
    sheet = _Sheet(line, root)
    sheet.add("title", line.title, id="t")
    sheet.add("desc", _told(line), id="d")
    sheet.add("style", STYLE)
    paper = sheet.add("rect", class_="paper", width=WIDTH)
    _head(sheet)
    lines = [sheet.add("path") for _ in line.marks]  # below all else; made when they have an end
    top = _dots(sheet)
    _traffic(sheet)
    for name in line.releases:
        _fleet(sheet, name)
    _axis(sheet)
    for path, mark in zip(lines, line.marks, strict=True):
        path.set("class", "turn" if mark.kind == "turn" else "mark")
        path.set("d", f"M{_number(sheet.x(mark.at))} {top}V{_number(sheet.y)}")
    sheet.y += 2 * LINE
    _list(sheet)
    height = _number(sheet.y)
    paper.set("height", height)
    for name, value in (
        ("viewBox", f"0 0 {WIDTH} {height}"),
        ("font-family", "system-ui, sans-serif"),
        ("font-size", "13"),
        ("role", "img"),
        ("aria-labelledby", "t d"),
    ):
        root.set(name, value)
    ET.indent(root, " ")
    return ET.tostring(root, encoding="unicode") + "\n"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _told(line: Timeline) -> str:
    """Say the whole drawing, for who cannot see it."""
    return " ".join(f"{mark.at:%H:%M:%S} {mark.words}." for mark in line.marks)


def _head(sheet: _Sheet) -> None:
    line = sheet.line
    sheet.add("text", line.title, class_="h", x=20, y=30)
    day = f"{line.start:%Y-%m-%d}, times in UTC"
    sheet.add("text", day, class_="s e", x=WIDTH - RIGHT, y=30)
    x = float(LEFT)
    for name in line.releases:
        version = f" ({line.versions[name]})" if name in line.versions else ""
        sheet.add("rect", x=x, y=44, width=12, height=12, fill=sheet.colour(name)[0])
        sheet.add("text", f"{name}{version}", x=x + 18, y=54.5)
        x += 40 + 8 * len(f"{name}{version}")
    sheet.add("path", class_="desired", d=f"M{_number(x)} 50h18")
    sheet.add("text", "instances wanted; filled: healthy", class_="s", x=x + 24, y=54.5)


def _dots(sheet: _Sheet) -> float:
    """Put a number at each mark, in as many rows as needed; give where their lines begin."""
    top = sheet.y + LEVEL / 2
    rows: list[float] = []  # where each row's last mark is
    for number, mark in enumerate(sheet.line.marks, 1):
        x = sheet.x(mark.at)
        row = next((n for n, last in enumerate(rows) if x - last >= LEVEL), len(rows))
        rows[row : row + 1] = [x]
        y = sheet.y + LEVEL * (row + 0.5)
        dot = "bad" if mark.kind in ("alarm", "turn") else "dot"
        sheet.add("circle", class_=dot, cx=x, cy=y, r=9.5)
        sheet.add("text", str(number), class_="on m", x=x, y=y + 4)
    sheet.y += LEVEL * len(rows) + 6
    return top


def _traffic(sheet: _Sheet) -> None:
    """Draw who has the traffic, the oldest release at the bottom."""
    top, bottom = sheet.y, sheet.y + TRAFFIC
    _frame(sheet, TRAFFIC, "traffic", ("100 %", "50 %", "0 %"))
    below = [0] * len(sheet.line.sights)  # per cent that are drawn already
    for name in sheet.line.releases:
        upper, lower = [], []
        widest, middle = 0.0, (0.0, 0.0)
        for place, (sight, start, end) in enumerate(sheet.line.spans()):
            weight, low = sight.weights.get(name, 0), below[place]
            below[place] = low + weight
            x, until = sheet.x(start), sheet.x(end)
            high_y, low_y = bottom - (low + weight) * TRAFFIC / 100, bottom - low * TRAFFIC / 100
            upper += [(x, high_y), (until, high_y)]
            lower += [(x, low_y), (until, low_y)]
            if weight >= SEEN and until - x > widest:
                widest, middle = until - x, ((x + until) / 2, (high_y + low_y) / 2)
        if not any(sight.weights.get(name) for sight in sheet.line.sights):
            continue
        fill, ink = sheet.colour(name)
        area = sheet.add("path", class_="traffic", d=_closed([*upper, *reversed(lower)]), fill=fill)
        ET.SubElement(area, "title").text = f"traffic of {name}"
        if widest > LEVEL:
            label = sheet.add("text", name, class_="m", x=middle[0], y=middle[1] + 4)
            label.set("style", f"fill: {ink}")
    sheet.y = top + TRAFFIC + GAP


def _fleet(sheet: _Sheet, name: str) -> None:
    """Draw how many instances a fleet should have and has that are healthy."""
    most, bottom = sheet.line.most, sheet.y + FLEET
    _frame(sheet, FLEET, f"fleet {name}", (str(most), "0"))
    wanted, healthy = "", []
    gone = True
    for sight, start, end in sheet.line.spans():
        fleet = sight.fleets.get(name)
        x, until = sheet.x(start), sheet.x(end)
        height = fleet.healthy * FLEET / most if fleet else 0
        healthy += [(x, bottom - height), (until, bottom - height)]
        if fleet:
            y = _number(bottom - fleet.desired * FLEET / most)
            wanted += f"M{_number(x)} {y}" if gone else f"V{y}"
            wanted += f"H{_number(until)}"
        gone = fleet is None
    if healthy:
        corners = [*healthy, (healthy[-1][0], bottom), (healthy[0][0], bottom)]
        area = sheet.add("path", class_="healthy", d=_closed(corners), fill=sheet.colour(name)[0])
        ET.SubElement(area, "title").text = f"healthy instances of {name}"
    if wanted:
        sheet.add("path", class_="desired", d=wanted)
    sheet.y += FLEET + GAP


def _closed(corners: list[tuple[float, float]]) -> str:
    """Write an area's outline; a corner between two on one line is left out."""
    kept: list[tuple[float, float]] = []
    for corner in corners:
        while len(kept) > 1 and (
            kept[-2][0] == kept[-1][0] == corner[0] or kept[-2][1] == kept[-1][1] == corner[1]
        ):
            kept.pop()
        if corner not in kept[-1:]:
            kept.append(corner)
    return "M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in kept) + "Z"


def _frame(sheet: _Sheet, height: float, label: str, values: tuple[str, ...]) -> None:
    """Draw an empty picture, its name, and the values at its side."""
    width = WIDTH - LEFT - RIGHT
    sheet.add("rect", class_="frame", x=LEFT, y=sheet.y, width=width, height=height)
    sheet.add("text", label, x=20, y=sheet.y + height / 2 + 4)
    for place, value in enumerate(values):
        y = sheet.y + height * place / (len(values) - 1)
        sheet.add("text", value, class_="s e", x=LEFT - 4, y=y + 4)


def _axis(sheet: _Sheet) -> None:
    """Write the times below the pictures."""
    sheet.y -= GAP / 2
    for moment in _ticks(sheet.line):
        x, y = sheet.x(moment), sheet.y
        sheet.add("path", class_="frame", d=f"M{_number(x)} {_number(y - GAP / 2)}v5")
        long = (sheet.line.end - sheet.line.start).total_seconds() > DAY
        words = f"{moment:%m-%d %H:%M}" if long else f"{moment:%H:%M:%S}".removesuffix(":00")
        sheet.add("text", words, class_="s m", x=x, y=y + 12)


def _ticks(line: Timeline) -> Iterator[datetime]:
    whole = (line.end - line.start).total_seconds()
    step = next((each for each in STEPS if whole / each <= TICKS), STEPS[-1])
    first = -(-line.start.timestamp() // step) * step
    moment = datetime.fromtimestamp(first, UTC)
    while moment <= line.end:
        yield moment
        moment += timedelta(seconds=step)


def _list(sheet: _Sheet) -> None:
    """Say each mark beside its number."""
    for number, mark in enumerate(sheet.line.marks, 1):
        bad = " bad" if mark.kind in ("alarm", "turn") else ""
        sheet.add("text", str(number), class_="s e", x=36, y=sheet.y)
        sheet.add("text", f"{mark.at:%H:%M:%S}", class_="s", x=48, y=sheet.y)
        for words in _wrapped(mark):
            sheet.add("text", words, class_=f"w{bad}", x=112, y=sheet.y)
            sheet.y += LINE


def _wrapped(mark: Mark) -> list[str]:
    return wrap(mark.words, LETTERS) or [""]
