import os
import sys
from pathlib import Path

import pytest

from tools.engine import process
from tools.engine.model import WayFailedError


def _run(code: str, said: list[str], **options: float) -> str:
    return process.run(
        [sys.executable, "-c", code],
        doing="trying",
        progress=said.append,
        time_limit=options.get("time_limit", 30),
        describe=lambda lines: f"{len(lines)} lines",
    )


def test_output_comes_back(said: list[str]) -> None:
    assert _run("print('a'); print('b')", said) == "a\nb"
    assert said == ["trying ..."]


def test_a_long_run_shows_life(said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "WORD_SECONDS", 0.5)
    _run("import time; print('one', flush=True); time.sleep(1.6)", said)
    assert said[0] == "trying ..."
    assert len(said) >= 3
    assert said[-1] in {"trying: 0:01, 1 lines", "trying: 0:02, 1 lines"}


def test_a_failure_tells_the_last_line(said: list[str]) -> None:
    with pytest.raises(WayFailedError, match=r"^trying: no such thing$"):
        _run("print('fine'); import sys; sys.exit('no such thing')", said)


def test_a_silent_failure_tells_the_code(said: list[str]) -> None:
    with pytest.raises(WayFailedError, match="ended with code 3 and no word"):
        _run("import sys; sys.exit(3)", said)


def test_a_run_without_end_is_ended(said: list[str], tmp_path: Path) -> None:
    note = tmp_path / "id"
    code = f"import os, pathlib, time; pathlib.Path({str(note)!r}).write_text(str(os.getpid()))"
    with pytest.raises(WayFailedError, match="not done after 1 s"):
        _run(f"{code}; time.sleep(60)", said, time_limit=1)
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


def test_a_program_that_is_not_there(said: list[str]) -> None:
    with pytest.raises(WayFailedError, match="/nowhere/go does not start"):
        process.run(["/nowhere/go"], doing="trying", progress=said.append, time_limit=1)
