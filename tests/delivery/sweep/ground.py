"""The sweep's ground without a test around it: a cloud, a baked project, stage with v1 live."""

import importlib
import os
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from cookiecutter.main import cookiecutter

from tests.cloud import Cloud
from tests.delivery.conftest import PROJECT, REGION, TEMPLATE, Account
from tests.delivery.deploying import MORNING, Deliver
from tests.delivery.engines import EngineTier, copied
from tests.delivery.stacks import Baked
from tools.engine import find_engine


@contextmanager
def ground() -> Generator[tuple[EngineTier, Path]]:
    """Give the tier, and a folder to keep moments in."""
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
        yield first_release(cloud, baked, folder), folder


def first_release(cloud: Cloud, baked: Baked, folder: Path) -> EngineTier:
    """Bring stage up, on a workday's morning, and release v1 there."""
    cloud.clock.set(MORNING)
    cloud.instances.as_on_aws()
    (folder / "account").mkdir()
    account = Account(cloud, baked, os.environ, folder / "account")
    cloud.clock.set(MORNING)
    cloud.instances.as_on_aws()
    account.set_up("stage", certified=False)
    os.environ["PULUMI_BACKEND_URL"] = account.state
    tier = EngineTier(cloud, copied(baked.infra, folder), "stage", PROJECT)
    tier.make()
    assert Deliver(tier).deploy_first(1) == "done"
    return tier


def _bake(folder: Path) -> Baked:
    answers = {"project": PROJECT, "region": REGION, "architecture": "x86_64", "ci": "gitlab"}
    made = cookiecutter(str(TEMPLATE), no_input=True, output_dir=str(folder), extra_context=answers)
    infra = Path(made, "infra")
    sys.path.insert(0, str(infra))
    return Baked(PROJECT, infra, importlib.import_module("stack.program").main)
