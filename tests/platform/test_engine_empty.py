"""The platform on the real engine, from nothing: what is refused, in which words."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pulumi.automation.errors import CommandError

from tests.platform.stacks import Platform, running_platform, what_stands

pytestmark = [pytest.mark.engine, pytest.mark.slow]


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Platform]:
    """A cloud of this test's own, with nothing on it."""
    with running_platform(tmp_path) as made:
        yield made


def test_wrong_setting_is_said_plainly_and_makes_nothing(empty: Platform) -> None:
    with pytest.raises(CommandError) as caught:
        empty.account(prefixx="acme").up()
    words = str(caught.value)
    assert (
        "platform-account:prefixx is not a setting; did you mean platform-account:prefix?" in words
    )
    assert "Traceback" not in words
    assert not any(what_stands(empty.cloud).values())


def test_tier_without_its_account_says_what_to_do(empty: Platform) -> None:
    with pytest.raises(CommandError) as caught:
        empty.tier("dev").up()
    words = str(caught.value)
    assert "parameter /platform/account does not exist; bring up infra/account" in words
    assert "Traceback" not in words
    assert not any(what_stands(empty.cloud).values())


def test_contract_written_by_hand_is_not_overwritten(empty: Platform) -> None:
    ssm = empty.cloud.client("ssm")
    ssm.put_parameter(Name="/platform/account", Type="String", Value="by hand")
    with pytest.raises(CommandError, match="ParameterAlreadyExists"):
        empty.account().up()
    assert ssm.get_parameter(Name="/platform/account")["Parameter"]["Value"] == "by hand"
