"""Systems Manager: parameters."""

from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.naming import Naming
from tests.cloud.resource import Change, Resource, handles
from tests.cloud.resources.ec2_common import mapping, pairs


@handles("aws:ssm/parameter:Parameter")
class Parameter(Resource):
    noun = "SSM Parameter"
    naming = Naming(limit=2048, pattern=r"[a-zA-Z0-9_.\-/]+", allows="letters, digits and _.-/")
    replaces = frozenset({"name", "type"})
    computed = frozenset({"arn", "dataType", "keyId", "tier", "value", "insecureValue"})
    volatile = frozenset({"version"})
    defaults = {}

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        tags = aws.tags(new)
        self._put(
            aws, new, bool(new.get("overwrite", False)), {"Tags": pairs(tags)} if tags else {}
        )
        return str(new["name"])

    def update(self, aws: Aws, id: str, change: Change) -> None:
        if change.keys - {"tags", "overwrite"}:
            self._put(aws, change.new, True, {})

    def _put(self, aws: Aws, new: Mapping[str, Any], overwrite: bool, more: dict[str, Any]) -> None:
        optional = {
            member: new[key]
            for key, member in (
                ("description", "Description"),
                ("allowedPattern", "AllowedPattern"),
                ("tier", "Tier"),
                ("dataType", "DataType"),
                ("keyId", "KeyId"),
            )
            if new.get(key)
        }
        value = next(new[key] for key in ("value", "insecureValue", "valueWo") if key in new)
        if overwrite:
            more = {}
        aws.ssm.put_parameter(
            Name=new["name"], Type=new["type"], Value=value, Overwrite=overwrite, **optional, **more
        )

    def retag(self, aws: Aws, id: str, put: dict[str, str], drop: list[str]) -> None:
        if drop:
            aws.ssm.remove_tags_from_resource(ResourceType="Parameter", ResourceId=id, TagKeys=drop)
        if put:
            aws.ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId=id, Tags=pairs(put))

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        parameter = aws.ssm.get_parameter(Name=id, WithDecryption=True)["Parameter"]
        described = aws.ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [id]}])[
            "Parameters"
        ][0]
        tags = aws.ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=id)["TagList"]
        return {
            "arn": parameter["ARN"],
            "name": id,
            "type": parameter["Type"],
            "value": parameter["Value"],
            "insecureValue": parameter["Value"] if state.get("insecureValue") else None,
            "version": parameter["Version"],
            "dataType": parameter.get("DataType", "text"),
            "tier": described.get("Tier") or "Standard",
            "keyId": described.get("KeyId") or "",
            "description": described.get("Description") or None,
            "allowedPattern": described.get("AllowedPattern") or None,
            "hasValueWo": "valueWo" in state,
            "tagsAll": mapping(tags),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.ssm.delete_parameter(Name=id)
