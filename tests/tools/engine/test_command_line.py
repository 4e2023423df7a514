"""The engine as a person meets it: `python -m tools.engine`, and the CLI that it finds."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tools.conftest import ROOT
from tools.engine import Engine

# A machine without a network, as far as the clients can tell.
PROXIES = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
CLOSED = "http://127.0.0.1:9"

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
    result = _tools_engine(
        os.environ
        | dict.fromkeys(PROXIES, CLOSED)
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


# A pipeline may run its commands in the background, where a shell has them ignore Ctrl-C.
INTERRUPTIBLE = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("tools.engine", run_name="__main__")
"""


def test_an_interrupted_build_leaves_nothing(
    program: Callable[[str, str], Path], own_cache: Path, tmp_path: Path
) -> None:
    note = tmp_path / "id"
    building = f'case "$1" in env) echo go1.99 ;; *) echo $$ > {note}; exec sleep 60 ;; esac'
    programs = program("go", building).parent
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE],
        cwd=ROOT,
        env=os.environ | {"PATH": str(programs)} | dict.fromkeys(PROXIES, CLOSED),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that the signal reaches it and its children only
    )
    while not note.exists() or not note.read_text().strip():
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=30)[1]
    assert process.returncode == 130
    assert said.splitlines()[-1] == "engine: interrupted; nothing half-done is kept"
    assert [path.name for path in own_cache.iterdir()] == ["lock"]
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


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
