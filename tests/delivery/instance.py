"""A machine that boots what the cloud has, as an instance does, and is switched off again."""

import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.boot.machine import Machine
from tests.cloud import Cloud
from tests.service.installed import MEMORY, MINOR
from tools.environment import python_with

AWS_LOCK = Path(__file__).parents[1] / "boot" / "requirements.txt"


@contextmanager
def machine(folder: Path, python: Path) -> Generator[Machine]:
    """A machine in a folder, with an interpreter and the real `aws`."""
    with tempfile.TemporaryDirectory(prefix="slipway-boot-", dir=MEMORY) as memory:
        made = Machine(folder, Path(memory), MINOR, python, aws_folder())
        try:
            yield made
        finally:
            made.power_off()


def aws_folder() -> Path:
    """Where the real `aws` command is."""
    return python_with("tests-boot", [AWS_LOCK]).parent


def known(cloud: Cloud) -> Mapping[str, str]:
    """All of AWS that an instance knows without being told: where to ask, and as whom."""
    return {
        name: value
        for name, value in cloud.environment.items()
        if name.startswith("AWS_") and "REGION" not in name
    }
