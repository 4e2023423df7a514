"""CloudWatch and CloudWatch Logs."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.cloud.rules.kinds import between, json_text, length, matches, members, one_of, period
from tests.cloud.rules.table import Page, given, known

API = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference"
LOGS = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"

DAYS = (
    0,
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)

retention = Page(f"{LOGS}/API_PutRetentionPolicy.html", "aws:cloudwatch/logGroup:LogGroup")
retention.row("retentionInDays", one_of(*DAYS))

log_group = Page(f"{LOGS}/API_CreateLogGroup.html", "aws:cloudwatch/logGroup:LogGroup")
log_group.row("logGroupClass", one_of("STANDARD", "INFREQUENT_ACCESS", "DELIVERY"))

alarm = Page(f"{API}/API_PutMetricAlarm.html", ALARM)
alarm.row(
    "comparisonOperator",
    one_of(
        "GreaterThanOrEqualToThreshold",
        "GreaterThanThreshold",
        "LessThanThreshold",
        "LessThanOrEqualToThreshold",
        "LessThanLowerOrGreaterThanUpperThreshold",
        "LessThanLowerThreshold",
        "GreaterThanUpperThreshold",
    ),
)
alarm.row("treatMissingData", one_of("breaching", "notBreaching", "ignore", "missing"))
alarm.row("evaluationPeriods", between(1, 8640))
alarm.row("datapointsToAlarm", between(1, 8640))
alarm.row("evaluateLowSampleCountPercentiles", one_of("evaluate", "ignore"))
alarm.row("statistic", one_of("SampleCount", "Average", "Sum", "Minimum", "Maximum"))
alarm.row(
    "extendedStatistic",
    matches(
        r"(p|tm|tc|ts|wm)\d{1,2}(\.\d+)?|p100|IQM|\w+\(.+\)",
        "a percentile as p90, or another extended statistic",
    ),
)
alarm.row("period", period)
alarm.row("alarmDescription", length(0, 1024))
alarm.row("alarmActions.*", members(0, 5))
alarm.row("okActions.*", members(0, 5))
alarm.row("metricQueries.*", members(1, 20))

query = Page(f"{API}/API_MetricDataQuery.html", ALARM)
query.row(
    "metricQueries.id",
    matches(r"[a-z]\w{0,254}", "letters, digits and _, beginning with a small letter"),
)
query.row("metricQueries.expression", length(1, 2048))

dashboard = Page(f"{API}/API_PutDashboard.html", "aws:cloudwatch/dashboard:Dashboard")
dashboard.row("dashboardBody", json_text)
dashboard.row("dashboardName", matches(r"[A-Za-z0-9_-]{1,255}", "letters, digits, - and _"))


@alarm.across
def alarm_watches_one_thing(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if given(new, "evaluationCriteria"):
        return
    if len(given(new, "metricName", "metricQueries")) != 1:
        yield "metricName", 'exactly one of "metricName" and "metricQueries" must be given'
    if given(new, "metricName"):
        if len(given(new, "statistic", "extendedStatistic")) != 1:
            yield "statistic", 'exactly one of "statistic" and "extendedStatistic" must be given'
        for key in ("namespace", "period", "threshold"):
            if not given(new, key):
                yield key, f'"{key}" is required with "metricName"'
    for key in ("comparisonOperator", "evaluationPeriods"):
        if not given(new, key):
            yield key, f'"{key}" is required'


@alarm.across
def alarm_counts_no_more_than_it_sees(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    some: Any = new.get("datapointsToAlarm")
    all_: Any = new.get("evaluationPeriods")
    if known(some) and known(all_) and some > all_:
        yield "datapointsToAlarm", f"datapointsToAlarm is {some}, above evaluationPeriods, {all_}"


@query.across
def one_query_is_the_answer(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    queries = new.get("metricQueries")
    if not isinstance(queries, list) or not all(isinstance(each, Mapping) for each in queries):
        return
    if sum(bool(each.get("returnData")) for each in queries) != 1:
        yield "metricQueries", "exactly one of the metricQueries must have returnData"
