from collections.abc import Callable
from pathlib import Path

import pytest

from tools.engine.model import WayFailedError
from tools.engine.on_path import on_path

type Put = Callable[[str, str], Path]


@pytest.fixture(autouse=True)
def _only_our_path(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(programs))


def test_the_cli_with_its_language_host(program: Put, said: list[str]) -> None:
    path = program("pulumi", "echo v3.260.0")
    program("pulumi-language-python", "")
    assert on_path(said.append).path == path


def test_a_link_to_an_installation(program: Put, tmp_path: Path, said: list[str]) -> None:
    installed = tmp_path / "pulumi-3.260"
    installed.mkdir()
    program("pulumi", "echo v3.260.0").rename(installed / "pulumi")
    (installed / "pulumi-language-python").touch()
    (tmp_path / "programs/pulumi").symlink_to(installed / "pulumi")
    assert on_path(said.append).version == "3.260.0"


def test_none(said: list[str]) -> None:
    with pytest.raises(WayFailedError, match=r"^there is none$"):
        on_path(said.append)


def test_a_cli_without_python(program: Put, said: list[str]) -> None:
    program("pulumi", "echo v3.260.0")
    with pytest.raises(WayFailedError, match="comes without pulumi-language-python"):
        on_path(said.append)
