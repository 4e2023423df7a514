import json
import socket
import subprocess
from collections.abc import Callable

import pytest

from <<cookiecutter.__package>>.settings import PREFIX

from .process import PATIENCE, Server, command, environment, free_port


def run(*arguments: str, **settings: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        env=environment(settings),
        capture_output=True,
        check=False,
        text=True,
        timeout=PATIENCE,
    )


def test_help_names_every_command() -> None:
    shown = run("--help")
    assert shown.returncode == 0
    for name in ("serve", "openapi", "settings"):
        assert f"\n    {name} " in shown.stdout


def test_wrong_settings_end_the_start_with_one_line_each() -> None:
    started = run("serve", port="http", workers=0)
    assert started.returncode == 78
    assert started.stdout == ""
    first, second = started.stderr.splitlines()
    assert first.startswith(f"error: {PREFIX}PORT is 'http'")
    assert second.startswith(f"error: {PREFIX}WORKERS is '0'")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_port_in_use_ends_the_start_with_one_line(workers: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        started = run("serve", port=port, workers=workers)
    assert started.returncode == 1
    assert started.stderr == (
        f"error: {PREFIX}PORT is {port}, but 127.0.0.1:{port} cannot be listened on:"
        " address already in use. Stop what listens there, or set another port.\n"
    )


def test_settings_are_shown() -> None:
    assert f"{PREFIX}PORT=9000\n" in run("settings", port=9000).stdout


def test_the_description_is_printed() -> None:
    assert json.loads(run("openapi").stdout)["info"]["title"] == "<<cookiecutter.project>>"


def test_the_port_comes_from_the_environment(serve: Callable[..., Server]) -> None:
    port = free_port()
    server = serve(port=port)
    assert server.url.endswith(f":{port}")
    assert server.get("/livez").status_code == 200
