"""Fixtures that several tests use."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pulumi
import pytest
from pulumi.runtime.settings import ROOT
from recorder import Engine, Made, Recorder

from stack import configuration
from stack.tiers import COLUMNS

Deploy = Callable[[Callable[[], Any]], dict[str, Made]]


@pytest.fixture(scope="session", autouse=True)
def all_tiers() -> Iterator[None]:
    """Try the code in every tier that has defaults, also where a team runs fewer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(configuration, "TIERS", COLUMNS)
        yield


@pytest.fixture(scope="session")
def deploy() -> Iterator[Deploy]:
    """Run a program to its end under mocks; give what it made, by name."""
    loop = asyncio.new_event_loop()  # Pulumi takes the thread's
    asyncio.set_event_loop(loop)

    def run(program: Callable[[], Any]) -> dict[str, Made]:
        engine = Engine()
        ROOT.set(None)  # it keeps the transformations of the run before
        pulumi.runtime.set_mocks(Recorder(), project="orders", stack="dev", monitor=engine)
        pulumi.runtime.test(program)()
        return engine.made()

    yield run
    asyncio.set_event_loop(None)
    loop.close()
