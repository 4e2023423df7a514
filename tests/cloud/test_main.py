"""`python -m tests.cloud`: what it prints, how it ends, how it refuses."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

ROOT = Path(__file__).parents[2]


class Running:
    """The cloud as a person runs it."""

    def __init__(self, *options: str, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.cloud", *options],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.words: list[str] = []
        self.settings: dict[str, str] = {}

    def wait_until_ready(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.words.append(line.rstrip())
            if line.startswith("ready"):
                return
        pytest.fail("\n".join(self.words))

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        out, words = self.process.communicate(timeout=60)
        self.words += words.splitlines()
        self.settings = dict(line.split("=", 1) for line in out.splitlines())
        return self.process.returncode


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Running]:
    running = Running("--empty", folder=tmp_path)
    running.wait_until_ready()
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.communicate()


def refused(*options: str, folder: Path) -> tuple[int, str, list[str]]:
    running = Running(*options, folder=folder)
    out, words = running.process.communicate(timeout=60)
    return running.process.returncode, out, words.splitlines()


def client(settings: dict[str, str]) -> "boto3.client":  # ty: ignore[invalid-type-form]
    return boto3.client(
        "sts",
        region_name=settings["AWS_REGION"],
        endpoint_url=settings["AWS_ENDPOINT_URL"],
        aws_access_key_id=settings["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=settings["AWS_SECRET_ACCESS_KEY"],
    )


@pytest.mark.engine
def test_settings_point_at_a_cloud_that_answers(empty: Running) -> None:
    assert empty.process.stdout is not None
    settings: dict[str, str] = {}
    while "PULUMI_BACKEND_URL" not in settings:
        name, _, value = empty.process.stdout.readline().rstrip().partition("=")
        settings[name] = value
    assert settings.keys() >= {
        "AWS_ENDPOINT_URL",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "PULUMI_DEBUG_PROVIDERS",
        "PULUMI_BACKEND_URL",
        "PULUMI_CONFIG_PASSPHRASE",
        "PULUMI_SKIP_UPDATE_CHECK",
    }
    assert client(settings).get_caller_identity()["Account"] == "123456789012"
    state = Path(settings["PULUMI_BACKEND_URL"].removeprefix("file://"))
    assert state.is_dir()
    port = int(settings["PULUMI_DEBUG_PROVIDERS"].partition(":")[2])
    socket.create_connection(("127.0.0.1", port), 5).close()
    assert empty.end(signal.SIGINT) == 0
    assert not state.exists()
    assert empty.words[-1] == "stopped"


@pytest.mark.engine
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_cleanly(empty: Running, number: int) -> None:
    assert empty.end(number) == 0
    assert "Traceback" not in "\n".join(empty.words)
    assert list(empty.folder.glob("slipway-*")) == []


@pytest.mark.engine
def test_standard_output_has_nothing_but_settings(empty: Running) -> None:
    assert empty.end(signal.SIGTERM) == 0
    assert all(name.isupper() and value for name, value in empty.settings.items())


@pytest.mark.engine
def test_state_that_was_asked_for_stays(tmp_path: Path) -> None:
    state = tmp_path / "my" / "state"
    running = Running("--empty", "--state", str(state), folder=tmp_path)
    running.wait_until_ready()
    assert running.end(signal.SIGTERM) == 0
    assert running.settings["PULUMI_BACKEND_URL"] == state.as_uri()
    assert state.is_dir()


def test_a_port_in_use_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, out, words = refused("--empty", "--port", str(port), folder=tmp_path)
    assert (code, out) == (1, "")
    assert words[1:] == [
        f"port {port} on 127.0.0.1 cannot be used: Address already in use; "
        "choose another (make cloud PORT=...)"
    ]
    assert list(tmp_path.iterdir()) == []


def test_a_region_that_aws_lacks_is_one_line(tmp_path: Path) -> None:
    code, out, words = refused("--empty", "--region", "eu-west-9", folder=tmp_path)
    assert (code, out) == (1, "")
    assert words[1].startswith("AWS has no region eu-west-9; did you mean eu-west-")
    assert len(words) == 2


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_what_is_no_port_is_refused(port: str, tmp_path: Path) -> None:
    code, out, words = refused("--empty", f"--port={port}", folder=tmp_path)
    assert (code, out) == (2, "")
    assert f"{port} is not a port; give a number from 1 to 65535" in words[-1]


PROGRAM = """
import pulumi, pulumi_aws as aws
zones = aws.get_availability_zones(state="available")
made = aws.ssm.Parameter("greeting", name="/greeting", type="String", value=zones.names[0])
pulumi.export("version", made.version)
"""


@pytest.mark.engine
def test_the_plain_cli_works_with_the_settings(empty: Running, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "__main__.py").write_text(PROGRAM)
    (project / "Pulumi.yaml").write_text(
        "name: plain\nruntime:\n  name: python\n  options:\n    toolchain: pip\n"
        f"    virtualenv: {sys.prefix}\n"
    )
    (project / "Pulumi.dev.yaml").write_text("config:\n  aws:region: eu-west-1\n")
    assert empty.process.stdout is not None
    settings: dict[str, str] = {}
    while "PULUMI_BACKEND_URL" not in settings:
        name, _, value = empty.process.stdout.readline().rstrip().partition("=")
        settings[name] = value

    def pulumi(*words: str) -> str:
        done = subprocess.run(
            ["pulumi", *words, "--non-interactive", "--color=never"],
            cwd=project,
            env={**os.environ, **settings, "PYTHONWARNINGS": "ignore"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    pulumi("stack", "select", "--create", "dev")
    assert "+ 2 created" in pulumi("up", "--yes", "--skip-preview")
    assert "2 unchanged" in pulumi("preview", "--refresh", "--expect-no-changes")
    assert pulumi("stack", "output", "version").strip() == "1"
    assert "2 deleted" in pulumi("destroy", "--yes", "--skip-preview")
