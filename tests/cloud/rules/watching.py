"""CloudWatch and CloudWatch Logs."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.cloud.rules.kinds import arn, between, length, matches, members, one_of, period
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
log_group.row("name", matches(r"(?!aws/).{1,512}", "a name that does not begin with aws/"))
log_group.row("kmsKeyId", arn("kms"))

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
_SHARE = r"(\d{1,2}(\.\d{1,10})?|100)"
STATISTIC = rf"(p|tm|tc|ts|wm){_SHARE}|IQM|(PR|TC|TM|TS|WM)\([\d.]*%?:[\d.]*%?\)"
SIMPLE = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")

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
alarm.row("statistic", one_of(*SIMPLE))
alarm.row(
    "extendedStatistic",
    matches(STATISTIC, "a percentile from p0 to p100 as p90, or another extended statistic"),
)
alarm.row("period", period)
alarm.row("alarmDescription", length(0, 1024))
for _actions in ("alarmActions", "okActions", "insufficientDataActions"):
    alarm.row(f"{_actions}.*", members(0, 5))
    alarm.row(_actions, arn("(sns|autoscaling|automate|swf|ssm|ssm-incidents|lambda|aiops)"))
alarm.row(
    "namespace", matches(r"[^:].{0,254}", "1 to 255 characters that do not begin with a colon")
)
alarm.row("metricQueries.*", members(1, 20))

query = Page(f"{API}/API_MetricDataQuery.html", ALARM)
query.row(
    "metricQueries.id",
    matches(r"[a-z]\w{0,254}", "letters, digits and _, beginning with a small letter"),
)
query.row("metricQueries.expression", length(1, 2048))
query.row("metricQueries.period", period)
stat = Page(f"{API}/API_MetricStat.html", ALARM)
stat.row("metricQueries.metric.period", period)
stat.row(
    "metricQueries.metric.stat",
    matches(f"{'|'.join(SIMPLE)}|{STATISTIC}", "a statistic as Sum, or a percentile as p90"),
)


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


OF_ONE_METRIC = ("namespace", "dimensions", "period", "statistic", "extendedStatistic", "unit")


@query.across
def queries_replace_the_metric(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if given(new, "metricQueries"):
        for key in given(new, *OF_ONE_METRIC):
            yield key, f"{key} does not go with metricQueries, which have their own"


@query.across
def queries_are_whole(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    queries = [each for each in new.get("metricQueries") or [] if isinstance(each, Mapping)]
    ids = [str(each.get("id")) for each in queries]
    for id in sorted({id for id in ids if ids.count(id) > 1}):
        yield "metricQueries", f"metricQueries has the id {id} twice"
    for index, each in enumerate(queries):
        if len(given(each, "metric", "expression")) != 1:
            path = f"metricQueries[{index}].expression"
            yield path, f"{path} or metric must be given, not both"
        metric = each.get("metric")
        if isinstance(metric, Mapping):
            for key in ("metricName", "period", "stat"):
                if not given(metric, key):
                    path = f"metricQueries[{index}].metric.{key}"
                    yield path, f"{path} is missing"
        yield from _unknown_names(index, str(each.get("expression") or ""), ids)


def _unknown_names(index: int, expression: str, ids: list[str]) -> Iterator[tuple[str, str]]:
    """Ids that an expression uses and no query has; functions and words of Insights are capital."""
    plain = re.sub(r"'[^']*'|\"[^\"]*\"", "", expression)
    path = f"metricQueries[{index}].expression"
    for name in re.findall(r"(?<![\w.])([a-z]\w*)(?!\w*\s*\()", plain):
        if name not in ids and not plain.upper().startswith("SELECT"):
            yield path, f"{path} uses {name}, which is the id of no query"
    if plain.count("(") != plain.count(")"):
        yield path, f"{path} has brackets that do not pair"


DAY, WEEK, HOUR = 86400, 604800, 3600


@alarm.across
def alarm_looks_back_a_day(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    count: Any = new.get("evaluationPeriods")
    lengths: list[Any] = [new.get("period")] + [
        each["metric"].get("period")
        for each in new.get("metricQueries") or []
        if isinstance(each, Mapping) and isinstance(each.get("metric"), Mapping)
    ]
    longest = max((each for each in lengths if known(each)), default=0)
    most = DAY if longest < HOUR else WEEK
    if known(count) and longest * count > most:
        yield (
            "evaluationPeriods",
            f"evaluationPeriods is {count} and the period {longest} s; together they must not pass "
            f"{most} s",
        )


@alarm.across
def alarm_names_a_dimension_once(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    found = new.get("dimensions")
    if isinstance(found, Mapping):
        if len(found) > 30:
            yield "dimensions", f"dimensions has {len(found)}; 30 are allowed"
        for key, value in found.items():
            if known(value) and not str(value):
                yield f"dimensions.{key}", f"dimensions.{key} is empty"


@alarm.across
def low_samples_are_of_percentiles(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if given(new, "evaluateLowSampleCountPercentiles") and given(new, "statistic"):
        yield (
            "evaluateLowSampleCountPercentiles",
            "evaluateLowSampleCountPercentiles goes with a percentile, not with statistic",
        )
