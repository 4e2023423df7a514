"""The application in this process for most tests, as a real server for those about processes."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from <<cookiecutter.__package>>.app import create_app
from <<cookiecutter.__package>>.settings import BUNDLE, PREFIX, Settings

from .process import Server, start_server
from .routes import ROUTES

type Client = TestClient[Litestar]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the shell sets, a test sees the defaults."""
    for name in os.environ:
        if name.startswith((PREFIX, BUNDLE)):
            monkeypatch.delenv(name)


@pytest.fixture
def connect() -> Iterator[Callable[..., Client]]:
    """Make clients: `connect(body_bytes=10)` has the application with that setting."""
    with ExitStack() as stack:

        def make(**settings: object) -> Client:
            app = create_app(Settings.model_validate(settings))
            for route in ROUTES:
                app.register(route)
            return stack.enter_context(TestClient(app, raise_server_exceptions=False))

        yield make


@pytest.fixture
def client(connect: Callable[..., Client]) -> Client:
    return connect()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Share one real server among the tests that only ask."""
    with start_server({}) as server:
        yield server


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start real servers: `serve(workers=2)`. Those still running in the end are killed."""
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(start_server(settings))
