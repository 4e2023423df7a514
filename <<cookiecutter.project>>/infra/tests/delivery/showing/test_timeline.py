import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console
from told import ALARM, BACK, BEGAN, BOTH, FORWARD, NEW, OLD, UNDONE, after

from delivery import cli
from delivery.driving.events import Ended, Event, Seen, Stepped, Turned
from delivery.showing.recording import Recorder
from delivery.showing.timeline import Timeline, timeline_of
from delivery.showing.timeline_text import TimelineText

LINE = timeline_of(UNDONE)


def test_marks_are_what_a_person_wants_the_time_of() -> None:
    assert [(each.at, each.kind, each.words) for each in LINE.marks] == [
        (after(0), "begin", "canary of v2 (1.4.0): faster quotes"),
        (after(60), "step", "v1 95 %, v2 5 %"),
        (after(140), "alarm", f"ALARM {ALARM}"),
        (after(141), "turn", f"going back: {ALARM} is in ALARM"),
        (after(141), "step", "traffic goes back to where it was"),
        (after(143), "step", "fleets that have no part any more are removed"),
        (after(200), "end", "v2 is undone"),
    ]


def test_a_sight_holds_until_the_next_differs() -> None:
    spans = [(start, end, each.weights) for each, start, end in LINE.spans()]

    assert spans == [
        (after(30), after(41), {"v1": 100}),
        (after(41), after(70), {"v1": 100}),
        (after(70), after(142), {"v1": 95, "v2": 5}),
        (after(142), after(195), {"v1": 100}),
        (after(195), after(200), {"v1": 100}),
    ]
    assert LINE.sight(after(29)) is None
    shown = LINE.sight(after(141))
    assert shown
    assert shown.fleets == BOTH


def test_of_what_was_seen_in_one_moment_the_last_counts() -> None:
    before, now = (Seen(after(30), {"v1": 100 - n, "v2": n}, BOTH) for n in (0, 5))

    [sight] = timeline_of([BEGAN, before, now]).sights

    assert sight.weights == {"v1": 95, "v2": 5}


def test_it_knows_its_releases_sizes_and_title() -> None:
    assert LINE.releases == ["v1", "v2"]
    assert LINE.most == 4
    assert LINE.title == "prod: canary of v2"


def test_a_migration_is_marked() -> None:
    said = "run `migrate` on one instance of v2"
    events = [*FORWARD[:6], Stepped(after(45), "migrating", 0, (said,)), *FORWARD[6:]]

    assert [each.words for each in timeline_of(events).marks[1:]] == [said, "v1 95 %, v2 5 %"]


def test_an_alarm_is_marked_once_in_a_rollout_and_again_in_the_next() -> None:
    sight = BACK[0]
    again = replace(sight, at=after(150))
    nexts = [replace(BEGAN, at=after(300), release="v3"), replace(sight, at=after(310))]

    marks = timeline_of([*FORWARD, sight, again, *nexts]).marks

    assert [each.at for each in marks if each.kind == "alarm"] == [after(140), after(310)]


def test_a_turn_that_a_resumed_run_tells_again_is_one_turn() -> None:
    resumed: list[Event] = [
        replace(BEGAN, at=after(150), resumed=True),
        Turned(after(151), "told again"),
    ]
    marks = timeline_of([*UNDONE[:-3], *resumed]).marks

    assert [each.at for each in marks if each.kind == "turn"] == [after(141)]
    assert "canary of v2 (1.4.0) goes on" in [each.words for each in marks]


def test_no_event_is_before_the_one_told_before() -> None:
    late = [BEGAN, Seen(after(-3), {"v1": 100}, {"v1": OLD})]

    assert timeline_of(late).sights[0].at == after(0)


def test_a_run_that_ended_at_once_has_a_length() -> None:
    line = timeline_of([BEGAN])

    assert line.end > line.start
    assert drawn(line)


def drawn(line: Timeline, width: int = 92, encoding: str = "utf-8") -> list[str]:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=file, width=width, highlight=False)
    with console.capture() as captured:
        console.print(TimelineText(line))
    return captured.get().splitlines()


def row(lines: list[str], label: str) -> str:
    """Give a row's picture, of 80 columns for 200 seconds."""
    return next(each[12:] for each in lines if each.startswith(label))


def column(seconds: float) -> int:
    return int(seconds * 80 / 200)


def test_traffic_is_drawn_where_and_when_it_was() -> None:
    lines = drawn(LINE)
    top, bottom = row(lines, "100 %"), row(lines, "traffic")

    assert {top[at] for at in range(column(71), column(141))} == {"▒"}
    assert {top[at] for at in range(column(31), column(69))} == {"█"}
    assert {top[at] for at in range(column(143), 80)} == {"█"}
    assert {bottom[at] for at in range(column(31), 80)} == {"█"}
    assert "██ v1   ▒▒ v2 (1.4.0)" in lines[1]


def test_sizes_are_drawn_as_high_as_they_are() -> None:
    lines = drawn(LINE)

    assert set(row(lines, "v1 healthy").strip()) == {"█"}
    assert set(row(lines, "v2 desired").strip()) == {"▂"}  # one of four
    assert row(lines, "v2 desired").index("▂") < row(lines, "v2 healthy").index("▂")
    assert row(lines, "v2 healthy")[column(197) :].strip() == ""


def test_marks_stand_below_their_moment_and_are_said() -> None:
    lines = drawn(LINE)
    numbers = next(each for each in lines if each.strip().startswith("1 "))

    assert numbers.index("2") - 12 == column(60)
    assert f"  3  08:02:20  ALARM {ALARM}" in lines


@pytest.mark.parametrize("width", [1, 20, 60, 200])
def test_it_is_as_wide_as_the_terminal(width: int) -> None:
    assert max(map(cell_len, drawn(LINE, width))) <= max(width, 13)


def test_a_terminal_that_knows_ascii_alone_gets_no_other_signs() -> None:
    assert "\n".join(drawn(LINE, encoding="ascii")).isascii()


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(["timeline", *words])
    return int(ended.value.code or 0)


@pytest.fixture
def record(tmp_path: Path) -> str:
    with Recorder(tmp_path / "run.jsonl") as tell:
        for event in UNDONE:
            tell(event)
    return str(tmp_path / "run.jsonl")


def test_the_verb_draws_in_the_terminal(record: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(record) == 0

    assert "prod: canary of v2" in capsys.readouterr().out


def test_the_verb_draws_into_a_file(
    record: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    svg = tmp_path / "run.svg"

    assert run(record, "--svg", str(svg), "--json") == 0

    assert svg.read_text().startswith("<svg ")
    told = json.loads(capsys.readouterr().out)
    assert told["svg"] == str(svg)
    assert told["marks"][2] == {
        "at": "2026-11-21T08:02:20Z",
        "kind": "alarm",
        "words": f"ALARM {ALARM}",
    }
    assert told["sights"][2]["weights"] == {"v1": 95, "v2": 5}
    assert told["sights"][2]["fleets"]["v2"]["healthy"] == NEW.healthy


def test_the_verb_refuses_what_is_no_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other").write_text("hello\n")

    assert run(str(tmp_path / "other")) == 1
    assert "line 1: it is not JSON" in capsys.readouterr().err


def test_the_verb_says_where_it_cannot_write(
    record: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(record, "--svg", str(tmp_path / "none" / "x.svg")) == 1
    assert "it cannot be written: No such file or directory" in capsys.readouterr().err


def test_the_end_has_the_weights_that_it_told() -> None:
    ended = Ended(after(100), "held", {"v1": 95, "v2": 5}, "held")

    assert timeline_of([*FORWARD[:4], ended]).sights[-1].weights == {"v1": 95, "v2": 5}
