"""A tier runs no build that the tier before it has not proven."""

import json
from typing import Any

import pytest
from places import Cloud, place, write
from rollouts import rolled
from samples import release_data

from delivery.releases import promoting
from delivery.releases.promoting import check_promotion, previous_tier, promoted
from stack.refusal import Refused

NEW, OLD = f"{2:064x}", f"{1:064x}"  # digests of v2 and v1
BOTH = {"v1": release_data(1), "v2": release_data(2)}


@pytest.fixture(autouse=True)
def four_tiers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try promotion through four tiers, however many the team keeps."""
    monkeypatch.setattr(promoting, "TIERS", ("dev", "test", "stage", "prod"))


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def refused(cloud: Cloud, tier: str = "prod") -> str:
    with pytest.raises(Refused) as caught:
        promoted(place(cloud, tier))
    return str(caught.value)


def test_tiers_follow_one_another() -> None:
    assert [previous_tier(each) for each in ("dev", "test", "stage", "prod")] == [
        None,
        "dev",
        "test",
        "stage",
    ]


def test_what_is_live_in_the_tier_before_is_promoted(cloud: Cloud) -> None:
    write(cloud, "stage", releases=BOTH, weights={"v2": 100})

    assert promoted(place(cloud, "prod")).sha256 == NEW
    check_promotion(place(cloud, "prod"), NEW)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ({}, "stage has no release yet, as s3://artifacts/rollouts/orders/stage.json says."),
        (
            {"releases": BOTH, "weights": {"v1": 50, "v2": 50}},
            "stage: no release has all the traffic: v1 50 %, v2 50 %.",
        ),
    ],
)
def test_what_is_not_proven_is_not_promoted(
    cloud: Cloud, before: dict[str, Any], said: str
) -> None:
    if before:
        write(cloud, "stage", **before)

    assert refused(cloud).startswith(said)


def test_nothing_is_promoted_while_a_rollout_is_under_way(cloud: Cloud) -> None:
    content = rolled({"v1": 100}).world.document.model_dump(mode="json", by_alias=True)
    text = json.dumps({**content, "tier": "stage"})
    cloud.bucket.put("rollouts/orders/stage.json", text.encode())

    assert refused(cloud).startswith("stage: a rollout of v2 is under way, by ann@laptop.")


def test_the_first_tier_has_nothing_to_promote_and_takes_every_build(cloud: Cloud) -> None:
    assert refused(cloud, "dev").startswith("dev is the first tier")
    check_promotion(place(cloud, "dev"), NEW)


def test_a_build_that_is_not_live_before_is_refused_without_a_way_round(cloud: Cloud) -> None:
    write(cloud, "stage", releases=BOTH, weights={"v2": 100})

    with pytest.raises(Refused) as caught:
        check_promotion(place(cloud, "prod"), OLD)

    assert str(caught.value).startswith(
        "Build 000000000000 is not live in stage; 000000000000 is, 1.2.0. Carry it through stage"
    )


def test_the_build_that_the_tier_runs_may_go_out_again_with_other_settings(cloud: Cloud) -> None:
    write(cloud, "stage", releases=BOTH, weights={"v2": 100})
    write(cloud, "prod", weights={"v1": 100})

    check_promotion(place(cloud, "prod"), OLD)
