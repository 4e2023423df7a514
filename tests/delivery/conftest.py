"""A baked project's four tiers on the simulated cloud; one cloud per worker."""

import importlib
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from cookiecutter.main import cookiecutter

from tests.cloud import Cloud
from tests.cloud.platform_setup import set_up_platform
from tests.delivery.builder import Builder, bake
from tests.delivery.deploying import Deliver
from tests.delivery.engines import EngineTier, Make, copied
from tests.delivery.kept import Kept
from tests.delivery.released import released
from tests.delivery.stacks import Baked, TierStack
from tests.service import installed
from tools.engine import Engine

TEMPLATE = Path(__file__).parents[2]
REGION = "us-west-2"  # not the default, so that a region written somewhere by hand shows
PROJECT = "shop-front"


@pytest.fixture(scope="session")
def baked(tmp_path_factory: pytest.TempPathFactory) -> Baked:
    """A baked project with answers that differ from the defaults."""
    answers = {"project": PROJECT, "region": REGION, "architecture": "x86_64", "ci": "gitlab"}
    folder = cookiecutter(
        str(TEMPLATE),
        no_input=True,
        output_dir=str(tmp_path_factory.mktemp("baked")),
        extra_context=answers,
    )
    infra = Path(folder, "infra")
    sys.path.insert(0, str(infra))
    return Baked(PROJECT, infra, importlib.import_module("stack.program").main)


@pytest.fixture(scope="package")
def cloud() -> Iterator[Cloud]:
    """The simulated AWS of this worker."""
    with Cloud.start(region=REGION) as running:
        yield running


@pytest.fixture(scope="package")
def environment(
    cloud: Cloud, engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, str]]:
    """Points the engine at the cloud, and the programs, which run in this process."""
    settings = {
        **engine.environment,
        **cloud.environment,
        "PULUMI_CONFIG_PASSPHRASE": "tests",
        "PULUMI_HOME": str(tmp_path_factory.mktemp("pulumi-home")),
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        yield {**os.environ, **settings}


class Account:
    """An empty AWS account in which a test asks for tiers."""

    def __init__(
        self, cloud: Cloud, baked: Baked, environment: Mapping[str, str], folder: Path
    ) -> None:
        self._cloud = cloud
        self._baked = baked
        self._environment = environment
        self._folder = folder
        self._lives = 0
        self.lose_everything()

    def stack(self, tier: str) -> TierStack:
        """The service's stack of a tier, whose platform is brought up first."""
        self.set_up(tier, certified=tier == "prod")
        folder = self._folder / f"{tier}-{self._lives}"
        folder.mkdir()
        return TierStack(self._baked, tier, self._here, folder)

    def set_up(self, tier: str, *, certified: bool) -> None:
        """Bring a tier's platform up, or bring it to have a domain and a certificate."""
        state = self._here["PULUMI_BACKEND_URL"]
        names = [tier] if certified else []
        set_up_platform(self._here, REGION, state, _drop, tiers=[tier], certified=names)

    @property
    def state(self) -> str:
        """Where the engine keeps what it has made."""
        return self._here["PULUMI_BACKEND_URL"]

    def lose_everything(self) -> None:
        """The account is empty and the engine's state is gone."""
        self._cloud.reset()
        self._lives += 1
        state = self._folder / f"state-{self._lives}"
        state.mkdir()
        self._here = {**self._environment, "PULUMI_BACKEND_URL": state.as_uri()}


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Builder:
    """A baked project in which builds can be made."""
    answers = [f"project={installed.PROJECT}", f"region={REGION}"]
    return bake(tmp_path_factory.mktemp("builder"), answers)


def _drop(_line: str) -> None:
    """The platform's words; a failure carries them in its exception as well."""


@pytest.fixture
def account(cloud: Cloud, baked: Baked, environment: Mapping[str, str], tmp_path: Path) -> Account:
    """An empty account for one test."""
    return Account(cloud, baked, environment, tmp_path)


@pytest.fixture(scope="module")
def account_of_module(
    cloud: Cloud,
    baked: Baked,
    environment: Mapping[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Account:
    """An account that the tests of one file share, each leaving it as it found it."""
    return Account(cloud, baked, environment, tmp_path_factory.mktemp("account"))


@pytest.fixture
def tier_of(
    account: Account, baked: Baked, cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Make:
    """Makes a tier: its platform, stack and ground, and what its document says."""

    def make(tier: str) -> EngineTier:
        account.set_up(tier, certified=tier == "prod")
        monkeypatch.setenv("PULUMI_BACKEND_URL", account.state)
        made = EngineTier(cloud, copied(baked.infra, tmp_path / tier), tier, PROJECT)
        made.make()
        return made

    return make


@pytest.fixture(scope="session")
def made_once() -> list[tuple[Path, Kept]]:
    """Keeps stage with its first release for the next file: its infra/, and the moment."""
    return []


@pytest.fixture(scope="module")
def first_release(
    made_once: list[tuple[Path, Kept]],
    account_of_module: Account,
    baked: Baked,
    cloud: Cloud,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[EngineTier, Kept]]:
    """Stage with its first release live, on a workday's morning, once it is restored."""
    folder = tmp_path_factory.mktemp("first-release")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PULUMI_BACKEND_URL", account_of_module.state)
        if not made_once:
            account_of_module.set_up("stage", certified=False)
            first = EngineTier(cloud, copied(baked.infra, folder / "made"), "stage", PROJECT)
            with released(first, folder) as (_, kept):
                made_once.append((first.infra, kept))
        infra, kept = made_once[0]
        yield EngineTier(cloud, copied(infra, folder), "stage", PROJECT), kept
        cloud.reset()


@pytest.fixture
def deliver(first_release: tuple[EngineTier, Kept]) -> Deliver:
    """`deliver` in stage, where v1 has all the traffic."""
    tier, kept = first_release
    kept.restore()
    return Deliver(tier)
