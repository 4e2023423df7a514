import socket
import subprocess
from collections.abc import Callable

import httpx

from <<cookiecutter.__package>>.settings import PREFIX

from .process import Server, command, environment, free_port


def run(*arguments: str, **settings: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        env=environment(settings),
        capture_output=True,
        check=False,
        text=True,
        timeout=20,
    )


def test_help_names_every_command() -> None:
    shown = run("--help")
    assert shown.returncode == 0
    assert "serve" in shown.stdout
    assert "settings" in shown.stdout


def test_the_port_comes_from_the_environment(serve: Callable[..., Server]) -> None:
    port = free_port()
    serve(port=port)
    assert httpx.get(f"http://127.0.0.1:{port}/livez").status_code == 200


def test_wrong_settings_end_the_start_with_one_line_each() -> None:
    started = run("serve", port="http", workers=0)
    assert started.returncode == 78
    assert started.stdout == ""
    first, second = started.stderr.splitlines()
    assert first.startswith(f"error: {PREFIX}PORT is 'http'")
    assert second.startswith(f"error: {PREFIX}WORKERS is '0'")


def test_a_port_in_use_ends_the_start_with_one_line() -> None:
    for workers in (1, 2):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            started = run("serve", port=port, workers=workers)
        assert started.returncode == 1
        assert started.stderr == (
            f"error: {PREFIX}PORT is {port}, but 127.0.0.1:{port} cannot be listened on:"
            " address already in use. Stop what listens there, or set another port.\n"
        )


def test_settings_are_shown() -> None:
    assert "port = 9000\n" in run("settings", port=9000).stdout
