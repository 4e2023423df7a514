"""Metrics as a test sets them and as traffic makes them; alarms that follow."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud import Cloud
from tests.cloud.fleets import Service
from tests.cloud.metric_math import MathError, evaluate
from tests.cloud.strict.cloudwatch_alarms import judge
from tests.cloud.world import Made, World

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NAMESPACE = "AWS/ApplicationELB"


@pytest.fixture
def world(cloud: Cloud) -> World:
    cloud.clock.set(NOON)
    cloud.client("cloudwatch").list_metrics()
    return World(cloud)


def data(world: World, *queries: dict[str, Any], minutes: int = 5) -> dict[str, list[float]]:
    end = world.cloud.clock.now()
    answer = world.aws.cloudwatch.get_metric_data(
        MetricDataQueries=list(queries),
        StartTime=end - timedelta(minutes=minutes),
        EndTime=end,
        ScanBy="TimestampAscending",
    )
    return {each["Id"]: each["Values"] for each in answer["MetricDataResults"]}


def metric(id: str, name: str, stat: str = "Sum", **dimensions: str) -> dict[str, Any]:
    named = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    what = {"Namespace": NAMESPACE, "MetricName": name, "Dimensions": named}
    return {"Id": id, "MetricStat": {"Metric": what, "Period": 60, "Stat": stat}}


# Values


def test_points_are_summed_up_by_period(world: World) -> None:
    put = world.cloud.metrics.put
    for second, value in ((0, 1), (59, 2), (60, 4)):
        put(NAMESPACE, "RequestCount", value, at=NOON + timedelta(seconds=second))
    world.cloud.clock.advance(120)
    found = data(
        world,
        metric("sum", "RequestCount"),
        metric("most", "RequestCount", "Maximum"),
        metric("mean", "RequestCount", "Average"),
        metric("many", "RequestCount", "SampleCount"),
        minutes=2,
    )
    assert found == {"sum": [3, 4], "most": [2, 4], "mean": [1.5, 4], "many": [2, 1]}


def test_percentiles_count_values(world: World) -> None:
    put = world.cloud.metrics.put
    put(NAMESPACE, "TargetResponseTime", 0.1, count=90)
    put(NAMESPACE, "TargetResponseTime", 2.0, count=10)
    world.cloud.clock.advance(60)
    queries = [metric(id, "TargetResponseTime", id) for id in ("p50", "p90", "p91")]
    assert data(world, *queries) == {"p50": [0.1], "p90": [0.1], "p91": [2.0]}


def test_each_combination_of_dimensions_is_a_metric(world: World) -> None:
    put = world.cloud.metrics.put
    put(NAMESPACE, "RequestCount", 1, {"LoadBalancer": "a"})
    put(NAMESPACE, "RequestCount", 2, {"LoadBalancer": "a", "TargetGroup": "b"})
    world.cloud.clock.advance(60)
    assert data(world, metric("a", "RequestCount", LoadBalancer="a")) == {"a": [1]}
    shown = world.aws.cloudwatch.list_metrics(Namespace=NAMESPACE)["Metrics"]
    assert sorted(len(each["Dimensions"]) for each in shown) == [1, 2]


def test_what_a_program_puts_is_there(world: World) -> None:
    world.aws.cloudwatch.put_metric_data(
        Namespace="own",
        MetricData=[{"MetricName": "a", "Values": [1.0, 3.0], "Counts": [2, 1]}],
    )
    world.cloud.clock.advance(60)
    end = world.cloud.clock.now()
    [shown] = world.aws.cloudwatch.get_metric_statistics(
        Namespace="own",
        MetricName="a",
        StartTime=end - timedelta(minutes=5),
        EndTime=end,
        Period=300,
        Statistics=["Sum", "SampleCount"],
        ExtendedStatistics=["p99"],
    )["Datapoints"]
    assert (shown["Sum"], shown["SampleCount"]) == (5, 3)
    assert shown["ExtendedStatistics"] == {"p99": 3}
    assert shown["Timestamp"] == NOON - timedelta(minutes=4)


def test_nothing_older_than_the_range_is_shown(world: World) -> None:
    world.cloud.metrics.put(NAMESPACE, "RequestCount", 1)
    world.cloud.clock.advance(600)
    assert data(world, metric("sum", "RequestCount")) == {"sum": []}


# Metric math


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("a + b", {0: 11, 1: 22}),
        ("a / b * 100", {0: 10, 1: 10}),
        ("-a", {0: -1, 1: -2, 2: -3}),
        ("FILL(b, 0)", {0: 10, 1: 20, 2: 0}),
        ("FILL(b, REPEAT)", {0: 10, 1: 20, 2: 20}),
        ("a + FILL(b, 0)", {0: 11, 1: 22, 2: 3}),
        ("IF(a >= 2, b, 0)", {0: 0, 1: 20}),
        ("IF(a > 1 && a < 3, 1, 0)", {0: 0, 1: 1, 2: 0}),
        ("IF(a > 1 AND a < 3, 1, 0)", {0: 0, 1: 1, 2: 0}),
        ("SUM(a)", 6),
        ("MAX(METRICS())", {0: 10, 1: 20, 2: 3}),
        ("SUM([a, b])", {0: 11, 1: 22, 2: 3}),
        ("1 / (a - 1)", {1: 1, 2: 0.5}),
        ("2 ^ 3", 8),
    ],
)
def test_metric_math(expression: str, value: object) -> None:
    known = {"a": {0: 1.0, 1: 2.0, 2: 3.0}, "b": {0: 10.0, 1: 20.0}}
    assert evaluate(expression, known, range(3)) == value


@pytest.mark.parametrize(
    "expression", ["a +", "missing", "SEARCH(a)", "'text'", "__import__('os')"]
)
def test_what_is_no_metric_math_is_refused(expression: str) -> None:
    with pytest.raises(MathError):
        evaluate(expression, {"a": {0: 1.0}}, range(1))


def test_expressions_are_answered(world: World) -> None:
    world.cloud.metrics.put_minutes(NAMESPACE, "RequestCount", [10, None, 20])
    requests = {**metric("requests", "RequestCount"), "ReturnData": False}
    double = {"Id": "double", "Expression": "FILL(twice, -1)"}
    twice = {"Id": "twice", "Expression": "requests * 2"}
    found = data(world, double, twice, requests, minutes=3)
    assert found == {"double": [20, -1, 40], "twice": [20, 40]}
    with pytest.raises(ClientError, match="ValidationError"):
        data(world, {"Id": "bad", "Expression": "nothing + 1", "Period": 60})


# Alarms


@pytest.mark.parametrize(
    ("points", "needed", "missing", "ignore", "breaching", "not_breaching"),
    [  # both tables of the page in cloudwatch_alarms.judge
        ("0-X-X", 3, "OK", "OK", "OK", "OK"),
        ("0----", 3, "OK", "OK", "OK", "OK"),
        ("-----", 3, "INSUFFICIENT_DATA", None, "ALARM", "OK"),
        ("0XX-X", 3, "ALARM", "ALARM", "ALARM", "ALARM"),
        ("--X--", 3, "ALARM", None, "ALARM", "OK"),
        ("0-X-X", 2, "ALARM", "ALARM", "ALARM", "ALARM"),
        ("00X0X", 2, "ALARM", "ALARM", "ALARM", "ALARM"),
        ("0-X--", 2, "OK", "OK", "ALARM", "OK"),
        ("----0", 2, "OK", "OK", "ALARM", "OK"),
        ("---X-", 2, "ALARM", None, "ALARM", "OK"),
        ("----X", 3, None, None, "ALARM", "OK"),  # not at once, says the text below the tables
    ],
)
def test_the_tables_of_missing_data(
    points: str,
    needed: int,
    missing: str,
    ignore: str | None,
    breaching: str,
    not_breaching: str,
) -> None:
    read = [{"0": False, "X": True, "-": None}[each] for each in points]
    assert judge(read, 3, needed, "missing") == missing
    assert judge(read, 3, needed, "ignore") == ignore
    assert judge(read, 3, needed, "breaching") == breaching
    assert judge(read, 3, needed, "notBreaching") == not_breaching


def alarm(world: World, **more: Any) -> Made:
    inputs = {
        "name": "many",
        "namespace": NAMESPACE,
        "metricName": "RequestCount",
        "statistic": "Sum",
        "period": 60,
        "comparisonOperator": "GreaterThanOrEqualToThreshold",
        "threshold": 100,
        "datapointsToAlarm": 2,
        "evaluationPeriods": 3,
        "treatMissingData": "notBreaching",
    }
    return world.make("aws:cloudwatch/metricAlarm:MetricAlarm", **{**inputs, **more})


def state(world: World) -> str:
    return str(world.aws.cloudwatch.describe_alarms()["MetricAlarms"][0]["StateValue"])


def test_a_new_alarm_has_no_data_until_it_is_evaluated(world: World) -> None:
    alarm(world)
    assert state(world) == "INSUFFICIENT_DATA"
    world.cloud.clock.advance(60)
    assert state(world) == "OK"


def test_an_alarm_goes_off_and_calms_down(world: World) -> None:
    alarm(world)
    metrics = world.cloud.metrics
    for value, expected in ((100, "OK"), (99, "OK"), (100, "ALARM"), (0, "OK")):
        metrics.put(NAMESPACE, "RequestCount", value)
        world.cloud.clock.advance(60)
        assert state(world) == expected


def test_a_changed_alarm_keeps_its_state(world: World) -> None:
    made = alarm(world)
    world.cloud.metrics.put_minutes(NAMESPACE, "RequestCount", [200, 200, 200])
    world.cloud.clock.advance(60)
    assert state(world) == "ALARM"
    world.change(made, threshold=1000)
    assert state(world) == "ALARM"
    world.cloud.clock.advance(60)
    assert state(world) == "OK"


def test_a_state_that_a_test_sets_holds(world: World) -> None:
    alarm(world)
    world.cloud.metrics.set_alarm_state("many", "ALARM")
    world.cloud.clock.advance(600)
    assert world.cloud.metrics.alarm_state("many") == state(world) == "ALARM"
    world.cloud.metrics.release_alarm("many")
    world.cloud.clock.advance(60)
    assert state(world) == "OK"


def test_a_state_set_by_the_api_lasts_until_the_next_look(world: World) -> None:
    alarm(world)
    world.aws.cloudwatch.set_alarm_state(AlarmName="many", StateValue="ALARM", StateReason="try")
    assert state(world) == "ALARM"
    world.cloud.clock.advance(60)
    assert state(world) == "OK"


def test_a_percentile_of_few_samples_changes_nothing(world: World) -> None:
    alarm(
        world,
        metricName="TargetResponseTime",
        statistic=None,
        extendedStatistic="p90",
        evaluateLowSampleCountPercentiles="ignore",
        threshold=1,
        datapointsToAlarm=1,
        evaluationPeriods=1,
    )
    for count, expected in ((99, "INSUFFICIENT_DATA"), (100, "ALARM")):
        world.cloud.metrics.put(NAMESPACE, "TargetResponseTime", 2.0, count=count)
        world.cloud.clock.advance(60)
        assert state(world) == expected


# Traffic


@pytest.fixture
def service(world: World) -> Service:
    made = Service(world)
    for name in ("web-v1", "web-v2"):
        made.fleet(name)
    made.share(web_v1=90, web_v2=10)
    return made


def counts(service: Service, name: str, minutes: int = 1) -> dict[str, float]:
    dimensions = {
        "LoadBalancer": str(service.balancer["arnSuffix"]),
        "TargetGroup": str(service.targets[name]["arnSuffix"]),
    }
    names = ["RequestCount", "TargetConnectionErrorCount", "HealthyHostCount", "UnHealthyHostCount"]
    names += [f"HTTPCode_Target_{kind}XX_Count" for kind in (2, 4, 5)]
    queries = [metric(f"m{index}", each, **dimensions) for index, each in enumerate(names)]
    found = data(service.world, *queries, minutes=minutes)
    return {
        each.removeprefix("HTTPCode_Target_").removesuffix("_Count"): found[f"m{index}"][-1]
        for index, each in enumerate(names)
        if found[f"m{index}"]
    }


HOSTS = {"HealthyHostCount": 2, "UnHealthyHostCount": 0}


def test_traffic_follows_the_live_weights(service: Service) -> None:
    cloud = service.world.cloud
    cloud.traffic.flow("front", 600)
    cloud.clock.advance(60)
    assert counts(service, "web-v1") == {"RequestCount": 540, "2XX": 540, **HOSTS}
    assert counts(service, "web-v2") == {"RequestCount": 60, "2XX": 60, **HOSTS}
    service.share(web_v1=0, web_v2=1)
    cloud.clock.advance(60)
    assert counts(service, "web-v1") == HOSTS
    assert counts(service, "web-v2") == {"RequestCount": 600, "2XX": 600, **HOSTS}
    cloud.traffic.flow("front", 0)
    cloud.clock.advance(60)
    assert counts(service, "web-v2") == HOSTS


def test_one_release_fails_a_tenth(service: Service) -> None:
    cloud = service.world.cloud
    cloud.traffic.flow("front", 1000)
    cloud.traffic.behave("web-v2", failing=0.1, refused=0.05, unanswered=0.2)
    cloud.clock.advance(60)
    assert counts(service, "web-v1") == {"RequestCount": 900, "2XX": 900, **HOSTS}
    answered = {"2XX": 65, "4XX": 5, "5XX": 10, "TargetConnectionErrorCount": 20}
    assert counts(service, "web-v2") == {"RequestCount": 100, **answered, **HOSTS}


def test_clients_that_hang_up_are_counted_as_requests_without_an_answer(service: Service) -> None:
    cloud = service.world.cloud
    cloud.traffic.flow("front", 1000)
    cloud.traffic.behave("*", abandoned=0.3)
    cloud.clock.advance(60)
    assert counts(service, "web-v1") == {"RequestCount": 900, "2XX": 630, **HOSTS}
    assert counts(service, "web-v2") == {"RequestCount": 100, "2XX": 70, **HOSTS}
    ours = {"LoadBalancer": str(service.balancer["arnSuffix"])}
    own = data(
        service.world,
        metric("theirs", "HTTPCode_ELB_4XX_Count", **ours),
        metric("ours", "HTTPCode_ELB_5XX_Count", **ours),
        minutes=1,
    )
    assert own == {"theirs": [300], "ours": []}


def test_targets_that_never_get_well_answer_nothing(service: Service) -> None:
    cloud = service.world.cloud
    cloud.instances.never("web-v2")
    cloud.traffic.flow("front", 100)
    cloud.clock.advance(180)
    unwell = {"HealthyHostCount": 0, "UnHealthyHostCount": 2}
    failed = {"RequestCount": 10, "TargetConnectionErrorCount": 10}
    assert counts(service, "web-v2") == {**failed, **unwell}


def test_an_alarm_of_our_stack_sees_a_release_that_fails(service: Service) -> None:
    world, cloud = service.world, service.world.cloud
    dimensions = {
        "LoadBalancer": service.balancer["arnSuffix"],
        "TargetGroup": service.targets["web-v2"]["arnSuffix"],
    }
    queries = [
        {
            "id": id,
            "metric": {
                "namespace": NAMESPACE,
                "metricName": name,
                "dimensions": dimensions,
                "period": 60,
                "stat": "Sum",
            },
        }
        for id, name in (
            ("requests", "RequestCount"),
            ("ok", "HTTPCode_Target_2XX_Count"),
            ("redirected", "HTTPCode_Target_3XX_Count"),
            ("refused", "HTTPCode_Target_4XX_Count"),
        )
    ]
    failed = (
        "IF(requests >= 10, "
        "100 * (1 - (FILL(ok, 0) + FILL(redirected, 0) + FILL(refused, 0)) / requests), 0)"
    )
    world.make(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        name="failures",
        metricQueries=[*queries, {"id": "failed", "expression": failed, "returnData": True}],
        comparisonOperator="GreaterThanOrEqualToThreshold",
        threshold=5,
        datapointsToAlarm=3,
        evaluationPeriods=5,
        treatMissingData="notBreaching",
    )
    cloud.traffic.flow("front", 1000)
    cloud.clock.advance(300)
    assert state(world) == "OK"
    cloud.traffic.behave("web-v2", failing=0.1)
    cloud.clock.advance(120)
    assert state(world) == "OK"
    cloud.clock.advance(60)
    assert state(world) == "ALARM"
    cloud.traffic.behave("web-v2")
    cloud.clock.advance(180)
    assert state(world) == "OK"
