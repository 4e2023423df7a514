"""The platform's programs, run under mocks."""

from collections.abc import Callable, Mapping
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


@pytest.fixture
def tier() -> Program:
    """Declare a tier; settings as Pulumi hands them over, all texts."""

    def run(
        name: str = "dev", config: Mapping[str, str] | None = None, **settings: str
    ) -> Declaration:
        parameters = Parameters(ACCOUNT_DOCUMENT)
        whole = _whole(TIER_PROJECT, config, settings)
        return declare(lambda: TIER_PROGRAM(parameters), TIER_PROJECT, name, whole)

    return run


@pytest.fixture
def account() -> Program:
    """Declare an account; settings as Pulumi hands them over, all texts."""

    def run(config: Mapping[str, str] | None = None, **settings: str) -> Declaration:
        whole = _whole(ACCOUNT_PROJECT, config, settings)
        return declare(ACCOUNT_PROGRAM, ACCOUNT_PROJECT, "main", whole)

    return run


def _whole(
    project: str, config: Mapping[str, str] | None, settings: Mapping[str, str]
) -> dict[str, str]:
    own = {f"{project}:{name}": value for name, value in settings.items()}
    return {**({"aws:region": REGION} if config is None else config), **own}
