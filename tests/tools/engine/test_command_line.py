"""The engine as a person meets it: `python -m tools.engine`, and the CLI that it finds."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.conftest import ROOT
from tools.engine import Engine

PROGRAM = """
import sys
import pulumi

print("prefix", sys.prefix)
pulumi.export("answer", 42)
"""


def _tools_engine(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.engine", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_no_cli_and_no_way_to_get_one_is_one_line(
    programs: Path, own_cache: Path, tmp_path: Path
) -> None:
    closed = "http://127.0.0.1:9"  # a machine without a network
    names = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    result = _tools_engine(
        os.environ
        | dict.fromkeys(names, closed)
        | {"PATH": str(programs), "UV_CACHE_DIR": str(tmp_path / "uv"), "UV_HTTP_RETRIES": "0"}
        | {"PIP_FIND_LINKS": "", "UV_FIND_LINKS": ""}
    )
    assert (result.returncode, result.stdout) == (1, "")
    *progress, last = result.stderr.splitlines()
    assert all(line.endswith("...") for line in progress), progress
    assert last.startswith("engine: no Pulumi CLI. Tried PATH: there is none; ")
    for way in ("official installation:", "Go build:", "Put pulumi 3.250.0 or later on PATH"):
        assert way in last
    assert [path.name for path in own_cache.iterdir()] == ["lock"], "nothing is left behind"


@pytest.mark.engine
def test_the_engine_says_itself_and_its_environment(engine: Engine) -> None:
    said = _tools_engine(dict(os.environ))
    assert said.stdout == f"engine: Pulumi CLI {engine.version}, {engine.origin}: {engine.path}\n"
    lines = _tools_engine(dict(os.environ), "--environment").stdout.splitlines()
    assert dict(line.split("=", 1) for line in lines) == engine.environment


@pytest.mark.engine
def test_the_automation_api_takes_this_engine(engine: Engine) -> None:
    command = engine.command()
    assert str(command.version) == engine.version


@pytest.mark.engine
def test_plain_preview_works_in_a_folder_with_an_environment(
    engine: Engine, tmp_path: Path
) -> None:
    project = tmp_path / "empty"
    project.mkdir()
    (project / ".venv").symlink_to(sys.prefix)
    (project / "__main__.py").write_text(PROGRAM)
    (project / "Pulumi.yaml").write_text(
        "name: empty\nruntime:\n  name: python\n  options:\n"
        "    toolchain: pip\n    virtualenv: .venv\n"
    )
    (tmp_path / "state").mkdir()
    environment = {
        **os.environ,
        **engine.environment,
        "PULUMI_BACKEND_URL": f"file://{tmp_path}/state",
        "PULUMI_CONFIG_PASSPHRASE": "of a test",
    }

    def pulumi(*arguments: str) -> str:
        result = subprocess.run(
            ["pulumi", *arguments, "--non-interactive", "--color", "never"],
            cwd=project,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    pulumi("stack", "init", "dev")
    preview = pulumi("preview")
    assert "answer: 42" in preview
    assert f"prefix {project / '.venv'}" in preview
