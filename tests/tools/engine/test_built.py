import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.engine import built, golang
from tools.engine.model import OLDEST, WayFailedError

type Put = Callable[[str, str], Path]

# Answers like the go command, and "builds" a program that answers like the CLI.
GO = """
case "$1" in
    env) echo go1.27.0 ;;
    list) echo "$SOURCES" ;;
    build)
        while [ "$1" != -o ]; do shift; done
        echo "go: downloading a module"; echo example/package
        printf '#!/bin/sh\\necho v3.250.0\\n' > "$2"
        chmod +x "$2" ;;
esac
"""


@pytest.fixture
def go(
    program: Put, programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], None]:
    """Return a function that puts a played Go on PATH."""
    script = tmp_path / "sources" / built.EXEC_SCRIPT
    script.parent.mkdir(parents=True)
    script.touch()
    (programs / "chmod").symlink_to("/bin/chmod")
    monkeypatch.setenv("SOURCES", str(tmp_path / "sources"))
    monkeypatch.setenv("PATH", str(programs))

    def put(body: str) -> None:
        program("go", body)

    return put


def test_a_build_has_all_parts_and_is_found_again(
    go: Callable[[str], None], own_cache: Path, said: list[str]
) -> None:
    go(GO)
    with pytest.raises(WayFailedError, match="not built before"):
        built.cached(said.append)
    engine = built.build(said.append)
    folder = engine.path.parents[1]
    assert sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()
    ) == [
        "bin/pulumi",
        "bin/pulumi-language-python",
        "host/packages.py",
        "host/pulumi-language-python",
        "host/pulumi-language-python-exec",
        "host/python",
    ]
    assert built.cached(said.append).path == engine.path
    assert list(own_cache.iterdir()) == [folder]


def test_a_build_that_fails_leaves_nothing(
    go: Callable[[str], None], own_cache: Path, said: list[str]
) -> None:
    go(GO.replace('echo "go: downloading', 'echo "no such module"; exit 1; echo "'))
    with pytest.raises(WayFailedError, match=r"^building pulumi .*: no such module$"):
        built.build(said.append)
    assert list(own_cache.iterdir()) == []


def test_another_recipe_is_another_build(
    own_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = built._folder()
    layout = tmp_path / "layout"
    layout.mkdir()
    (layout / "changed").touch()
    monkeypatch.setattr(built, "LAYOUT", layout)
    assert built._folder() != before
    assert built._folder().is_relative_to(own_cache)


def test_life_is_shown_by_what_go_prints() -> None:
    assert built._stage([]) == ""
    assert built._stage(["go: downloading a v1", "go: downloading b v2"]) == "2 modules fetched"
    assert built._stage(["go: downloading a v1", "a", "b", "c"]) == "3 packages compiled"


def test_versions_are_said_the_same_everywhere() -> None:
    pinned = re.search(r"pulumi/pkg/v3 v(\S+)", (built.CLI / "go.mod").read_text())
    assert pinned
    assert pinned[1] == built.VERSION == ".".join(map(str, OLDEST))
    assert f"{built.SDK} v3.75.0" in (built.HOST / "go.mod").read_text()


@pytest.mark.parametrize("module", [built.CLI, built.HOST], ids=["cli", "host"])
def test_every_module_has_its_checksum(module: Path) -> None:
    required = re.findall(
        r"^(?:require)?\s+(\S+\.\S+) (v\S+)", (module / "go.mod").read_text(), re.M
    )
    sums = (module / "go.sum").read_text()
    assert len(required) > 30
    missing = [f"{name} {version}" for name, version in required if f"{name} {version}" not in sums]
    assert not missing
    assert golang.LOCK.exists()
