"""What all tests share: the engine, and an environment without anybody's accounts."""

import gc
import os
from collections.abc import Iterator

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


def pytest_xdist_auto_num_workers() -> int:
    """Have a worker more than cores: each waits for the engine a third of its time."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let runs of the engine leave behind what the SDK does when a program inline fails.

    Those are coroutines and event loops; Python tells of them when it collects them. Files whose
    tests take long come first, or one core would be at the last of them while the others idle.
    """
    forgiven = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    for item in items:
        if is_marked(item, "engine"):
            item.add_marker(forgiven)
    items.sort(key=lambda item: not (is_marked(item, "engine") or is_marked(item, "slow")))


def is_marked(item: pytest.Item, name: str) -> bool:
    """Tell whether a test has a marker."""
    return item.get_closest_marker(name) is not None


@pytest.fixture(autouse=True)
def leftovers_are_told_of_here(request: pytest.FixtureRequest) -> Iterator[None]:
    """Collect what a run of the engine left, or a later test would fail for it.

    What was there before is not looked at again: with all that the SDK loads, that takes a second.
    """
    if not is_marked(request.node, "engine"):
        yield
        return
    gc.freeze()
    yield
    gc.collect()


@pytest.fixture(autouse=True, scope="module")
def older_leftovers_are_told_of_here() -> Iterator[None]:
    """Let go of what tests of a file had in common, with the last of them."""
    yield
    if gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()


@pytest.fixture(scope="session")
def engine() -> Engine:
    """Return the Pulumi CLI that `make test` has made sure of; mark such tests `engine`."""
    return find_engine(progress=print)
