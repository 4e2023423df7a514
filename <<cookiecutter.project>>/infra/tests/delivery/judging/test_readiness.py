"""What fleets look like to who judges whether they are ready for traffic, or for more of it."""

import pytest
import samples
from bench import MINUTE, START, Bench, failed
from rollouts import canary

from delivery.deciding.gates import Ready, Verdict
from delivery.document.record import Sizes, changed

READY = Ready((("v1", 2), ("v2", 2)), START + 5 * MINUTE, "v2")


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_fleets_that_are_healthy_and_answer_are_ready(bench: Bench) -> None:
    assert bench.look(READY, 0).verdict == Verdict(READY, passed=True)
    assert bench.asked == ["lb.aws/readyz", "lb.aws/v1/"] * 3


def test_a_fleet_that_is_half_made_has_nobody_healthy(bench: Bench) -> None:
    bench.healthy = {"v1": 2}

    assert bench.look(READY, 0).waits_for == "v2: 0 of 2 healthy"
    assert bench.asked == []


def test_a_release_that_answers_wrong_fails_when_its_time_is_over(bench: Bench) -> None:
    bench.status = 503

    assert bench.look(READY, 4.9).waits_for.startswith("the right answer: http://lb.aws/readyz")
    assert "was answered 503" in failed(bench.look(READY, 5))


def test_who_may_not_reach_the_tier_is_told_so(bench: Bench) -> None:
    bench.settings = samples.settings("stage", allowed_networks='["198.51.100.0/24"]')
    bench.status = 403

    assert "allowed_networks must have the address" in failed(bench.look(READY, 5))


def test_nobody_is_asked_during_maintenance(bench: Bench) -> None:
    page = samples.document("stage", maintenance={"text": "Back soon", "token": "a" * 32})
    bench.document = changed(bench.document, maintenance=page.maintenance)
    bench.status = 503

    assert bench.look(READY, 0).verdict == Verdict(READY, passed=True)


def test_a_tier_without_a_balancer_cannot_be_asked(bench: Bench) -> None:
    bench.live.addresses.balancer = None

    assert "The tier has no balancer" in bench.look(READY, 0).waits_for


@pytest.mark.parametrize("weight", [0, 5])
def test_alarms_of_a_release_count_once_it_has_traffic(bench: Bench, weight: int) -> None:
    begin(bench)
    bench.weights = {"v1": 100 - weight, **({"v2": weight} if weight else {})}
    bench.alarm("v2-latency")

    look = bench.look(READY, 0)

    assert look.verdict is not None
    assert look.verdict.passed is not bool(weight)


def test_a_fleet_that_grows_slowly_has_its_time(bench: Bench) -> None:
    begin(bench)
    bench.alarm("v2-capacity")
    bench.healthy["v2"] = 1

    assert bench.look(READY, 0).waits_for == "v2: 1 of 2 healthy"


def test_clients_that_hang_up_do_no_harm_between_two_shifts(bench: Bench) -> None:
    begin(bench)
    bench.alarm("v2-failures")
    for minutes in bench.watching.minutes.values():
        minutes["ok"] = 70
    assert bench.look(READY, 0).verdict == Verdict(READY, passed=True)

    bench.watching.minutes["v1"]["ok"] = 100

    assert "It is bad" in failed(bench.look(READY, 1))


def begin(bench: Bench) -> None:
    """Let a rollout of v2 be under way."""
    rollout = canary(bench.document.releases, Sizes(min_size=2, max_size=4), START)
    bench.document = changed(bench.document, rollout=rollout)
