"""CloudWatch Logs: log groups."""

from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.naming import Naming
from tests.cloud.resource import Change, Resource, handles


@handles("aws:cloudwatch/logGroup:LogGroup")
class LogGroup(Resource):
    noun = "CloudWatch Logs Log Group"
    naming = Naming(
        limit=512,
        pattern=r"[a-zA-Z0-9_\-/.#]+",
        allows="letters, digits and _-/.#",
        prefix="namePrefix",
    )
    replaces = frozenset({"name", "namePrefix", "logGroupClass"})
    computed = frozenset({"logGroupClass"})
    defaults = {"retentionInDays": 0, "skipDestroy": False}

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        name = self.name(new)
        optional = {
            member: new[key]
            for key, member in (("kmsKeyId", "kmsKeyId"), ("logGroupClass", "logGroupClass"))
            if new.get(key)
        }
        tags = aws.tags(new)
        aws.logs.create_log_group(logGroupName=name, **optional, **({"tags": tags} if tags else {}))
        return name

    def finish(self, aws: Aws, id: str, new: Mapping[str, Any]) -> None:
        if new.get("retentionInDays"):
            aws.logs.put_retention_policy(logGroupName=id, retentionInDays=new["retentionInDays"])

    def update(self, aws: Aws, id: str, change: Change) -> None:
        if "retentionInDays" in change:
            if change.new["retentionInDays"]:
                self.finish(aws, id, change.new)
            else:
                aws.logs.delete_retention_policy(logGroupName=id)
        if "kmsKeyId" in change:
            if change.new.get("kmsKeyId"):
                aws.logs.associate_kms_key(logGroupName=id, kmsKeyId=change.new["kmsKeyId"])
            else:
                aws.logs.disassociate_kms_key(logGroupName=id)

    def retag(self, aws: Aws, id: str, put: dict[str, str], drop: list[str]) -> None:
        arn = aws.arn("logs", f"log-group:{id}")
        if drop:
            aws.logs.untag_resource(resourceArn=arn, tagKeys=drop)
        if put:
            aws.logs.tag_resource(resourceArn=arn, tags=put)

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        found = aws.logs.describe_log_groups(logGroupNamePrefix=id)["logGroups"]
        group = next((each for each in found if each["logGroupName"] == id), None)
        if group is None:
            return None
        arn = aws.arn("logs", f"log-group:{id}")
        return {
            "arn": arn,
            "name": id,
            "retentionInDays": group.get("retentionInDays", 0),
            "kmsKeyId": group.get("kmsKeyId") or None,
            "logGroupClass": state.get("logGroupClass") or "STANDARD",  # moto drops it
            "tagsAll": aws.logs.list_tags_for_resource(resourceArn=arn)["tags"],
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        if not state.get("skipDestroy"):
            aws.logs.delete_log_group(logGroupName=id)
