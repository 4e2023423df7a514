import re
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from told import ALARM, BEGAN, START, UNDONE, after

from delivery.driving.events import Ended, Turned
from delivery.showing.timeline import timeline_of
from delivery.showing.timeline_svg import COLOURS, STYLE, svg_of

TEXT = svg_of(timeline_of(UNDONE))


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 our own


def of(root: ET.Element, tag: str, kind: str) -> list[ET.Element]:
    return [
        each for each in root.findall(f".//{{*}}{tag}") if kind in each.get("class", "").split()
    ]


ROOT = parsed(TEXT)
FRAMES = of(ROOT, "rect", "frame")


def x_of(moment: datetime) -> float:
    """Give where a moment must be, by the frame of the traffic."""
    left, width = (float(FRAMES[0].get(name, "")) for name in ("x", "width"))
    return left + width * (moment - START) / timedelta(seconds=200)


def y_of(frame: int, share: float) -> float:
    """Give where a share of a frame's height must be, from its bottom."""
    top, height = (float(FRAMES[frame].get(name, "")) for name in ("y", "height"))
    return top + height * (1 - share)


def corners(element: ET.Element) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for letter, values in re.findall(r"([MLHV])([^MLHVZ]*)", element.get("d", "")):
        numbers = [float(each) for each in values.split()]
        match letter:
            case "H":
                found.append((numbers[0], found[-1][1]))
            case "V":
                found.append((found[-1][0], numbers[0]))
            case _:
                found.append((numbers[0], numbers[1]))
    return found


def height_at(element: ET.Element, x: float) -> float:
    """Give how high an area is there."""
    closed = [*corners(element), corners(element)[0]]
    flat = [a[1] for a, b in pairwise(closed) if min(a[0], b[0]) < x < max(a[0], b[0])]
    return max(flat) - min(flat) if flat else 0


def test_traffic_is_an_area_for_each_release_stacked() -> None:
    old, new = of(ROOT, "path", "traffic")
    whole = float(FRAMES[0].get("height", ""))
    shares = {
        seconds: tuple(
            round(100 * height_at(each, x_of(after(seconds))) / whole, 1) for each in (old, new)
        )
        for seconds in (35, 69, 71, 141, 143, 199)
    }

    assert shares == {
        35: (100, 0),
        69: (100, 0),
        71: (95, 5),
        141: (95, 5),
        143: (100, 0),
        199: (100, 0),
    }
    assert (x_of(after(70)), pytest.approx(y_of(0, 0.95), abs=0.01)) in [
        (pytest.approx(x, abs=0.01), y) for x, y in corners(old)
    ]
    assert min(y for _, y in corners(new)) == pytest.approx(y_of(0, 1), abs=0.01)


def test_sizes_are_an_area_of_the_healthy_and_a_line_of_the_wanted() -> None:
    old, new = of(ROOT, "path", "healthy")
    old_line, new_line = of(ROOT, "path", "desired")[-2:]
    x = x_of(after(100))

    assert height_at(old, x) == pytest.approx(y_of(1, 0) - y_of(1, 1), abs=0.01)
    assert height_at(new, x) == pytest.approx(y_of(2, 0) - y_of(2, 0.25), abs=0.01)
    assert height_at(new, x_of(after(50))) == 0  # it was there and not healthy
    assert corners(old_line)[0] == (
        pytest.approx(x_of(after(30)), abs=0.01),
        pytest.approx(y_of(1, 1), abs=0.01),
    )
    assert [point[0] for point in (corners(new_line)[0], corners(new_line)[-1])] == [
        pytest.approx(x_of(after(41)), abs=0.01),
        pytest.approx(x_of(after(195)), abs=0.01),
    ]


def test_nothing_is_drawn_outside_its_frame() -> None:
    """Also where much was seen at once, as when a cloud's time stands."""
    at_once = [replace(each, at=after(60 * (n // 6))) for n, each in enumerate(UNDONE)]
    root = parsed(svg_of(timeline_of(at_once)))
    [frame, *_] = of(root, "rect", "frame")
    top, height = (float(frame.get(name, "")) for name in ("y", "height"))

    for area in of(root, "path", "traffic"):
        assert all(top - 0.01 <= y <= top + height + 0.01 for _, y in corners(area))


def test_long_words_stay_on_the_page() -> None:
    turned = Turned(after(100), "why " * 60)

    root = parsed(svg_of(timeline_of([*UNDONE[:9], turned])))

    assert max(len(each.text or "") for each in of(root, "text", "w")) * 7.5 < 960 - 112


def test_marks_are_numbers_at_their_moments_and_lines_of_text() -> None:
    dots = [float(each.get("cx", "")) for each in ROOT.findall(".//{*}circle")]
    texts = ["".join(each.itertext()) for each in ROOT.findall(".//{*}text")]

    assert dots == [
        pytest.approx(x_of(after(seconds)), abs=0.01)
        for seconds in (0, 60, 140, 141, 141, 143, 200)
    ]
    assert len(of(ROOT, "circle", "bad")) == 2
    assert len(of(ROOT, "path", "turn")) == 1
    assert f"ALARM {ALARM}" in texts
    assert {"08:02:20", "08:01", "v1", "v2 (1.4.0)"} <= set(texts)


def test_numbers_do_not_lie_upon_each_other() -> None:
    dots = [
        (float(each.get("cx", "")), float(each.get("cy", "")))
        for each in ROOT.findall(".//{*}circle")
    ]

    assert all(
        abs(a[0] - b[0]) >= 19 or abs(a[1] - b[1]) >= 19
        for n, a in enumerate(dots)
        for b in dots[n + 1 :]
    )


def test_it_is_alone_and_can_be_read_by_all() -> None:
    title, desc = ROOT.find("{*}title"), ROOT.find("{*}desc")
    assert title is not None
    assert desc is not None
    assert ROOT.get("role") == "img"
    assert ROOT.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert title.text == "prod: canary of v2"
    assert f"08:02:20 ALARM {ALARM}." in (desc.text or "")
    assert not re.search(r"<script|<image|href|url\(|@import|\bon\w+=", TEXT)
    assert "prefers-color-scheme: dark" in TEXT


def test_the_same_record_gives_the_same_bytes() -> None:
    assert svg_of(timeline_of(UNDONE)) == TEXT


def test_what_others_wrote_stays_text() -> None:
    words = "</text><script>alert(1)</script> & \x1b[31m\x00 ]]>"
    events = [replace(BEGAN, why=words), Ended(after(9), "done", {"v2": 100}, words)]

    root = parsed(svg_of(timeline_of(events)))

    assert root.find(".//{*}script") is None
    assert any("</text><script>alert(1)</script>" in (each.text or "") for each in root.iter())


@pytest.mark.parametrize("days", [0.001, 0.02, 0.5, 3, 90])
def test_the_axis_has_few_times_whatever_the_length(days: float) -> None:
    ended = Ended(START + timedelta(days=days), "done", {"v2": 100}, "v2 is done")

    root = parsed(svg_of(timeline_of([BEGAN, ended])))

    times = [each for each in of(root, "text", "m") if ":" in (each.text or "")]
    assert 1 <= len(times) <= 9


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours, by "Web Content Accessibility Guidelines" 2.2."""

    def light(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        red, green, blue = (
            each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((light(one), light(other)))
    return (lighter + 0.05) / (darker + 0.05)


def fills(style: str) -> dict[str, str]:
    return dict(re.findall(r"([\w.]+) \{ fill: (#\w{6})", style))


def test_words_stand_out_from_what_is_behind_them() -> None:
    light, _, dark = STYLE.partition("@media")
    by_day = fills(light)
    by_night = {**by_day, **fills(dark)}

    for colours in (by_day, by_night):
        for words in ("text", ".s", "text.bad"):
            assert contrast(colours[words], colours[".paper"]) >= 4.5
        for dot in (".dot", ".bad"):
            assert contrast(colours["text.on"], colours[dot]) >= 4.5
    assert all(contrast(fill, ink) >= 4.5 for fill, ink in COLOURS)
