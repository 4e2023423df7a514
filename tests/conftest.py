"""What all tests share: the engine, and an environment without anybody's accounts."""

import os

import pytest

from tools.engine import Engine, find_engine


def pytest_configure() -> None:
    """Forget the person's AWS and Pulumi settings before anything reads and uses them."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "PULUMI_")):
            del os.environ[name]
    os.environ |= {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@pytest.fixture(scope="session")
def engine() -> Engine:
    """Return the Pulumi CLI that `make test` has made sure of; mark such tests `engine`."""
    return find_engine(progress=print)
