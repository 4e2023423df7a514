"""The sweep's ground without a test around it: a cloud, a baked project, tiers of it."""

import importlib
import os
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from cookiecutter.main import cookiecutter

from tests.cloud import Cloud
from tests.delivery.conftest import PROJECT, REGION, TEMPLATE, Account
from tests.delivery.deploying import MORNING
from tests.delivery.engines import EngineTier, copied
from tests.delivery.stacks import Baked
from tools.engine import find_engine

type Makes = Callable[[str], EngineTier]


@contextmanager
def ground() -> Generator[tuple[Makes, Path]]:
    """Give what makes a tier in an empty account, and a folder to keep moments in."""
    engine = find_engine(progress=print)
    with tempfile.TemporaryDirectory(prefix="sweep-") as made, Cloud.start(region=REGION) as cloud:
        folder = Path(made)
        baked = _bake(folder / "baked")
        os.environ |= {
            **engine.environment,
            **cloud.environment,
            "PULUMI_CONFIG_PASSPHRASE": "tests",
            "PULUMI_HOME": str(folder / "pulumi-home"),
        }
        (folder / "account").mkdir()
        account = Account(cloud, baked, os.environ, folder / "account")
        yield lambda tier: _made(tier, account, baked, cloud, folder), folder


def _made(tier: str, account: Account, baked: Baked, cloud: Cloud, folder: Path) -> EngineTier:
    """Bring a tier up that has no release, on a workday's morning."""
    account.lose_everything()
    cloud.clock.set(MORNING)
    cloud.instances.as_on_aws()
    account.set_up(tier, certified=False)
    os.environ["PULUMI_BACKEND_URL"] = account.state
    made = EngineTier(cloud, copied(baked.infra, folder / tier), tier, PROJECT)
    made.make()
    return made


def _bake(folder: Path) -> Baked:
    answers = {"project": PROJECT, "region": REGION, "architecture": "x86_64", "ci": "gitlab"}
    made = cookiecutter(str(TEMPLATE), no_input=True, output_dir=str(folder), extra_context=answers)
    infra = Path(made, "infra")
    sys.path.insert(0, str(infra))
    return Baked(PROJECT, infra, importlib.import_module("stack.program").main)
