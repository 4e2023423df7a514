import multiprocessing
import time
from pathlib import Path

import pytest

from tools.engine import cache

PROCESSES = multiprocessing.get_context("spawn")


def _hold_and_write(seconds: float, log: Path) -> None:
    with cache.turn(lambda line: log.with_suffix(f".{line.split()[0]}").touch()):
        with log.open("a") as file:
            file.write("in ")
        time.sleep(seconds)
        with log.open("a") as file:
            file.write("out ")


def test_two_processes_take_turns(own_cache: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    both = [PROCESSES.Process(target=_hold_and_write, args=(1.5, log)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(30)
    assert log.read_text() == "in out in out "
    assert log.with_suffix(".another").exists(), "the one that waits says so"
    assert own_cache.exists()


def test_a_killed_process_leaves_its_turn_and_nothing_half_done(
    own_cache: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    killed = PROCESSES.Process(target=_hold_and_write, args=(60, log))
    killed.start()
    while not log.exists():
        time.sleep(0.05)
    (own_cache / f"{cache.UNFINISHED}left" / "bin").mkdir(parents=True)
    killed.kill()
    killed.join()
    with cache.turn(lambda _: None):
        assert [path.name for path in own_cache.iterdir()] == ["lock"]


def test_a_folder_comes_whole(own_cache: Path) -> None:
    final = own_cache / "engine"
    with cache.becoming(final) as folder:
        (folder / "part").touch()
        assert not final.exists()
    assert [path.name for path in final.iterdir()] == ["part"]
    assert list(own_cache.iterdir()) == [final]


def test_a_folder_comes_not_at_all_when_the_work_fails(own_cache: Path) -> None:
    def work() -> None:
        with cache.becoming(own_cache / "engine") as folder:
            (folder / "part").touch()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        work()
    assert list(own_cache.iterdir()) == []


def test_a_folder_that_did_not_work_is_replaced(own_cache: Path) -> None:
    final = own_cache / "engine"
    (final / "bin").mkdir(parents=True)
    with cache.becoming(final) as folder:
        (folder / "new").touch()
    assert [path.name for path in final.iterdir()] == ["new"]


def test_read_only_folders_are_removed_too(tmp_path: Path) -> None:
    deep = tmp_path / "module" / "cache"
    deep.mkdir(parents=True)
    (deep / "file").touch()
    deep.chmod(0o500)
    cache.remove(tmp_path / "module")
    assert not (tmp_path / "module").exists()


@pytest.mark.parametrize("value", ["", "relative/place"])
def test_the_cache_is_in_the_home_unless_xdg_says_where(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", value)
    assert cache.root() == tmp_path / ".cache" / "slipway" / "engine"
