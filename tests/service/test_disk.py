"""Nothing is written to a disk at run time: all that is to be kept lives elsewhere."""

import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.service.installed import Installed
from tests.service.raw import QUOTE, ask, request

ACCOUNTS = Path("/proc/self/io")

pytestmark = pytest.mark.skipif(
    not ACCOUNTS.exists(), reason="this kernel does not count what a process writes"
)


def written(pid: int) -> int:
    """Bytes that a process has caused to be written to a disk, in whatever file, kept or not."""
    lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    return int(dict(line.split(": ") for line in lines)["write_bytes"])


def snapshot(*folders: Path) -> dict[Path, tuple[int, int]]:
    """Size and time of all that lies below."""
    return {
        path: (path.lstat().st_size, path.lstat().st_mtime_ns)
        for folder in folders
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture
def place(tmp_path: Path) -> Generator[Path]:
    """Where it runs: its working folder, its home and its temporary folder are all here."""
    yield tmp_path
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_nothing_is_written_to_disk(installed: Installed, place: Path, workers: int) -> None:
    live(installed, place, workers)  # reading a file the first time writes when it was read
    before = snapshot(installed.tree)
    assert live(installed, place, workers) == {0}
    assert snapshot(installed.tree) == before


def live(installed: Installed, place: Path, workers: int) -> set[int]:
    """A whole life of the service; return what its processes wrote."""
    everywhere = {"HOME": str(place), "TMPDIR": str(place), "XDG_CACHE_HOME": str(place)}
    with installed.serving(
        place=place, environment=everywhere, workers=workers, openapi=True, log_level="debug"
    ) as process:
        for message in (
            QUOTE,
            request("GET", "/metrics"),
            request("GET", "/schema/openapi.json"),
            request("GET", "/nowhere"),
            request("POST", "/v1/quotes", {"items": "x" * 500_000}),
        ):
            for _ in range(5):
                ask(process.port, message)
        bytes_written = {written(pid) for pid in process.everything()}
        process.popen.terminate()
        process.popen.wait(60)
        assert list(process.memory.iterdir()) == []
    return bytes_written


def test_a_file_that_is_gone_again_is_noticed(tmp_path: Path) -> None:
    """The control: were this not counted, the test above would show nothing."""
    if filesystem(tmp_path) == "tmpfs":
        pytest.skip("the temporary folder is in memory: there is no disk to write to")
    program = (
        "import tempfile\n"
        "with tempfile.TemporaryFile() as file:\n"
        "    file.write(b'x'); file.flush(); print(flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env={"TMPDIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdout.readline()
        assert written(process.pid) > 0
        process.stdin.close()
    assert list(tmp_path.iterdir()) == []


def filesystem(path: Path) -> str:
    done = subprocess.run(
        ["stat", "--file-system", "--format=%T", path], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
