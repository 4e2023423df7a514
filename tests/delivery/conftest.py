"""A baked project's four tiers on the simulated cloud; one cloud per worker."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from cookiecutter.main import cookiecutter

from tests.cloud import Cloud
from tests.cloud.platform_setup import set_up_platform
from tests.delivery.stacks import TierStack
from tools.engine import find_engine

TEMPLATE = Path(__file__).parents[2]
REGION = "us-west-2"  # not the default, so that a region written somewhere by hand shows
PROJECT = "shop-front"


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A baked project with answers that differ from the defaults."""
    folder = tmp_path_factory.mktemp("baked")
    answers = {"project": PROJECT, "region": REGION, "architecture": "x86_64", "ci": "gitlab"}
    return Path(
        cookiecutter(str(TEMPLATE), no_input=True, output_dir=str(folder), extra_context=answers)
    )


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    """The simulated AWS of this worker."""
    with Cloud.start(region=REGION) as running:
        yield running


@pytest.fixture(scope="session")
def environment(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """Points the engine, boto3 and the programs at the cloud, in this process too."""
    state = tmp_path_factory.mktemp("state")
    home = tmp_path_factory.mktemp("pulumi-home")
    settings = {
        **find_engine(progress=print).environment,
        **cloud.environment,
        "PULUMI_BACKEND_URL": state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "tests",
        "PULUMI_HOME": str(home),
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        yield dict(os.environ) | settings


@pytest.fixture(scope="session")
def program(project: Path, environment: Mapping[str, str]) -> Callable[[], None]:
    """The baked project's Pulumi program."""
    sys.path.insert(0, str(project / "infra"))
    from stack.program import main  # exists once a project is baked, and only then

    return main


@pytest.fixture
def session(environment: Mapping[str, str]) -> boto3.Session:
    """A boto3 session in the region of the tests."""
    return boto3.Session(region_name=REGION)


class Account:
    """An empty AWS account in which a test asks for tiers."""

    def __init__(
        self,
        cloud: Cloud,
        project: Path,
        program: Callable[[], None],
        environment: Mapping[str, str],
        folder: Path,
    ) -> None:
        self._cloud = cloud
        self._project = project
        self._program = program
        self._environment = environment
        self._folder = folder
        self._lives = 0
        self.lose_everything()

    def stack(self, tier: str, **settings: Any) -> TierStack:
        """The service's stack of a tier, whose platform is brought up first."""
        set_up_platform(self._here, REGION, self._here["PULUMI_BACKEND_URL"], print, tiers=[tier])
        return TierStack(
            self._project / "infra", tier, self._program, self._here, PROJECT, settings
        )

    def lose_everything(self) -> None:
        """The account is empty and the engine's state is gone; only git and memory are left."""
        self._cloud.reset()
        self._lives += 1
        state = self._folder / f"state-{self._lives}"
        state.mkdir()
        self._here = {**self._environment, "PULUMI_BACKEND_URL": state.as_uri()}


@pytest.fixture
def account(
    cloud: Cloud,
    environment: Mapping[str, str],
    project: Path,
    program: Callable[[], None],
    tmp_path: Path,
) -> Account:
    """An empty account for one test."""
    return Account(cloud, project, program, environment, tmp_path)
