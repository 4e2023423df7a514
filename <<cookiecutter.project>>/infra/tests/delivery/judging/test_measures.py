"""What counts as failed, and which alarms clients set off by hanging up."""

from datetime import UTC, datetime, timedelta

import pytest

from delivery.judging import hanging_up
from delivery.judging.hanging_up import only_clients
from delivery.judging.measures import Measures, Period, Readings, summed
from stack import alarms

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
MINUTES = [START + timedelta(minutes=n) for n in range(10)]


def readings(periods: dict[str, list[Period]], own: int = 0) -> Readings:
    """Give minutes that are all alike for the balancer."""
    return Readings(
        60,
        {name: dict(zip(MINUTES, given, strict=False)) for name, given in periods.items()},
        dict.fromkeys(MINUTES, own),
    )


@pytest.mark.parametrize(
    ("period", "own", "failed", "hung_up"),
    [
        (Period(100, answered=100), 0, 0, 0),
        (Period(100, answered=80, broken=20), 0, 20, 0),
        (Period(100, answered=80, broken=5), 15, 20, 0),  # the balancer gave 502 for 15
        (Period(100, answered=80, broken=5), 0, 5, 15),  # nobody gave an answer: nobody waited
        (Period(100, answered=80), 5, 5, 15),
        (Period(100, answered=80), 500, 20, 0),  # those of other fleets are not this one's
        (Period(100, answered=103), 0, 0, 0),  # answers to requests of the minute before
        (Period(), 50, 0, 0),
    ],
)
def test_requests_without_an_answer_failed_as_far_as_the_balancer_did(
    period: Period, own: int, failed: int, hung_up: int
) -> None:
    found = summed([period], own)

    assert (found.failed, found.hung_up) == (failed, hung_up)


def test_a_request_and_its_answer_may_be_in_different_minutes() -> None:
    found = summed([Period(100, answered=90), Period(100, answered=110)], 10)

    assert (found.requests, found.failed, found.hung_up) == (200, 0, 0)


def test_the_p90_is_that_of_most_requests() -> None:
    fast, slow = Period(p90=0.1, timed=100), Period(p90=3.0, timed=100)

    assert summed([fast, fast, slow], 0).p90 == 0.1
    assert summed([slow, fast, slow], 0).p90 == 3.0
    assert summed([fast, Period(p90=3.0, timed=500)], 0).p90 == 3.0
    assert summed([Period(100)], 0).p90 is None


def test_only_the_time_that_is_asked_for_counts() -> None:
    given = readings({"v1": [Period(10)] * 10, "v2": [Period(1)] * 10}, own=2)

    found = given.of(["v1", "v2", "v3"], MINUTES[2], MINUTES[5])

    assert (found.requests, found.failed, found.hung_up) == (33, 6, 27)


HUNG_UP = Period(100, answered=70)
WELL = Period(100, answered=100)
BROKEN = Period(100, answered=70, broken=30)


@pytest.mark.parametrize(
    ("new", "other", "own", "expected"),
    [
        ([HUNG_UP] * 5, [HUNG_UP] * 5, 0, True),
        ([HUNG_UP] * 2 + [WELL] * 3, [HUNG_UP] * 5, 0, False),  # that sets no alarm off
        ([HUNG_UP] * 5, [WELL] * 5, 0, False),  # only on this one: it may not answer
        ([HUNG_UP] * 5, [], 0, False),
        ([HUNG_UP] * 5, [Period(5, answered=2)], 0, False),  # too few to say anything
        ([BROKEN] * 5, [BROKEN] * 5, 0, False),
        ([HUNG_UP] * 5, [HUNG_UP] * 5, 60, False),  # the balancer failed at all of them
        ([WELL] * 5, [WELL] * 5, 0, False),  # set by hand, or by what nobody sees
        ([Period(9, answered=0)] * 5, [Period(900)] * 5, 0, False),
        ([], [], 0, False),
    ],
)
def test_clients_alone_set_an_alarm_off(
    new: list[Period], other: list[Period], own: int, *, expected: bool
) -> None:
    given = readings({"v2": new}, own)

    assert only_clients(given, "v2", START, summed(other, own), 5) is expected


def test_the_alarm_s_numbers_are_those_of_the_stack() -> None:
    args = alarms.AlarmsArgs(
        release_name="v1", fleet_name="orders-dev-v1", balancer_suffix="", target_group_suffix="",
        failed_percent=5, latency_ms=500, topic_arn="", runbooks="", tags={},
    )  # fmt: skip
    [watch] = [each for each in alarms.watches(args) if each.name == hanging_up.WATCH]

    assert hanging_up.LEAST_REQUESTS == alarms.LEAST_REQUESTS
    assert watch.bad == hanging_up.BAD


def test_a_share_of_nothing_is_none() -> None:
    assert Measures().percent(0) == 0
