"""Flow logs of a network, to a bucket or a log group. Nothing in one can change but its tags."""

from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.errors import CloudError
from tests.cloud.resource import handles
from tests.cloud.resources.ec2_common import Ec2Resource, mapping, only

WATCHED = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}


@handles("aws:ec2/flowLog:FlowLog")
class FlowLog(Ec2Resource):
    noun = "Flow Log"
    kind = "vpc-flow-log"
    replaces = frozenset(
        {
            *WATCHED,
            "trafficType",
            "logDestination",
            "logDestinationType",
            "iamRoleArn",
            "logFormat",
            "maxAggregationInterval",
            "destinationOptions",
        }
    )
    computed = frozenset({"logDestination", "logFormat"})
    defaults = {"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600}

    def problems(self, new: Mapping[str, Any]) -> list[tuple[str, str]]:
        if sum(key in new for key in WATCHED) != 1:
            return [("vpcId", f"give exactly one of {', '.join(WATCHED)}")]
        return []

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        [watched] = [key for key in WATCHED if key in new]
        given = {
            "TrafficType": new.get("trafficType"),
            # A folder in a bucket is fine on AWS; moto takes the whole for the bucket's name.
            "LogDestination": str(new.get("logDestination", "")).partition("/")[0],
            "LogFormat": new.get("logFormat"),
            "DeliverLogsPermissionArn": new.get("iamRoleArn"),
        }
        answer = aws.ec2.create_flow_logs(
            ResourceIds=[new[watched]],
            ResourceType=WATCHED[watched],
            LogDestinationType=new["logDestinationType"],
            MaxAggregationInterval=int(new["maxAggregationInterval"]),
            **{name: value for name, value in given.items() if value},
            **self.tagging(aws, new),
        )
        if answer.get("Unsuccessful"):
            problem = answer["Unsuccessful"][0]["Error"]
            raise CloudError(problem["Code"], problem["Message"], "CreateFlowLogs")
        return str(answer["FlowLogIds"][0])

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        log = only(aws.ec2.describe_flow_logs(FlowLogIds=[id])["FlowLogs"])
        if log is None:
            return None
        return {
            "arn": aws.arn("ec2", f"vpc-flow-log/{id}"),
            "trafficType": log["TrafficType"],
            "logDestinationType": log["LogDestinationType"],
            "logFormat": log["LogFormat"],
            "maxAggregationInterval": log["MaxAggregationInterval"],
            "tagsAll": mapping(log.get("Tags")),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.ec2.delete_flow_logs(FlowLogIds=[id])
