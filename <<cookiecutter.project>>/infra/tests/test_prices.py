from pathlib import Path

import pytest
from sample_prices import TEXT, sample

from stack.prices import read_prices
from stack.refusal import Refused


def refusal(text: str, folder: Path) -> str:
    file = folder / "prices.toml"
    file.write_text(text)
    with pytest.raises(Refused) as refused:
        read_prices(file)
    return str(refused.value)


def test_the_project_s_own_file_is_right() -> None:
    prices = read_prices()

    assert prices.region
    assert prices.date.year >= 2026


def test_what_was_seen_nowhere_is_known() -> None:
    assert sample().unseen == ["firewall_month", "firewall_rule_month", "firewall_million_requests"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("[prices.nat_hour]", "[prices.nat_hours]", "prices.nat_hour is missing."),
        ("[prices.nat_hour]", "[prices.nat_hours]", "nat_hours is not known; did you mean"),
        ("usd = 0.02\n", "usd = -1\n", "prices.balancer_hour.usd is -1; it must be greater than 0"),
        ("share = 0.5", "share = 50", "spot.share is 50; it must be less than or equal to 1"),
        ('"m7g.large"', '"m7g-large"', "m7g-large"),
        ("[platform.dev]", "[platform.lab]", "it must have the tiers dev, test, stage, prod"),
        (
            "https://aws.amazon.com/out_gb",
            "https://example.com/out",
            "address of an AWS pricing page",
        ),
        ("[spot]", "[spot", "infra/prices.toml: it is not TOML"),
    ],
)
def test_what_is_wrong_is_said(before: str, after: str, said: str, tmp_path: Path) -> None:
    assert before in TEXT

    told = refusal(TEXT.replace(before, after), tmp_path)

    assert said in told
    assert all(line.startswith("infra/prices.toml: ") for line in told.splitlines())


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    told = refusal(TEXT.replace("usd = 6.0", "usd = 0").replace("zones = 3", "zones = 1"), tmp_path)

    assert len(told.splitlines()) == 2
