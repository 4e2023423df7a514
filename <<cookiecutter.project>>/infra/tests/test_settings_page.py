import pytest
import yaml
from samples import settings

from stack import settings_page
from stack.guardrails import NAMES
from stack.names import Names
from stack.settings import Settings
from stack.settings_page import INFRA, PAGE, effective, page, settings_of
from stack.tiers import TIERS

PROJECT = yaml.safe_load((INFRA / "Pulumi.yaml").read_text())
in_a_project = pytest.mark.skipif("<" in PROJECT["name"], reason="this is the template, unbaked")


def test_the_page_is_as_the_settings_are() -> None:
    assert PAGE.read_text() == page(), "write it anew: python -m stack.settings_page --write"


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_has_its_place_on_the_page(name: str) -> None:
    assert page().count(f"### `{name}`\n") == 1


@in_a_project
@pytest.mark.parametrize("tier", TIERS)
def test_the_project_s_own_files_are_right(tier: str) -> None:
    assert settings_of(tier).team == PROJECT["config"]["team"]["value"]


@in_a_project
@pytest.mark.parametrize("tier", TIERS)
def test_every_tier_has_a_file_that_says_its_region(tier: str) -> None:
    names = Names(PROJECT["name"], tier)

    written = yaml.safe_load((INFRA / names.settings_file).read_text())
    assert written["config"]["aws:region"]


def test_bounds_are_on_the_page() -> None:
    text = page()

    assert "From 10 to 90." in text
    assert "One of arm64, x86_64." in text


@pytest.mark.parametrize("name", NAMES)
def test_every_guardrail_is_on_the_page(name: str) -> None:
    assert page().count(f"| `{name}` | ") == 1


def test_effective_settings_are_a_column_per_tier(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_page, "settings_of", settings)

    lines = effective().splitlines()

    assert lines[0].split() == list(TIERS)
    [sizes] = [line.split() for line in lines if line.startswith("max_size ")]
    assert sizes == ["max_size", *(str(settings(tier).max_size) for tier in TIERS)]
