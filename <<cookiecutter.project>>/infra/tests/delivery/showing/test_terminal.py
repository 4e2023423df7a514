import io
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from told import ALARM, BEGAN, FORWARD, START, UNDONE, after

from delivery.deciding.gates import Hold
from delivery.deciding.observed import Fleet
from delivery.driving.events import Ended, Event, Seen, Turned
from delivery.showing.progress import Progress, on_stderr
from delivery.showing.screen import Screen
from delivery.showing.situation import Situation, situation_after
from delivery.showing.terminal import Terminal

ESCAPE = "\x1b"


def drawn(events: list[Event], width: int = 80, height: int = 40, encoding: str = "utf-8") -> str:
    situation: Situation | None = None
    for event in events:
        situation = situation_after(situation, event)
    assert situation
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=file, width=width, height=height)
    with console.capture() as captured:
        console.print(Screen(situation, situation.at, "the engine makes a group"))
    return captured.get()


def test_the_picture_has_all_that_is_known() -> None:
    picture = drawn(FORWARD, width=100)

    for words in (
        "prod · v2 (1.4.0) · canary · 2026-11-21T08:01:10Z",
        "by ann@laptop: faster quotes",
        "v2 must be no worse than v1 until 08:11:00 UTC",
        "9 min 50 s left; waits for 140 more requests",
        "✓ done  make v2 ready",
        "▶ now   v1 95 %, v2 5 %",
        "· next  v1 50 %, v2 50 %",
        "move the traffic to v1 95 %, v2 5 %",
        "the engine makes a group",
    ):
        assert words in picture
    assert re.search(r"^v1 .* 95 % +4/4 +3 to 12 +1,203 +0\.0 % +84 ms *$", picture, re.MULTILINE)
    assert re.search(r"^v2 .* 5 % +1/1 +1 to 12 +60 +1\.6 % +91 ms *$", picture, re.MULTILINE)


def test_the_bars_are_as_long_as_the_weights() -> None:
    bars = [re.sub("[^█░]", "", line) for line in drawn(FORWARD).splitlines() if " % " in line]
    old, new = (bar for bar in bars if bar)

    assert (old.count("█") / len(old), new.count("█") / len(new)) == pytest.approx(
        (0.95, 0.05), abs=0.5 / len(old)
    )


def test_an_alarm_and_the_turn_stand_above_what_may_be_cut_off() -> None:
    lines = drawn([*UNDONE[: len(FORWARD) + 2]], height=12).splitlines()

    assert lines[2] == f"GOING BACK: {ALARM} is in ALARM"
    assert lines[3] == f"ALARM {ALARM}"


def test_the_end_is_told() -> None:
    assert f"undone: v2 is undone: {ALARM} is in ALARM" in drawn(UNDONE)
    assert "left" not in drawn(UNDONE)


def test_a_narrow_terminal_says_the_same_in_more_lines() -> None:
    picture = drawn(FORWARD, width=60)

    assert max(map(cell_len, picture.splitlines())) <= 60
    assert "v1: 1,203 requests, 0.0 % failed, p90 84 ms" in picture
    assert re.search(r"^v2 .* 5 % +1/1 +1 to 12$", picture, re.MULTILINE)


def test_a_low_terminal_has_the_step_of_now_alone() -> None:
    assert "step 2 of 5: v1 95 %, v2 5 %" in drawn(FORWARD, height=12)


def test_a_terminal_that_knows_ascii_alone_gets_no_other_signs() -> None:
    assert drawn(FORWARD, encoding="ascii").isascii()


def test_what_others_wrote_steers_no_terminal() -> None:
    began = replace(BEGAN, why="a\x1b[2Jb [red]c[/red]")
    turned = Turned(after(1), "d\x1b[2J")

    picture = drawn([began, turned])

    assert ESCAPE not in picture
    assert "by ann@laptop: a [2Jb [red]c[/red]" in picture


@settings(max_examples=60, deadline=None)
@given(
    width=st.integers(1, 140),
    height=st.integers(1, 60),
    count=st.integers(1, len(UNDONE)),
    weights=st.dictionaries(st.sampled_from(["v1", "v2", "v10"]), st.integers(0, 100)),
    fleet=st.builds(Fleet, st.sampled_from(["part", "whole"]), *[st.integers(0, 200)] * 4),
    hold=st.integers(0, 10**6),
)
def test_it_can_always_be_drawn(
    *, width: int, height: int, count: int, weights: dict[str, int], fleet: Fleet, hold: int
) -> None:
    gate = Hold("v2", START, after(hold))
    odd = Seen(after(count), weights, dict.fromkeys(weights, fleet), gate, {}, (ALARM,))

    picture = drawn([*UNDONE[:count], odd], width, height)

    assert max(map(cell_len, picture.splitlines())) <= width


def shown(events: list[Event]) -> str:
    file = io.StringIO()
    console = Console(file=file, width=80, height=30, force_terminal=True)
    with Terminal(console, "deploy") as terminal:
        terminal.note("looking around")
        for event in events:
            terminal(event)
    return file.getvalue()


def test_a_terminal_gets_a_picture_that_moves_and_stays() -> None:
    said = shown(UNDONE)

    assert ESCAPE in said
    assert said.count("prod · v2 (1.4.0) · canary") >= len(UNDONE)
    assert f"undone: v2 is undone: {ALARM} is in ALARM" in said.rpartition("prod · v2")[2]


@pytest.mark.parametrize("name", ["FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"])
def test_a_log_gets_lines_and_no_colours_whatever_is_set(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, "1")
    with Terminal(on_stderr(), "deploy") as terminal:
        terminal.note("looking around")
        for event in UNDONE:
            terminal(event)

    said = capsys.readouterr()
    lines = said.err.splitlines()
    assert said.out == ""
    assert ESCAPE not in said.err
    assert lines[0] == "deploy: looking around"
    assert all(line.startswith("2026-11-21T08:0") for line in lines[1:])
    assert len(lines[1]) > 80


def test_no_color_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    said = shown(UNDONE)

    codes = {code for each in re.findall(r"\x1b\[([\d;]+)m", said) for code in each.split(";")}
    assert codes <= {"0", "1", "2"}  # plain, bold and dim


def test_the_countdown_goes_on_between_events() -> None:
    ticks = iter([0.0, *[5.0] * len(FORWARD), 35.0])
    terminal = Terminal(Console(file=io.StringIO(), width=80), ticks=lambda: next(ticks))
    for event in FORWARD:
        terminal(event)

    console = Console(file=io.StringIO(), width=80, height=40)
    with console.capture() as captured:
        console.print(terminal._picture())  # noqa: SLF001 what the display asks for

    assert "9 min 20 s left" in captured.get()


def test_another_size_begins_on_an_empty_screen() -> None:
    file = io.StringIO()
    console = Console(file=file, width=80, height=30, force_terminal=True)
    clear = f"{ESCAPE}[2J"
    with Terminal(console) as terminal:
        terminal(BEGAN)
        assert clear not in file.getvalue()
        console.width = 60
        terminal(FORWARD[1])
        assert file.getvalue().count(clear) == 1
        terminal(FORWARD[2])
    assert file.getvalue().count(clear) == 1


def test_what_happens_in_a_step_is_shown_as_it_is_on_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Progress("build") as tell:
        tell("packing [1/2]")

    assert capsys.readouterr().err == "build: packing [1/2]\n"


def test_a_run_that_only_ended_says_so() -> None:
    ended = Ended(after(3), "held", {"v1": 100}, "held until later")

    assert "held: held until later" in drawn([BEGAN, ended])
