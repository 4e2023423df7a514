"""The platform's programs, run under mocks."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pytest

from tests.cloud.platform_setup import ACCOUNT_PROJECT, TIER_PROJECT, platform_programs
from tests.platform.recorder import REGION, Declaration, declare

# Here and not in a fixture: it opens the way to the programs' packages, which test modules import.
ACCOUNT_PROGRAM, TIER_PROGRAM = platform_programs()

ACCOUNT_DOCUMENT = (
    '{"schema": 1, "account": "123456789012", "artifact_bucket": "slipway-artifacts"}'
)


class Parameters:
    """An SSM client that holds the account's parameter only."""

    def __init__(self, value: str) -> None:
        self._value = value

    def get_parameter(self, Name: str) -> dict[str, Any]:  # noqa: N803  boto3's spelling
        """Answer as SSM does."""
        assert Name == "/platform/account"
        return {"Parameter": {"Value": self._value}}


type Program = Callable[..., Declaration]


@pytest.fixture(scope="session")
def tier() -> Program:
    """Declare a tier; settings as Pulumi hands them over, all texts."""

    def run(
        name: str = "dev", config: Mapping[str, str] | None = None, **settings: str
    ) -> Declaration:
        return _declared(TIER_PROJECT, name, _whole(TIER_PROJECT, config, settings))

    return run


@pytest.fixture(scope="session")
def account() -> Program:
    """Declare an account; settings as Pulumi hands them over, all texts."""

    def run(config: Mapping[str, str] | None = None, **settings: str) -> Declaration:
        return _declared(ACCOUNT_PROJECT, "main", _whole(ACCOUNT_PROJECT, config, settings))

    return run


type _Config = tuple[tuple[str, str], ...]


@cache  # many tests look at the same declaration, which nothing changes
def _declared(project: str, stack: str, config: _Config) -> Declaration:
    programs = {
        ACCOUNT_PROJECT: ACCOUNT_PROGRAM,
        TIER_PROJECT: lambda: TIER_PROGRAM(Parameters(ACCOUNT_DOCUMENT)),
    }
    return declare(programs[project], project, stack, dict(config))


def _whole(project: str, config: Mapping[str, str] | None, settings: Mapping[str, str]) -> _Config:
    own = {f"{project}:{name}": value for name, value in settings.items()}
    return tuple({**({"aws:region": REGION} if config is None else config), **own}.items())
