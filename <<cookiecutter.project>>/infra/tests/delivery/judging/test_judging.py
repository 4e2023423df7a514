"""What a release with traffic looks like to who judges it, also when AWS does not answer."""

from datetime import timedelta

import pytest
from bench import BAKE, HOLD, MINUTE, START, Bench, failed

from delivery.deciding.gates import Acted, Bake, Gate, Verdict
from delivery.document.record import changed
from delivery.driving.events import Measured
from delivery.judging.judging import Look


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_gate_of_actions_passes(bench: Bench) -> None:
    assert bench.look(Acted("adding"), 0).verdict == Verdict(Acted("adding"), passed=True)


def test_a_bake_passes_two_minutes_after_its_end(bench: Bench) -> None:
    for minutes in (0, 0.5, 3, 5, 6.9):
        assert bench.look(BAKE, minutes).verdict is None

    look = bench.look(BAKE, 7)

    assert look.verdict == Verdict(BAKE, passed=True)
    assert look.measured == {"v2": Measured(500, 0, 100), "v1": Measured(500, 0, 100)}


def test_metrics_are_read_once_a_minute(bench: Bench) -> None:
    for seconds in range(0, 120, 10):
        bench.look(BAKE, seconds / 60)

    assert bench.watching.asked.count("get_metric_data") == 2


def test_a_bake_waits_for_minutes_that_are_late_and_then_fails(bench: Bench) -> None:
    bench.watching.known_until = START + 4 * MINUTE

    for minutes in (7, 11.9):
        assert bench.look(BAKE, minutes).verdict is None
        assert "nothing of v2's last minutes" in bench.look(BAKE, minutes).waits_for

    assert "for 5 minutes the gate could not be read" in failed(bench.look(BAKE, 12))


def test_late_minutes_that_come_are_judged(bench: Bench) -> None:
    bench.watching.known_until = START + 4 * MINUTE
    assert bench.look(BAKE, 7).verdict is None
    bench.watching.known_until = START + 60 * MINUTE

    assert bench.look(BAKE, 8).verdict == Verdict(BAKE, passed=True)


def test_a_long_bake_is_read_in_longer_periods(bench: Bench) -> None:
    days = Bake("v2", ("v1",), START, START + timedelta(days=3), START + timedelta(days=3), 100,
                pass_quiet=True)  # fmt: skip

    assert bench.look(days, 3 * 24 * 60 + 1).verdict is None
    assert bench.look(days, 3 * 24 * 60 + 2).verdict == Verdict(days, passed=True)


@pytest.mark.parametrize("what", ["get_metric_data", "describe_alarms"])
@pytest.mark.parametrize("gate", [BAKE, HOLD], ids=["bake", "hold"])
def test_what_cannot_be_read_passes_nothing(bench: Bench, gate: Gate, what: str) -> None:
    bench.watching.failing = {what}

    assert "AccessDenied" in bench.look(gate, 10).waits_for
    assert bench.look(gate, 14.9).verdict is None
    assert "not allowed" in failed(bench.look(gate, 15))


def test_trouble_that_ends_is_forgotten(bench: Bench) -> None:
    bench.watching.failing = {"describe_alarms"}
    bench.look(BAKE, 0)
    bench.watching.failing = set()
    bench.look(BAKE, 4)
    bench.watching.failing = {"describe_alarms"}

    assert bench.look(BAKE, 5).verdict is None
    assert bench.look(BAKE, 10).verdict is not None


def test_a_part_of_the_metrics_is_no_answer(bench: Bench) -> None:
    bench.watching.status = "InternalError"

    assert "InternalError" in bench.look(BAKE, 10).waits_for


def test_a_fleet_with_nobody_healthy_fails_at_once(bench: Bench) -> None:
    bench.healthy["v2"] = 0

    assert failed(bench.look(HOLD, 1)) == "v2: 0 of 1 healthy"


def test_a_fleet_below_its_floor_does_not_pass_and_later_fails(bench: Bench) -> None:
    bench.document = changed(bench.document, floors={"v2": 2})
    bench.healthy["v2"] = 1

    assert bench.look(BAKE, 14.9) == Look(measured=bench.look(BAKE, 14.9).measured,
                                          waits_for="v2: 1 of 2 healthy")  # fmt: skip
    assert failed(bench.look(BAKE, 15)) == "v2: 1 of 2 healthy"


def test_a_held_split_passes_with_time(bench: Bench) -> None:
    assert bench.look(HOLD, 4.9).verdict is None

    look = bench.look(HOLD, 5)

    assert look.verdict == Verdict(HOLD, passed=True)
    assert look.measured["v2"].requests == 300


def test_a_fault_has_its_runbook_once(bench: Bench) -> None:
    bench.watching.minutes["v2"] |= {"ok": 60, "broken": 40}
    assert failed(bench.look(BAKE, 3)) == (
        "v2 fails 40 % of its requests (40 of 100); 5 % is the limit. "
        "Runbook: https://wiki/runbooks/failures.md"
    )
    bench.alarm("v2-failures")

    assert failed(bench.look(BAKE, 4)) == (
        "alarm orders-stage-v2-failures: It is bad. Runbook: https://wiki/runbooks/x.md; "
        "v2 fails 40 % of its requests (80 of 200); 5 % is the limit"
    )
