"""One cloud per worker, emptied for each test that asks for it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pulumi import automation

from tests.cloud import Cloud
from tests.cloud.sdk import load_sdk
from tools.engine import Engine

REGION = "eu-west-1"

type Program = Callable[[], None]
type MakeStack = Callable[..., automation.Stack]


@pytest.fixture(scope="package")
def running_cloud() -> Iterator[Cloud]:
    """The cloud of this worker; tests take `cloud`."""
    with Cloud.start(region=REGION) as cloud:
        yield cloud


@pytest.fixture
def cloud(running_cloud: Cloud) -> Cloud:
    """An empty cloud."""
    running_cloud.reset()
    return running_cloud


@pytest.fixture(scope="session")
def sdk() -> None:
    """The modules of pulumi_aws that the programs of the tests use."""
    load_sdk(["autoscaling", "cloudwatch", "ec2", "iam", "lb", "s3", "sns", "ssm", "vpc"])


@pytest.fixture
def make_stack(cloud: Cloud, engine: Engine, sdk: None, tmp_path: Path) -> MakeStack:
    """Make stacks whose program runs in this process: make_stack(program, name, config)."""
    environment = {
        **engine.environment,
        **cloud.environment,
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": (tmp_path / "state").as_uri(),
        "NO_COLOR": "1",
    }
    (tmp_path / "state").mkdir()

    def make(
        program: Program, name: str = "dev", config: dict[str, str] | None = None
    ) -> automation.Stack:
        settings = automation.StackSettings(config={"aws:region": REGION, **(config or {})})
        return automation.create_or_select_stack(
            stack_name=name,
            project_name="sample",
            program=program,
            opts=automation.LocalWorkspaceOptions(
                work_dir=str(tmp_path),
                env_vars=environment,
                pulumi_command=engine.command(),
                secrets_provider="passphrase",
                project_settings=automation.ProjectSettings(
                    name="sample",
                    runtime="python",
                    backend=automation.ProjectBackend(environment["PULUMI_BACKEND_URL"]),
                ),
                stack_settings={name: settings},
            ),
        )

    return make


@pytest.fixture
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take nothing from the person's environment but what processes need."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "PULUMI_", "MOTO_")):
            monkeypatch.delenv(name)
