"""The platform on the real engine, from nothing: what is refused, and that all goes again."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from pulumi.automation.errors import CommandError

from tests.platform.stacks import Platform, in_parallel, running_platform, what_stands

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.xdist_group("platform-empty"),
    # When a run fails, the engine leaves an inline program in the middle of its event loop.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Platform]:
    """A cloud of this test's own, with nothing on it."""
    with running_platform(tmp_path) as made:
        yield made
    gc.collect()  # here, where what a failed run left is expected, and not in a later test


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


def test_everything_goes_when_protection_is_lifted(empty: Platform) -> None:
    tiers = ("dev", "prod")
    empty.set_up(tiers)
    # A log that lies there must not keep the tier from going.
    [bucket] = [one for one in what_stands(empty.cloud)["buckets"] if "-logs-prod-" in one]
    empty.cloud.client("s3").put_object(Bucket=bucket, Key="orders/AWSLogs/log", Body=b"GET /")

    def down(tier: str) -> None:
        empty.tier(tier, protect="false").up()
        empty.tier(tier, protect="false").destroy()

    in_parallel(down, tiers)
    empty.account(protect="false").up()
    empty.account(protect="false").destroy()
    assert {kind: found for kind, found in what_stands(empty.cloud).items() if found} == {}
