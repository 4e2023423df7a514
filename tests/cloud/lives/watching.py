"""Watching."""

from tests.cloud.lives.base import OTHER_TAGS, TAGS, Inputs, life
from tests.cloud.world import World


@life(
    "aws:cloudwatch/logGroup:LogGroup",
    change={"retentionInDays": 90, "tags": OTHER_TAGS},
    replace={"name": "/other"},
    drift=lambda world, made: world.aws.logs.delete_retention_policy(logGroupName=made.id),
    drifts="retentionInDays",
)
def _log_group(world: World) -> Inputs:
    return {"name": "/sample/dev", "retentionInDays": 30, "tags": TAGS}


ERRORS = {
    "metricName": "HTTPCode_Target_5XX_Count",
    "namespace": "AWS/ApplicationELB",
    "period": 60,
    "stat": "Sum",
    "dimensions": {"LoadBalancer": "app/a/1"},
}


@life(
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    change={"threshold": 0.1, "tags": OTHER_TAGS},
    replace={"name": "other"},
    drift=lambda world, made: world.aws.cloudwatch.put_metric_alarm(
        AlarmName=made.id,
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=9,
        Threshold=0.1,
        TreatMissingData="notBreaching",
        Metrics=[{"Id": "a", "Expression": "1", "ReturnData": True}],
    ),
    drifts="evaluationPeriods",
)
def _metric_alarm(world: World) -> Inputs:
    return {
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 2,
        "threshold": 0.05,
        "treatMissingData": "notBreaching",
        "metricQueries": [
            {"id": "share", "expression": "FILL(errors, 0)", "returnData": True},
            {"id": "errors", "metric": ERRORS},
        ],
        "tags": TAGS,
    }


TEXT_ONLY = '{"widgets": [{"type": "text", "properties": {"markdown": "a"}}]}'


@life(
    "aws:cloudwatch/dashboard:Dashboard",
    change={"dashboardBody": TEXT_ONLY},
    replace={"dashboardName": "other"},
    drift=lambda world, made: world.aws.cloudwatch.put_dashboard(
        DashboardName=made.id, DashboardBody=TEXT_ONLY.replace('"a"', '"b"')
    ),
    drifts="dashboardBody",
)
def _dashboard(world: World) -> Inputs:
    return {"dashboardName": "sample-dev", "dashboardBody": '{"widgets": []}'}
