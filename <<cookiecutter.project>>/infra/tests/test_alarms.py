import re
from pathlib import Path
from typing import Any

import pytest
from conftest import Deploy
from recorder import Made
from samples import contract, document, names, settings

from stack.alarms import FAILED, MISSING, AlarmsArgs, Formula, watches
from stack.program import declare

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"
ALARMS = ("failures", "connections", "latency", "unhealthy", "capacity")


@pytest.fixture(scope="module")
def made(deploy: Deploy) -> dict[str, Made]:
    given = settings(failed_percent="7", latency_ms="250", runbooks="https://example.com/books")
    return deploy(lambda: declare(names(), given, contract(), document()))


def alarms(made: dict[str, Made]) -> dict[str, dict[str, Any]]:
    kind = "aws:cloudwatch/metricAlarm:MetricAlarm"
    return {name: each.inputs for name, each in made.items() if each.type == kind}


def test_every_fleet_has_all_alarms(made: dict[str, Made]) -> None:
    assert set(alarms(made)) == {f"v1-{name}" for name in ALARMS}


def test_what_is_not_measured_is_no_alarm(made: dict[str, Made]) -> None:
    assert {each["treatMissingData"] for each in alarms(made).values()} == {"notBreaching"}


def test_all_tell_the_platform_s_topic_when_it_is_bad_and_when_it_is_good_again(
    made: dict[str, Made],
) -> None:
    topic = contract().alarm_topic_arn

    for each in alarms(made).values():
        assert each["alarmActions"] == each["okActions"] == [topic]


def test_all_watch_this_fleet_behind_this_balancer(made: dict[str, Made]) -> None:
    wanted = {
        "AWS/ApplicationELB": {
            "LoadBalancer": "suffix-of-load-balancer",
            "TargetGroup": "suffix-of-v1-targets",
        },
        "AWS/AutoScaling": {"AutoScalingGroupName": "orders-dev-v1"},
    }

    for each in alarms(made).values():
        queries = [query["metric"] for query in each.get("metricQueries", []) if "metric" in query]
        assert all(part["dimensions"] == wanted[part["namespace"]] for part in queries or [each])


def test_the_group_publishes_what_the_alarm_on_it_reads(made: dict[str, Made]) -> None:
    assert set(MISSING.metrics.values()) <= set(made["v1-group"].inputs["enabledMetrics"])


@pytest.mark.parametrize(
    ("wanted", "running", "alarms"),
    [(3, 3, False), (0, 0, False), (3, 4, False), (3, 2, True), (1, 0, True)],
)
def test_an_instance_that_is_wanted_and_missing_is_an_alarm(
    made: dict[str, Made], wanted: int, running: int, *, alarms: bool
) -> None:
    names = {"wanted": wanted, "running": running}
    missing = eval(MISSING.expression, {}, names)  # noqa: S307 the formula is ours

    assert (missing >= made["v1-capacity"].inputs["threshold"]) is alarms


def test_thresholds_follow_the_settings(made: dict[str, Made]) -> None:
    assert alarms(made)["v1-failures"]["threshold"] == 7
    assert alarms(made)["v1-latency"]["threshold"] == 0.25
    assert made["v1-failures"].ignore_changes == ()


def test_a_percentile_of_few_requests_changes_nothing(made: dict[str, Made]) -> None:
    latency = alarms(made)["v1-latency"]

    assert latency["extendedStatistic"] == "p90"
    assert latency["evaluateLowSampleCountPercentiles"] == "ignore"


@pytest.mark.parametrize(("alarm", "formula"), [("failures", FAILED), ("capacity", MISSING)])
def test_exactly_one_query_is_the_alarm_s_and_names_only_others(
    made: dict[str, Made], alarm: str, formula: Formula
) -> None:
    queries = alarms(made)[f"v1-{alarm}"]["metricQueries"]

    [result] = [each for each in queries if each.get("returnData")]
    assert (result["id"], result["expression"]) == (formula.result, formula.expression)
    words = set(re.findall(r"[a-z]+", formula.expression))
    assert words == set(formula.metrics) == {each["id"] for each in queries} - {formula.result}


@pytest.mark.parametrize(
    ("requests", "ok", "redirected", "refused", "percent"),
    [
        (100, 100, None, None, 0),
        (100, 90, 5, 5, 0),
        (100, 80, None, 10, 10),  # ten got no answer, or 5xx
        (100, None, None, None, 100),  # every target refused: only the balancer's own 502
        (9, None, None, None, 0),  # too few to tell
    ],
)
def test_failed_is_what_was_not_answered(
    requests: int, ok: int | None, redirected: int | None, refused: int | None, percent: float
) -> None:
    def fill(value: int | None, gap: int) -> int:
        return gap if value is None else value

    def choose(condition: bool, then: float, otherwise: float) -> float:  # noqa: FBT001
        return then if condition else otherwise

    counts = {"requests": requests, "ok": ok, "redirected": redirected, "refused": refused}
    functions = {"IF": choose, "FILL": fill}
    found = eval(FAILED.expression, functions, counts)  # noqa: S307 the formula is ours
    assert found == pytest.approx(percent)


def test_every_alarm_points_at_its_runbook(made: dict[str, Made]) -> None:
    for name, each in alarms(made).items():
        alarm = name.removeprefix("v1-")
        assert each["alarmDescription"].endswith(f"Runbook: https://example.com/books/{alarm}.md")


@pytest.mark.parametrize("alarm", ALARMS)
def test_every_alarm_has_its_runbook(alarm: str) -> None:
    assert (RUNBOOKS / f"{alarm}.md").read_text().startswith(f"# {alarm}: ")


def test_no_runbook_is_left_of_an_alarm_that_is_gone() -> None:
    assert {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"} == set(ALARMS)


def test_names_of_the_watches_are_those_tested_here() -> None:
    args = AlarmsArgs(
        release_name="v1",
        fleet_name="orders-dev-v1",
        balancer_suffix="",
        target_group_suffix="",
        failed_percent=5,
        latency_ms=100,
        topic_arn="",
        runbooks="",
        tags={},
    )
    assert tuple(each.name for each in watches(args)) == ALARMS
