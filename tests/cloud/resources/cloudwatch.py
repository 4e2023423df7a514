"""CloudWatch: metric alarms and dashboards."""

from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.naming import Naming
from tests.cloud.resource import Change, Resource, handles
from tests.cloud.resources.ec2_common import mapping, only, pairs
from tests.cloud.schema import resource_schema
from tests.cloud.shapes import from_aws

# Input, member of PutMetricAlarm.
PLAIN = {
    "actionsEnabled": "ActionsEnabled",
    "alarmActions": "AlarmActions",
    "alarmDescription": "AlarmDescription",
    "comparisonOperator": "ComparisonOperator",
    "datapointsToAlarm": "DatapointsToAlarm",
    "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
    "evaluationPeriods": "EvaluationPeriods",
    "extendedStatistic": "ExtendedStatistic",
    "insufficientDataActions": "InsufficientDataActions",
    "metricName": "MetricName",
    "namespace": "Namespace",
    "okActions": "OKActions",
    "period": "Period",
    "statistic": "Statistic",
    "threshold": "Threshold",
    "thresholdMetricId": "ThresholdMetricId",
    "treatMissingData": "TreatMissingData",
    "unit": "Unit",
}


@handles("aws:cloudwatch/metricAlarm:MetricAlarm")
class MetricAlarm(Resource):
    noun = "CloudWatch Metric Alarm"
    naming = Naming(limit=255)
    replaces = frozenset({"name"})
    computed = frozenset({"evaluateLowSampleCountPercentiles"})
    defaults = {"actionsEnabled": True, "treatMissingData": "missing"}

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        tags = aws.tags(new)
        self._put(aws, new, {"Tags": pairs(tags)} if tags else {})
        return str(new["name"])

    def update(self, aws: Aws, id: str, change: Change) -> None:
        if change.keys - {"tags"}:
            self._put(aws, change.new, {})

    def _put(self, aws: Aws, new: Mapping[str, Any], tagging: dict[str, Any]) -> None:
        members: dict[str, Any] = {
            member: new[key] for key, member in PLAIN.items() if new.get(key) is not None
        }
        if new.get("dimensions"):
            members["Dimensions"] = _dimensions(new["dimensions"])
        if new.get("metricQueries"):
            members["Metrics"] = [_query(each) for each in new["metricQueries"]]
        aws.cloudwatch.put_metric_alarm(AlarmName=new["name"], **members, **tagging)

    def retag(self, aws: Aws, id: str, put: dict[str, str], drop: list[str]) -> None:
        arn = aws.arn("cloudwatch", f"alarm:{id}")
        if drop:
            aws.cloudwatch.untag_resource(ResourceARN=arn, TagKeys=drop)
        if put:
            aws.cloudwatch.tag_resource(ResourceARN=arn, Tags=pairs(put))

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        alarm = only(aws.cloudwatch.describe_alarms(AlarmNames=[id])["MetricAlarms"])
        if alarm is None:
            return None
        schema = resource_schema(self.token)
        assert schema is not None
        live = {
            key: from_aws(schema.outputs[key].type, alarm[member])
            if alarm.get(member) not in (None, "")
            else None
            for key, member in PLAIN.items()
        }
        arn = alarm["AlarmArn"]
        return {
            **live,
            "arn": arn,
            "name": id,
            "dimensions": {each["Name"]: each["Value"] for each in alarm.get("Dimensions") or []},
            "metricQueries": [_query_from_aws(each) for each in alarm.get("Metrics") or []],
            "tagsAll": mapping(aws.cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"]),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.cloudwatch.delete_alarms(AlarmNames=[id])


def _dimensions(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in values.items()]


def _query(query: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        "id": "Id",
        "expression": "Expression",
        "label": "Label",
        "period": "Period",
        "accountId": "AccountId",
    }
    found: dict[str, Any] = {member: query[key] for key, member in names.items() if query.get(key)}
    found["ReturnData"] = bool(query.get("returnData", False))
    metric = query.get("metric")
    if metric:
        found["MetricStat"] = {
            "Metric": {
                "MetricName": metric["metricName"],
                "Namespace": metric.get("namespace", ""),
                "Dimensions": _dimensions(metric.get("dimensions") or {}),
            },
            "Period": metric["period"],
            "Stat": metric["stat"],
            **({"Unit": metric["unit"]} if metric.get("unit") else {}),
        }
    return found


def _query_from_aws(query: Mapping[str, Any]) -> dict[str, Any]:
    names = {"id": "Id", "expression": "Expression", "label": "Label", "period": "Period"}
    found: dict[str, Any] = {
        key: query[member] for key, member in names.items() if query.get(member)
    }
    found["returnData"] = bool(query.get("ReturnData", True))
    stat = query.get("MetricStat")
    if stat:
        metric = stat["Metric"]
        found["metric"] = {
            "metricName": metric["MetricName"],
            "namespace": metric.get("Namespace"),
            "dimensions": {each["Name"]: each["Value"] for each in metric.get("Dimensions") or []},
            "period": int(stat["Period"]),
            "stat": stat["Stat"],
            **({"unit": stat["Unit"]} if stat.get("Unit") else {}),
        }
    return found


@handles("aws:cloudwatch/dashboard:Dashboard")
class Dashboard(Resource):
    noun = "CloudWatch Dashboard"
    replaces = frozenset({"dashboardName"})
    taggable = False

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        aws.cloudwatch.put_dashboard(
            DashboardName=new["dashboardName"], DashboardBody=new["dashboardBody"]
        )
        return str(new["dashboardName"])

    def update(self, aws: Aws, id: str, change: Change) -> None:
        self.create(aws, change.new)

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        found = aws.cloudwatch.get_dashboard(DashboardName=id)
        return {
            "dashboardName": id,
            "dashboardBody": found["DashboardBody"],
            "dashboardArn": aws.arn("cloudwatch", f"dashboard/{id}", region=""),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.cloudwatch.delete_dashboards(DashboardNames=[id])
