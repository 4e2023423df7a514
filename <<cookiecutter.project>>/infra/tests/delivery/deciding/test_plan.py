"""Which movements of traffic each tier's settings mean, and what a policy takes from them."""

from datetime import UTC, datetime

import pytest
from samples import settings

from delivery.deciding.observed import Policy
from delivery.deciding.plan import shared, shifts
from delivery.deciding.policy import policy_of
from delivery.document.record import Sizes, Strategy
from stack.tiers import COLUMNS

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def moved(strategy: Strategy, tier: str, start: dict[str, int], **changes: str) -> list[str]:
    """Write the movements of the next release as lines: its share, and how long it is watched."""
    planned = shifts(strategy, settings(tier, **changes), start, "v2")
    return [f"{each.weights['v2']} % {each.bake_seconds // 60} min" for each in planned]


@pytest.mark.parametrize(
    ("tier", "steps"),
    [
        ("dev", ["50 % 1 min", "100 % 1 min"]),
        ("test", ["25 % 2 min", "100 % 2 min"]),
        ("stage", ["5 % 5 min", "50 % 5 min", "100 % 5 min"]),
        ("prod", ["5 % 10 min", "25 % 10 min", "50 % 10 min", "100 % 15 min"]),
    ],
)
def test_a_canary_has_the_steps_of_its_tier(tier: str, steps: list[str]) -> None:
    assert moved("canary", tier, {"v1": 100}) == steps


def test_a_team_sets_other_steps() -> None:
    own = {"canary_percents": "[1, 10]", "canary_minutes": "30", "standby_minutes": "60"}

    assert moved("canary", "prod", {"v1": 100}, **own) == [
        "1 % 30 min",
        "10 % 30 min",
        "100 % 60 min",
    ]
    assert moved("blue-green", "prod", {"v1": 100}, **own) == ["100 % 60 min"]


@pytest.mark.parametrize("tier", COLUMNS)
def test_the_other_strategies_are_one_movement(tier: str) -> None:
    minutes = settings(tier).standby_minutes

    assert moved("blue-green", tier, {"v1": 100}) == [f"100 % {minutes} min"]
    assert moved("all-at-once", tier, {"v1": 100}) == ["100 % 0 min"]


def test_the_first_release_has_nobody_to_share_with() -> None:
    assert moved("canary", "prod", {}) == ["100 % 15 min"]


def test_a_release_that_has_a_share_begins_above_it() -> None:
    assert moved("canary", "prod", {"v1": 75, "v2": 25}) == ["50 % 10 min", "100 % 15 min"]


def test_a_split_says_its_own_shares() -> None:
    with pytest.raises(ValueError, match="its own shares"):
        moved("split", "prod", {"v1": 100})


def test_the_others_keep_their_proportions() -> None:
    start = {"v1": 60, "v2": 40}

    assert shared(start, "v3", 5) == {"v1": 57, "v2": 38, "v3": 5}
    assert shared(start, "v2", 70) == {"v1": 30, "v2": 70}
    assert shared({"v1": 97, "v2": 2, "v3": 1}, "v4", 50) == {"v1": 49, "v2": 1, "v4": 50}
    assert shared(start, "v3", 100) == {"v3": 100}


def test_a_policy_is_what_settings_and_hour_say() -> None:
    changes = {"quiet_minutes": "20", "pass_quiet": "false"}

    assert policy_of(settings("prod", **changes), NOON) == Policy(
        scheduled=Sizes(min_size=3, max_size=12),
        max_size=12,
        ready_seconds=900,
        least_requests=200,
        quiet_seconds=1200,
        pass_quiet=False,
        attended_seconds=1800,
    )


@pytest.mark.parametrize("tier", COLUMNS)
def test_a_tier_asks_for_as_many_requests_as_show_four_failures(tier: str) -> None:
    """As the comment in tiers.py says."""
    own = settings(tier)

    assert own.least_requests * own.failed_percent == 4 * 100
