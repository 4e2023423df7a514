from pathlib import Path

import pytest
import yaml
from sample_prices import sample
from samples import settings

from stack import costs_page
from stack.costs import PARTS
from stack.costs_page import BEGIN, PAGE, main, now, page
from stack.refusal import Refused
from stack.settings import Settings
from stack.settings_page import INFRA
from stack.tiers import COLUMNS

PROJECT = yaml.safe_load((INFRA / "Pulumi.yaml").read_text())
in_a_project = pytest.mark.skipif("<" in PROJECT["name"], reason="this is the template, unbaked")


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Have tiers as nobody changed them, in the region of the prices, which are round."""
    places = dict.fromkeys(COLUMNS, "eu-west-1")
    monkeypatch.setattr(costs_page, "TIERS", COLUMNS)  # also where a team runs fewer
    monkeypatch.setattr(costs_page, "read_prices", sample)
    monkeypatch.setattr(costs_page, "settings_of", settings)
    monkeypatch.setattr(costs_page, "regions", lambda: places)
    return places


def row(text: str, name: str) -> str:
    [line] = [line for line in text.splitlines() if line.startswith(name)]
    return line


def test_the_table_on_the_page_is_as_it_is_computed() -> None:
    text = PAGE.read_text()

    assert text == page(text), "write it anew: python -m stack.costs_page --write"


def test_the_page_has_every_part_for_both_architectures() -> None:
    lines = PAGE.read_text().partition(BEGIN)[2].splitlines()
    first = [line.split("|")[1].strip() for line in lines if line.startswith("| ")]

    assert first[0] == ""
    instances = ["instances, arm64", "instances, x86_64"]
    totals = ["total, arm64", "total, x86_64"]
    beside = ["each million requests", "NAT gateways (shared)"]
    assert first[2:] == [*instances, *PARTS[1:], *totals, *beside]
    assert lines[2].split("|")[2:-1] == [f" {tier} " for tier in COLUMNS]


def test_a_page_without_a_place_for_the_table_is_refused() -> None:
    with pytest.raises(Refused, match="it has no <!-- costs: begin -->"):
        page("# Architecture\n")


@pytest.mark.usefixtures("here")
def test_every_tier_has_a_column() -> None:
    text = now()

    assert text.splitlines()[0].split() == list(COLUMNS)
    assert row(text, "web firewall").split()[2:] == ["-", "-", "14.00", "14.00"]
    assert "205.00 to 323.30" in row(text, "total")  # of stage, see test_costs.py
    assert "USD for 730 hours, by list prices of eu-west-1 on 2026-01-31" in text
    assert "NOT YOUR PRICES" not in text
    assert "Not from a list or bill of AWS: firewall_month, firewall_rule_month, " in text


@pytest.mark.usefixtures("here")
def test_a_part_that_no_tier_has_gets_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(costs_page, "settings_of", lambda tier: settings(tier, waf="false"))

    assert "web firewall" not in now().partition("USD for")[0]


def test_another_region_is_said(here: dict[str, str]) -> None:
    here["prod"] = "us-east-1"

    assert "NOT YOUR PRICES: prod in us-east-1, where AWS asks for others." in now()


@pytest.mark.usefixtures("here")
def test_types_without_a_price_are_one_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def other(tier: str) -> Settings:
        return settings(tier, instance_types='["c7g.large"]')

    monkeypatch.setattr(costs_page, "settings_of", other)

    told = main([])

    assert told.startswith("error: infra/prices.toml: it has no price of c7g.large, which dev uses")
    assert told.count("c7g.large") == len(COLUMNS)
    assert capsys.readouterr().out == ""


def test_the_table_is_written_into_the_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "architecture.md"
    file.write_text(PAGE.read_text().replace("total, arm64", "total, old"))
    monkeypatch.setattr(costs_page, "PAGE", file)

    assert main(["--write"]) == 0
    assert file.read_text() == PAGE.read_text()


@in_a_project
def test_the_project_s_own_tiers_have_a_bill(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "total" in capsys.readouterr().out
