"""What a gate looks like to who judges it, when AWS answers, and when it does not."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
import samples
from botocore.exceptions import ClientError
from fake_account import FakeAccount

from delivery.deciding.gates import Acted, Bake, Gate, Hold, Ready, Verdict
from delivery.deciding.observed import Fleet, Observed
from delivery.document.record import Rollout, Shift, Sizes, Start, changed
from delivery.driving.events import Measured
from delivery.judging.alarmed import Alarmed
from delivery.judging.judging import Judge, Look
from delivery.judging.probe import Answer, Target
from delivery.judging.reading import COUNTED
from delivery.live.addresses import Balancer
from delivery.live.calling import Caller
from stack.document import Document

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NAMES = samples.names("stage")
TARGETS = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders-stage-{}/1"
BAKE = Bake("v2", ("v1",), START, START + 5 * MINUTE, START + 15 * MINUTE, 100, pass_quiet=True)
HOLD = Hold("v2", START, START + 5 * MINUTE)
READY = Ready((("v1", 2), ("v2", 2)), START + 5 * MINUTE, "v2")


class CloudWatch:
    """Has alarms, and for each minute of a fleet the same numbers."""

    def __init__(self) -> None:
        self.alarms: list[dict[str, Any]] = []
        self.minutes: dict[str, dict[str, float]] = {
            release: {"requests": 100, "ok": 100, "p90": 0.1, "timed": 100, "healthy": 2}
            for release in ("v1", "v2")
        }
        self.known_until = START + timedelta(days=99)
        self.failing: set[str] = set()
        self.status = "Complete"
        self.asked: list[str] = []

    def get_paginator(self, name: str) -> "CloudWatch":
        """Give what answers in pages."""
        self._name = name
        return self

    def paginate(self, **given: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 as boto3's
        """Answer in one page; metrics in two."""
        self.asked.append(self._name)
        if self._name in self.failing:
            refused = {"Error": {"Code": "AccessDenied", "Message": "not allowed"}}
            raise ClientError(cast("Any", refused), self._name)
        if self._name == "describe_alarms":
            yield {"MetricAlarms": self.alarms[:1]}
            yield {"MetricAlarms": self.alarms[1:], "CompositeAlarms": []}
            return
        start, end = given["StartTime"], given["EndTime"]
        assert start < end
        queries = given["MetricDataQueries"]
        middle = max(start, end - 4 * MINUTE)
        yield {"MetricDataResults": [self._points(each, start, middle) for each in queries]}
        yield {"MetricDataResults": [self._points(each, middle, end) for each in queries]}

    def _points(self, query: dict[str, Any], start: datetime, end: datetime) -> dict[str, Any]:
        asked = query["MetricStat"]
        step = timedelta(seconds=asked["Period"])
        dimensions = {each["Name"]: each["Value"] for each in asked["Metric"]["Dimensions"]}
        release = dimensions.get("TargetGroup", "").removesuffix("/1").rpartition("-")[2]
        kinds = {metric: key for key, metric in COUNTED.items()}
        key = kinds.get((asked["Metric"]["MetricName"], asked["Stat"]))
        value = self.minutes.get(release, {}).get(key or "")
        moments = []
        at = datetime.fromtimestamp(-(-start.timestamp() // step.seconds) * step.seconds, UTC)
        while value is not None and at < min(end, self.known_until):
            moments.append(at)
            at += step
        values = [value] * len(moments)
        return {
            "Id": query["Id"], "Timestamps": moments, "Values": values, "StatusCode": self.status,
        }  # fmt: skip


class Account(FakeAccount):
    """An account with this CloudWatch."""

    def __init__(self, watching: CloudWatch) -> None:
        super().__init__()
        self._watching = watching

    def client(self, service: str, tries: int | None = None) -> Any:  # noqa: ANN401, ARG002 as boto3's
        """Give the client."""
        assert service == "cloudwatch"
        return self._watching


class Addresses:
    """A balancer and its target groups."""

    balancer: Balancer | None = Balancer("arn:aws:x:loadbalancer/app/orders-stage/1", "l", "lb.aws")

    def target_groups(self, releases: list[str]) -> dict[str, str]:
        """Give their ARNs."""
        return {each: TARGETS.format(each) for each in releases}


class Bench:
    """A judge, and all that it looks at."""

    def __init__(self) -> None:
        self.watching = CloudWatch()
        self.live = SimpleNamespace(
            names=NAMES,
            account=Account(self.watching),
            addresses=Addresses(),
            call=Caller("eu-west-1", lambda _: None),
        )
        self.document = samples.document("stage", releases=RELEASES, weights={"v1": 75, "v2": 25})
        self.settings = samples.settings("stage", runbooks="https://wiki/runbooks")
        self.asked: list[str] = []
        self.status = 200
        self.weights: Mapping[str, int] = {"v1": 75, "v2": 25}
        self.healthy = {"v1": 2, "v2": 2}
        self._judge: Judge | None = None

    def look(self, gate: Gate, minutes: float) -> Look:
        """Look, so many minutes after the start."""
        if self._judge is None:
            self._judge = Judge(
                cast("Any", self.live),
                self.settings,
                samples.contract("stage"),
                lambda: self.document,
                ask=self._ask,
            )
        fleets = {name: Fleet(desired=2, healthy=each) for name, each in self.healthy.items()}
        return self._judge.look(gate, Observed(START + minutes * MINUTE, self.weights, fleets))

    def _ask(self, target: Target, path: str, headers: Mapping[str, str]) -> Answer:
        self.asked.append(target.address + path)
        return Answer(self.status, {"x-request-id": headers["X-Request-Id"]})

    def alarm(self, name: str, *, minutes: float = 1, **changes: Any) -> None:  # noqa: ANN401 of any kind
        """Let an alarm go off."""
        since = START + minutes * MINUTE
        self.watching.alarms.append(
            {
                "AlarmName": f"orders-stage-{name}",
                "StateValue": "ALARM",
                "AlarmDescription": "It is bad. Runbook: https://wiki/runbooks/x.md",
                "StateUpdatedTimestamp": since,
                "StateTransitionedTimestamp": since,
                "Threshold": 5.0,
                **changes,
            }
        )


RELEASES = {"v1": samples.release_data(1), "v2": samples.release_data(2)}


@pytest.fixture
def bench() -> Bench:
    return Bench()


def failed(look: Look) -> str:
    """Give the reason of a failure."""
    assert look.verdict is not None
    assert not look.verdict.passed
    return look.verdict.reason


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


# Before traffic


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
    bench.document = changed(bench.document, rollout=rollout(bench.document))
    bench.weights = {"v1": 100 - weight, **({"v2": weight} if weight else {})}
    bench.alarm("v2-latency")

    look = bench.look(READY, 0)

    assert look.verdict is not None
    assert look.verdict.passed is not bool(weight)


def test_a_fleet_that_grows_slowly_has_its_time(bench: Bench) -> None:
    bench.document = changed(bench.document, rollout=rollout(bench.document))
    bench.alarm("v2-capacity")
    bench.healthy["v2"] = 1

    assert bench.look(READY, 0).waits_for == "v2: 1 of 2 healthy"


def test_clients_that_hang_up_do_no_harm_between_two_shifts(bench: Bench) -> None:
    bench.document = changed(bench.document, rollout=rollout(bench.document))
    bench.alarm("v2-failures")
    for minutes in bench.watching.minutes.values():
        minutes["ok"] = 70
    assert bench.look(READY, 0).verdict == Verdict(READY, passed=True)

    bench.watching.minutes["v1"]["ok"] = 100

    assert "It is bad" in failed(bench.look(READY, 1))


def rollout(document: Document) -> Rollout:
    """Give a rollout of v2."""
    sizes = Sizes(min_size=2, max_size=4)
    return Rollout(
        strategy="canary",
        release="v2",
        shifts=(Shift(weights={"v2": 100}, bake_seconds=60),),
        start=Start(
            releases=document.releases,
            weights={"v1": 100},
            floors={},
            sizes={"v1": sizes},
            scheduled=sizes,
        ),
        since=START,
        started=START,
        who="a person",
        why="a test",
    )


def test_words_of_an_alarm_have_no_number_alone() -> None:
    alarm = Alarmed("orders-stage-v2-x", "v2", "x", "Bad.", START, value=3.0)

    assert alarm.words == "alarm orders-stage-v2-x: Bad."
