"""The application in this process for most tests, as a real server for those about processes."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from <<cookiecutter.__package>>.app import create_app
from <<cookiecutter.__package>>.settings import PREFIX, Settings

from .process import Server, start_server


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the shell sets, a test sees the defaults."""
    for name in os.environ:
        if name.startswith((PREFIX, "CREDENTIALS_DIRECTORY")):
            monkeypatch.delenv(name)


@pytest.fixture
def client() -> Iterator[TestClient[Litestar]]:
    settings = Settings(openapi=True)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start real servers: `serve(drain_seconds=1)`. Those still running in the end are killed."""
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(start_server(settings))
