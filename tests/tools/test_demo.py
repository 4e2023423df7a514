"""The demo's own parts: time that passes when somebody waits, and commands that are shown."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cookiecutter.main import cookiecutter

from tests.cloud import Cloud
from tools.demo import delivering, in_cloud_time
from tools.demo.children import ChildFailedError, Children

TEMPLATE = Path(__file__).parents[2]
MORNING = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with Cloud.start() as running:
        delivering.stand_still(running)
        yield running


def test_time_stands_until_somebody_waits(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(in_cloud_time.CLOUD, cloud.endpoint)
    assert cloud.clock.now() == MORNING
    assert cloud.client("sts").get_caller_identity()["Account"] == cloud.account

    in_cloud_time.pass_time(90.5)

    assert cloud.clock.now() == MORNING + timedelta(seconds=90.5)


class Service(BaseHTTPRequestHandler):
    """Says what it was asked."""

    def do_GET(self) -> None:
        said = json.dumps([self.path, self.headers["X-Release"]]).encode()
        self.send_response(200)
        self.send_header("X-Said", said.decode())
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002 its name there
        pass


@pytest.fixture
def service() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Service)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


# What `deliver` would do: it waits in each of its ways, and asks a release.
LOOK = """
import inspect, json, sys
sys.path.insert(1, {template!r})
from tools.demo import in_cloud_time
from delivery import cli

def verb(words):
    from delivery.live import calling, live, moving
    from delivery.judging import probe
    from delivery.driving import stopping
    stopping.Stop(print).wait(60)
    for made in (calling.Caller, live.Live, moving.Mover):
        inspect.signature(made).parameters["sleep"].default(20)
    target = probe.Target("balancer.invalid", 443, "orders.example.com", True)
    answer = probe.ask(target, "/readyz", {{"X-Release": "abc"}})
    print(json.dumps([words, answer.status, answer.headers["x-said"]]))

cli.main = verb
in_cloud_time.main(["deploy", "dev"])
"""


def test_deliver_waits_in_the_cloud_and_asks_the_service_here(
    cloud: Cloud, service: int, tmp_path: Path
) -> None:
    cookiecutter(str(TEMPLATE), no_input=True, output_dir=str(tmp_path))
    before = cloud.clock.now()

    done = subprocess.run(
        [sys.executable, "-c", LOOK.format(template=str(TEMPLATE))],
        cwd=tmp_path / "orders" / "infra",
        env={
            "PYTHONDONTWRITEBYTECODE": "1",
            in_cloud_time.CLOUD: cloud.endpoint,
            in_cloud_time.SERVICE: str(service),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [["deploy", "dev"], 200, '["/readyz", "abc"]']
    assert cloud.clock.now() - before == timedelta(seconds=120)


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_command_may_end_with_the_code_that_is_expected(tmp_path: Path) -> None:
    with Children() as children:
        said = children.run(
            python("print('undone'); raise SystemExit(3)"),
            folder=tmp_path,
            environment={},
            codes=(3,),
        )
        assert said == "undone\n"
        with pytest.raises(ChildFailedError, match="exit code 0"):
            children.run(python(""), folder=tmp_path, environment={}, codes=(3,))


def test_a_shown_command_has_the_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with Children() as children:
        said = children.run(python("print('seen')"), folder=tmp_path, environment={}, shown=True)

    assert said == ""
    assert capfd.readouterr().out == "seen\n"


def test_the_drawing_in_the_readme_is_one_of_the_demo() -> None:
    drawing = (TEMPLATE / "docs" / "rollout.svg").read_text()

    assert "](docs/rollout.svg)" in (TEMPLATE / "README.md").read_text()
    for words in ("prod: canary of v2, canary of v3", "ALARM orders-prod-v3-", "v3 is undone"):
        assert words in drawing
    assert not re.search(r"<script|href|url\(", drawing)
