import pytest

from stack.settings import COMMON, NEXT_RELEASE, ROLLOUTS, Settings


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_documented_in_sentences(name: str) -> None:
    text = Settings.model_fields[name].description or ""

    assert text.strip().endswith(".")
    assert text[:1].isupper()


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_settings_that_wait_for_a_release_say_so(name: str) -> None:
    text = " ".join((Settings.model_fields[name].description or "").split())

    assert ("Enters the next release." in text) == (name in NEXT_RELEASE)


def test_common_settings_are_settings() -> None:
    assert set(COMMON) <= Settings.model_fields.keys()


def test_settings_of_rollouts_are_settings_of_each_tier() -> None:
    assert set(ROLLOUTS) <= Settings.model_fields.keys()
    assert not {*ROLLOUTS} & {*COMMON, *NEXT_RELEASE}
