"""Which alarms stop a rollout, and what they tell."""

import pytest
from bench import BAKE, HOLD, MINUTE, START, Bench, failed

from delivery.deciding.gates import Verdict
from delivery.judging.alarmed import Alarmed


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.mark.parametrize("name", ["failures", "latency", "ours"])
def test_an_alarm_stops_also_when_metrics_cannot_be_read(bench: Bench, name: str) -> None:
    bench.watching.failing = {"get_metric_data"}
    bench.alarm(f"v2-{name}")

    assert failed(bench.look(BAKE, 2)).startswith(f"alarm orders-stage-v2-{name}: It is bad.")


def test_alarms_of_others_are_shown(bench: Bench) -> None:
    bench.alarm("v1-failures")
    bench.alarm("v22-failures")
    bench.alarm("vegetables")
    bench.alarm("v2-latency", StateValue="INSUFFICIENT_DATA")
    bench.alarm("v2-latency", StateValue="OK")

    look = bench.look(BAKE, 7)

    assert look.verdict == Verdict(BAKE, passed=True)
    assert look.alarms == ("orders-stage-v1-failures", "orders-stage-v22-failures")


def test_an_alarm_tells_what_it_saw(bench: Bench) -> None:
    bench.alarm("v2-failures", StateReasonData='{"recentDatapoints": [12.5, 30.25, 8]}')

    assert "v2-failures (at 30.2, from 5): It is bad." in failed(bench.look(BAKE, 2))


@pytest.mark.parametrize("data", ["{}", "[]", "none", '{"recentDatapoints": [null]}'])
def test_an_alarm_may_not_tell_what_it_saw(bench: Bench, data: str) -> None:
    bench.alarm("v2-failures", StateReasonData=data)

    assert "v2-failures: It is bad." in failed(bench.look(BAKE, 2))


def test_an_alarm_that_clients_set_off_stops_nothing(bench: Bench) -> None:
    for minutes in bench.watching.minutes.values():
        minutes["ok"] = 70
    bench.watching.known_until = START - 60 * MINUTE
    assert bench.look(BAKE, 4).verdict is None
    bench.watching.known_until = START + 60 * MINUTE
    bench.alarm("v2-failures", minutes=4)

    look = bench.look(BAKE, 4.5)  # in the same minute, but more has arrived

    assert look.verdict is None
    assert look.alarms == ("orders-stage-v2-failures",)
    assert bench.look(BAKE, 7).verdict == Verdict(BAKE, passed=True)


@pytest.mark.parametrize("watch", ["capacity", "unhealthy"])
def test_an_alarm_of_the_start_may_end(bench: Bench, watch: str) -> None:
    bench.alarm(f"v2-{watch}", minutes=-1)

    assert "the end of alarm" in bench.look(HOLD, 4.9).waits_for
    assert "It is bad" in failed(bench.look(HOLD, 5))


def test_an_alarm_about_requests_stops_though_it_went_off_before(bench: Bench) -> None:
    bench.alarm("v2-failures", minutes=-1)

    assert "It is bad" in failed(bench.look(BAKE, 0))


def test_words_of_an_alarm_have_no_number_alone() -> None:
    alarm = Alarmed("orders-stage-v2-x", "v2", "x", "Bad.", START, value=3.0)

    assert alarm.words == "alarm orders-stage-v2-x: Bad."
