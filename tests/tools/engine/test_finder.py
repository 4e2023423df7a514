from pathlib import Path

import pytest

from tools.engine import EngineError, cache, find_engine
from tools.engine.model import Engine, Progress, WayFailedError

FOUND = Engine(path=Path("/opt/pulumi"), version="3.260.0", origin="")


def _leads(_: Progress) -> Engine:
    return FOUND


def _fails(_: Progress) -> Engine:
    raise WayFailedError("nothing\n  there")


def _is_never_asked(_: Progress) -> Engine:
    pytest.fail("a costlier way was tried although a cheaper one leads to an engine")


def test_what_is_present_is_taken(own_cache: Path) -> None:
    engine = find_engine(
        present={"first": _fails, "second": _leads, "third": _is_never_asked},
        obtainable={"fourth": _is_never_asked},
    )
    assert engine is FOUND
    assert not own_cache.exists(), "looking leaves nothing behind"


def test_ways_to_obtain_one_come_in_turn(own_cache: Path) -> None:
    obtainable = {"first": _fails, "second": _leads, "third": _is_never_asked}
    assert find_engine(present={"path": _fails}, obtainable=obtainable) is FOUND
    assert own_cache.exists()


def test_what_another_process_obtained_meanwhile_is_taken(own_cache: Path) -> None:
    asked: list[int] = []

    def appears(_: Progress) -> Engine:
        asked.append(1)
        if len(asked) == 1:
            raise WayFailedError("not built before")
        return FOUND

    engine = find_engine(present={"cache": appears}, obtainable={"build": _is_never_asked})
    assert engine is FOUND
    assert own_cache.exists()


def test_no_way_is_one_line_that_names_each(own_cache: Path) -> None:
    with pytest.raises(EngineError) as caught:
        find_engine(present={"PATH": _fails}, obtainable={"build": _fails})
    assert str(caught.value) == (
        "no Pulumi CLI. Tried PATH: nothing there; build: nothing there."
        " Put pulumi 3.250.0 or later on PATH, then try again."
    )
    assert [path.name for path in own_cache.iterdir()] == ["lock"], "nothing is left behind"


def test_a_cache_that_cannot_be_written_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(EngineError, match=f"cache {cache.root()}: .*Not a directory"):
        find_engine(present={"PATH": _fails}, obtainable={"build": _is_never_asked})
