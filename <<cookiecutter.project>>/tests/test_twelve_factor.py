"""What the twelve factors promise and no other test shows; docs/twelve-factor.md has all of them."""

import ast
import re
import shlex
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from litestar.testing import TestClient

from <<cookiecutter.__package>>.__main__ import main
from <<cookiecutter.__package>>.app import create_app
from <<cookiecutter.__package>>.settings import PREFIX, Settings, load_settings

from .process import Server

ROOT = Path(__file__).parents[1]
SOURCES = sorted(ROOT.glob("src/**/*.py"))
TIERS = get_args(Settings.model_fields["tier"].annotation)
DISTRIBUTION = {"opentelemetry": "opentelemetry-sdk"}  # where it is named otherwise


@pytest.mark.parametrize("tier", TIERS)
def test_one_code_base_starts_in_every_tier(monkeypatch: pytest.MonkeyPatch, tier: str) -> None:
    monkeypatch.setenv(f"{PREFIX}TIER", tier)
    monkeypatch.setenv(f"{PREFIX}HOST", "127.0.0.1" if tier == "local" else "0.0.0.0")  # noqa: S104
    with TestClient(create_app(load_settings(Settings))) as client:
        assert client.get("/readyz").status_code == 200


def test_every_import_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    requirements = project["dependencies"] + project["optional-dependencies"]["tracing"]
    declared = {re.split(r"[<>=]", requirement)[0] for requirement in requirements}
    used = {name for path in SOURCES for name in imported(path)} - sys.stdlib_module_names
    assert {DISTRIBUTION.get(name, name).replace("_", "-") for name in used} <= declared


def test_every_dependency_is_locked_by_its_hash() -> None:
    for lock in ROOT.glob("requirements*.txt"):
        entries = re.split(r"\n(?=\S)", lock.read_text())
        unlocked = [entry for entry in entries if entry[0] != "#" and "--hash=sha256:" not in entry]
        assert unlocked == []


def test_three_files_read_the_environment() -> None:
    readers = {path.name for path in SOURCES if "os.environ" in path.read_text()}
    assert readers == {"metrics.py", "server.py", "settings.py"}


def test_nothing_is_written_to_disk(
    serve: Callable[..., Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    server = serve(workers=2)
    server.get("/livez")
    server.get("/metrics")
    assert server.stop() == 0
    assert list(tmp_path.iterdir()) == []


def test_two_processes_share_no_state(serve: Callable[..., Server]) -> None:
    first, second = serve(), serve()
    first.get("/nowhere")
    assert 'status="404"' in first.get("/metrics").text
    assert 'status="404"' not in second.get("/metrics").text


def test_every_process_type_is_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    for line in (ROOT / "Procfile").read_text().splitlines():
        python, _, package, *command = shlex.split(line.partition(": ")[2])
        assert (python, package) == ("python", "<<cookiecutter.__package>>")
        with pytest.raises(SystemExit, match="0"):
            main([*command, "--help"])
    assert "usage" in capsys.readouterr().out


def test_the_table_names_tests_that_exist() -> None:
    table = (ROOT / "docs/twelve-factor.md").read_text()
    named = re.findall(r"`(tests/\S+\.py)::(\w+)`", table)
    assert len(named) >= 12
    for path, function in named:
        assert f"def {function}(" in (ROOT / path).read_text(), f"{path}::{function}"


def imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    parts = {
        node.module
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0
    }
    return {name.partition(".")[0] for name in plain | parts}
