import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from told import BEGAN, FORWARD, READY, START, UNDONE, after

from delivery.deciding.gates import Acted, Bake, Gate, Hold
from delivery.document.record import Sizes
from delivery.driving.events import Event, Seen
from delivery.showing.recording import Recorder, read_record
from stack.refusal import Refused


def recorded(path: Path, events: Sequence[Event]) -> None:
    with Recorder(path) as tell:
        for event in events:
            tell(event)


def test_what_is_recorded_is_read_again(tmp_path: Path) -> None:
    recorded(tmp_path / "run.jsonl", UNDONE)

    assert read_record(tmp_path / "run.jsonl") == UNDONE


@pytest.mark.parametrize(
    "gate",
    [
        Acted("settling", (("scheduled", Sizes(min_size=0, max_size=12)),)),
        READY,
        Bake("v2", (), START, START, START, 200, pass_quiet=False),
        Hold("v2", START, after(60)),
    ],
)
def test_a_gate_is_read_as_what_it_was(gate: Gate, tmp_path: Path) -> None:
    events = [BEGAN, Seen(START, None, {}, gate)]
    recorded(tmp_path / "run.jsonl", events)

    assert read_record(tmp_path / "run.jsonl") == events


def test_each_event_is_a_line_that_is_there_at_once(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    with Recorder(path) as tell:
        for count, event in enumerate(FORWARD, 1):
            tell(event)
            lines = path.read_text().splitlines()
            assert len(lines) == count
            [kind] = json.loads(lines[-1])
            assert kind == type(event).__name__.lower()


def test_a_resumed_rollout_goes_on_in_its_file(tmp_path: Path) -> None:
    more = replace(BEGAN, at=after(100), resumed=True)
    recorded(tmp_path / "run.jsonl", FORWARD)
    recorded(tmp_path / "run.jsonl", [more])

    assert read_record(tmp_path / "run.jsonl") == [*FORWARD, more]


def test_the_line_that_a_run_was_killed_over_counts_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    recorded(path, FORWARD)
    path.write_bytes(path.read_bytes()[:-9])

    assert read_record(path) == FORWARD[:-1]
    recorded(path, FORWARD[-1:])
    assert read_record(path) == FORWARD


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "it has no rollout in it"),
        ("no JSON\n", "line 1: it is not JSON: "),
        ("{}\n", "line 1: it has 0 events; it must have one"),
        ('{"sean": {}}\n', "line 1: sean is not known; did you mean seen?"),
        ('{"turned": {"at": "2026-11-21T08:00:00Z"}}\n', "turned.reason is missing"),
        (
            '{"turned": {"at": "2026-11-21T08:00:00Z", "reason": ""}}\n',
            "line 1: a record begins with a rollout's beginning",
        ),
        ('{"turned": {"at": "x", "reason": "", "more": 1}}\n', "turned.more"),
    ],
)
def test_another_file_is_refused(content: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(content)

    with pytest.raises(Refused) as refused:
        read_record(path)

    assert f"{path}" in str(refused.value)
    assert problem in str(refused.value)
    if content:
        with pytest.raises(Refused, match=r"run\.jsonl, line 1"):
            Recorder(path)
        assert path.read_text() == content


def test_a_place_that_takes_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="it cannot be written: Is a directory"):
        Recorder(tmp_path)
    with pytest.raises(Refused, match="it cannot be read: No such file"):
        read_record(tmp_path / "none")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only some systems have a full disk")
def test_a_full_disk_ends_the_record_and_not_the_rollout(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "run.jsonl"
    recorder = Recorder(path)
    with recorder, Path("/dev/full").open("ab", buffering=0) as full:
        recorder._file = full  # noqa: SLF001 another disk
        recorder(BEGAN)
        recorder(BEGAN)

    assert capsys.readouterr().err == f"{path}: the record ends here: No space left on device.\n"


@settings(deadline=None)  # how long a file takes is no matter of the record
@given(why=st.text())
def test_any_words_come_back(why: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("record") / "run.jsonl"
    began = replace(BEGAN, why=why)
    recorded(path, [began])

    assert read_record(path) == [began]
