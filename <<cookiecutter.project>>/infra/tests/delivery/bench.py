"""A bench on which gates are judged: the judge, and all that it looks at on AWS."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import samples
from botocore.exceptions import ClientError
from fake_account import FakeAccount

from delivery.deciding.gates import Bake, Gate, Hold
from delivery.deciding.observed import Fleet, Observed
from delivery.judging.judging import Judge, Look
from delivery.judging.probe import Answer, Target
from delivery.judging.reading import COUNTED
from delivery.live.addresses import Balancer
from delivery.live.calling import Caller

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NAMES = samples.names("stage")
RELEASES = {"v1": samples.release_data(1), "v2": samples.release_data(2)}
TARGETS = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders-stage-{}/1"
BAKE = Bake("v2", ("v1",), START, START + 5 * MINUTE, START + 15 * MINUTE, 100, pass_quiet=True)
HOLD = Hold("v2", START, START + 5 * MINUTE)


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


def failed(look: Look) -> str:
    """Give the reason of a failure."""
    assert look.verdict is not None
    assert not look.verdict.passed
    return look.verdict.reason
