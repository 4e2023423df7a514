import json
import socket
import subprocess
from pathlib import Path

import pytest

from <<cookiecutter.__package>>.__main__ import main
from <<cookiecutter.__package>>.settings import PREFIX

from .process import PATIENCE, Server, command, environment, free_port


def serve_in_vain(**settings: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command("serve"),
        env=environment({"port": free_port(), **settings}),
        capture_output=True,
        check=False,
        text=True,
        timeout=PATIENCE,
    )


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    shown = capsys.readouterr().out
    for name in ("serve", "openapi", "settings"):
        assert f"\n    {name} " in shown


def test_wrong_settings_end_the_start_with_one_line_each() -> None:
    started = serve_in_vain(port="http", workers=0)
    assert started.returncode == 78
    assert started.stdout == ""
    first, second = started.stderr.splitlines()
    assert first.startswith(f"error: {PREFIX}PORT is 'http'")
    assert second.startswith(f"error: {PREFIX}WORKERS is '0'")


def test_a_port_in_use_ends_the_start_with_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        started = serve_in_vain(port=port)
    assert started.returncode == 1
    assert started.stderr == (
        f"error: {PREFIX}PORT is {port}, but 127.0.0.1:{port} cannot be listened on:"
        " address already in use. Stop what listens there, or set another port.\n"
    )


@pytest.mark.parametrize("workers", [1, 2])
def test_a_worker_that_cannot_start_ends_the_start(
    workers: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Were it tried again for ever, a broken release would look like a slow one."""
    missing = "import sys; sys.modules['opentelemetry.sdk.trace'] = None\n"
    (tmp_path / "sitecustomize.py").write_text(missing)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    started = serve_in_vain(tracing=True, workers=workers)
    assert started.returncode != 0
    assert f"error: {PREFIX}TRACING is true, but opentelemetry" in started.stderr
    assert "Traceback" not in started.stderr + started.stdout


def test_the_port_comes_from_the_environment(server: Server) -> None:
    assert server.environment[f"{PREFIX}PORT"] in server.url
    assert server.get("/livez").status_code == 200


def test_settings_are_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{PREFIX}PORT", "9000")
    assert main(["settings"]) == 0
    assert f"{PREFIX}PORT=9000\n" in capsys.readouterr().out


def test_admin_processes_refuse_wrong_settings_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{PREFIX}PORT", "0")
    assert main(["settings"]) == 78
    assert capsys.readouterr().err.startswith(f"error: {PREFIX}PORT is '0'")


def test_the_description_is_printed(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["openapi"]) == 0
    document = json.loads(capfdbinary.readouterr().out)
    assert document["info"]["title"] == "<<cookiecutter.project>>"
