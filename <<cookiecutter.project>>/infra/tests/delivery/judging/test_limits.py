"""When a release is bad: by the tier's limits, by comparison, and never by chance."""

from dataclasses import dataclass
from math import comb

import pytest
import samples

from delivery.judging.chance import UNLIKELY, unlikely_alike, unlikely_within
from delivery.judging.limits import UNCONNECTED, Limits, faults
from delivery.judging.measures import Measures
from stack.alarms import AlarmsArgs, watches

LIMITS = Limits(failed_percent=5, latency_ms=500, least_requests=200)
WELL = Measures(requests=4000, p90=0.1)
NOBODY = Measures()


@dataclass(frozen=True)
class Case:
    """A release, those beside it, and the runbooks of what is wrong with it."""

    name: str
    new: Measures
    others: Measures = WELL
    early: tuple[str, ...] = ()
    late: tuple[str, ...] = ()


FAILURES = ("failures",)
CASES = [
    Case("well", Measures(1000, p90=0.1)),
    Case("nobody asks", NOBODY),
    Case("at the limit", Measures(200, failed=10), NOBODY, late=FAILURES),
    Case("below the limit", Measures(200, failed=9), NOBODY),
    Case("far above it", Measures(200, failed=40), NOBODY, FAILURES, FAILURES),
    Case("few requests, few of them failed", Measures(3, failed=1), NOBODY),
    Case("few requests, all of them failed", Measures(5, failed=5), NOBODY, FAILURES, FAILURES),
    Case("above the limit, as all are", Measures(1000, failed=60), Measures(1000, failed=60),
         late=FAILURES),
    Case("clearly worse than the others", Measures(1000, failed=20), WELL, FAILURES, FAILURES),
    Case("worse by chance", Measures(200, failed=2), WELL),
    Case("surely worse, but hardly", Measures(10**6, failed=5000), Measures(10**6, failed=4000)),
    Case("better than the others", Measures(1000, failed=10), Measures(4000, failed=160)),
    Case("all are hung up on", Measures(1000, hung_up=300), Measures(4000, hung_up=1200)),
    Case("it alone is hung up on", Measures(1000, hung_up=300), WELL, FAILURES, FAILURES),
    Case("hung up on, and nobody to compare with", Measures(1000, hung_up=300), NOBODY),
    Case("slow", Measures(1000, p90=0.5), WELL, late=("latency",)),
    Case("slow, and alone", Measures(1000, p90=0.5), NOBODY, late=("latency",)),
    Case("slow, as all are", Measures(1000, p90=0.5), Measures(4000, p90=0.48)),
    Case("slower, but within the limit", Measures(1000, p90=0.49), WELL),
    Case("slow for a few", Measures(100, p90=0.9), WELL),
    Case("cannot be reached", Measures(1000, unconnected=50), WELL, late=("connections",)),
    Case("an instance ended", Measures(1000, unconnected=49), WELL),
    Case("nobody can be reached", Measures(1000, unconnected=50), Measures(1000, unconnected=50)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("over", [False, True])
def test_what_is_wrong(case: Case, *, over: bool) -> None:
    found = faults("v2", case.new, case.others, LIMITS, minutes=10, over=over)

    assert tuple(each.watch for each in found) == (case.late if over else case.early)


def test_words_have_the_numbers() -> None:
    bad = Measures(1000, failed=120, hung_up=200, unconnected=300, p90=1.25)

    found = [each.words for each in faults("v2", bad, WELL, LIMITS, minutes=10, over=True)]

    assert found == [
        "v2 fails 12 % of its requests (120 of 1000); 5 % is the limit",
        "clients hang up on 20 % of v2's requests, on 0 % of the others'",
        "one in ten of v2's requests takes 1250 ms or longer, the others 100; 500 ms is the limit",
        "the balancer could not connect to v2 300 times in 10 minutes",
    ]


def test_connections_have_the_alarm_s_limit() -> None:
    given = AlarmsArgs(
        release_name="v1", fleet_name=samples.names().fleet("v1"), balancer_suffix="",
        target_group_suffix="", failed_percent=5, latency_ms=500, topic_arn="", runbooks="",
        tags={},
    )  # fmt: skip

    assert [each.threshold for each in watches(given) if each.name == "connections"] == [
        UNCONNECTED
    ]


def binomial(bad: int, total: int, share: float) -> float:
    return sum(
        comb(total, n) * share**n * (1 - share) ** (total - n) for n in range(bad, total + 1)
    )


def hypergeometric(bad: int, total: int, other_bad: int, other_total: int) -> float:
    everyone, all_bad = total + other_total, bad + other_bad
    ways = sum(
        comb(all_bad, n) * comb(everyone - all_bad, total - n)
        for n in range(bad, min(all_bad, total) + 1)
    )
    return ways / comb(everyone, total)


@pytest.mark.parametrize("total", [1, 7, 60, 200])
@pytest.mark.parametrize("share", [0.01, 0.05, 0.2, 1.0])
def test_chance_within_a_share_is_the_exact_one(total: int, share: float) -> None:
    for bad in range(total + 1):
        expected = bad > total * share and binomial(bad, total, share) < UNLIKELY
        assert unlikely_within(bad, total, share) == expected, bad


@pytest.mark.parametrize("total", [1, 30, 120])
@pytest.mark.parametrize(("other_bad", "other_total"), [(0, 0), (0, 40), (3, 40), (40, 40)])
def test_chance_of_two_shares_is_the_exact_one(
    total: int, other_bad: int, other_total: int
) -> None:
    for bad in range(total + 1):
        more = bool(other_total) and bad * other_total > other_bad * total
        expected = more and hypergeometric(bad, total, other_bad, other_total) < UNLIKELY
        assert unlikely_alike(bad, total, other_bad, other_total) == expected, bad


def test_chance_takes_millions() -> None:
    assert unlikely_alike(21_000, 1_000_000, 20_000, 1_000_000)
    assert not unlikely_alike(20_100, 1_000_000, 20_000, 1_000_000)
