import pytest
from samples import COMMON, names

from stack import configuration
from stack.configuration import load_settings
from stack.refusal import Refused
from stack.settings import Settings
from stack.tiers import BURST, COLUMNS, DEFAULTS, STEADY, TIERS, defaults


def test_every_tier_has_a_column() -> None:
    assert set(TIERS) <= set(COLUMNS)


def test_every_row_is_a_setting_and_has_every_column() -> None:
    assert DEFAULTS.keys() <= Settings.model_fields.keys()
    assert {len(row) for row in DEFAULTS.values()} == {len(COLUMNS)}


def test_every_setting_without_a_row_has_one_default_or_is_common() -> None:
    bare = {name for name, field in Settings.model_fields.items() if field.is_required()}

    assert bare - DEFAULTS.keys() == {"team", "repository", "architecture"}


@pytest.mark.parametrize("tier", COLUMNS)
@pytest.mark.parametrize("architecture", sorted(STEADY))
def test_the_defaults_of_a_tier_are_settings_that_pass(tier: str, architecture: str) -> None:
    load_settings(names(tier), {**COMMON, "orders:architecture": architecture})


def test_both_kinds_of_machines_are_there_for_the_same_architectures() -> None:
    assert BURST.keys() == STEADY.keys()


def test_prod_never_runs_on_spot_alone_and_dev_always() -> None:
    assert defaults("prod", "arm64")["on_demand_base"] >= 1
    assert defaults("dev", "arm64")["on_demand_base"] == 0
    assert defaults("dev", "arm64")["spot_percent"] == 100


def test_two_tiers_by_changing_one_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "TIERS", ("dev", "prod"))

    assert load_settings(names("prod"), COMMON).protect
    with pytest.raises(Refused, match=r"'stage' is no tier\. The tiers are dev, prod"):
        load_settings(names("stage"), COMMON)
