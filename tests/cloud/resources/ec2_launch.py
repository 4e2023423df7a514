"""Launch templates: every change makes a new version."""

from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.naming import Naming
from tests.cloud.resource import Change, handles
from tests.cloud.resources.ec2_common import Ec2Resource, mapping, only, pairs
from tests.cloud.schema import resource_schema
from tests.cloud.shapes import from_aws, parameter, to_aws

NAMES = {
    "vpcSecurityGroupIds": "SecurityGroupIds",
    "securityGroupNames": "SecurityGroups",
    "ipv4AddressCount": "SecondaryPrivateIpAddressCount",
    "ipv4Addresses": "PrivateIpAddresses",
    "vcpuCount": "VCpuCount",
    "memoryMib": "MemoryMiB",
    "memoryGibPerVcpu": "MemoryGiBPerVCpu",
    "totalLocalStorageGb": "TotalLocalStorageGB",
    "acceleratorTotalMemoryMib": "AcceleratorTotalMemoryMiB",
}
# Inputs of the template itself; all others describe its machines.
OWN = frozenset(
    {
        "name",
        "namePrefix",
        "description",
        "tags",
        "defaultVersion",
        "updateDefaultVersion",
        "region",
    }
)


@handles("aws:ec2/launchTemplate:LaunchTemplate")
class LaunchTemplate(Ec2Resource):
    noun = "EC2 Launch Template"
    kind = "launch-template"
    naming = Naming(
        limit=128,
        pattern=r"[a-zA-Z0-9().\-/_]{3,}",
        allows="letters, digits and ()./_-, at least 3",
        prefix="namePrefix",
    )
    replaces = frozenset({"name", "namePrefix"})
    computed = frozenset({"defaultVersion", "metadataOptions"})
    volatile = frozenset({"latestVersion", "defaultVersion"})

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        made = aws.ec2.create_launch_template(
            LaunchTemplateName=self.name(new),
            LaunchTemplateData=_data(aws, new),
            **({"VersionDescription": new["description"]} if new.get("description") else {}),
            **self.tagging(aws, new),
        )
        return str(made["LaunchTemplate"]["LaunchTemplateId"])

    def update(self, aws: Aws, id: str, change: Change) -> None:
        if change.keys - {"tags", "defaultVersion", "updateDefaultVersion"}:
            made = aws.ec2.create_launch_template_version(
                LaunchTemplateId=id,
                LaunchTemplateData=_data(aws, change.new),
                **(
                    {"VersionDescription": change.new["description"]}
                    if change.new.get("description")
                    else {}
                ),
            )
            if change.new.get("updateDefaultVersion"):
                self._default(aws, id, made["LaunchTemplateVersion"]["VersionNumber"])
        if change.new.get("defaultVersion"):
            self._default(aws, id, change.new["defaultVersion"])

    def _default(self, aws: Aws, id: str, version: int) -> None:
        aws.ec2.modify_launch_template(LaunchTemplateId=id, DefaultVersion=str(version))

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        template = only(
            aws.ec2.describe_launch_templates(LaunchTemplateIds=[id])["LaunchTemplates"]
        )
        if template is None:
            return None
        versions = aws.ec2.describe_launch_template_versions(
            LaunchTemplateId=id, Versions=[str(template["LatestVersionNumber"])]
        )["LaunchTemplateVersions"]
        schema = resource_schema(self.token)
        assert schema is not None
        data = versions[0]["LaunchTemplateData"]
        live = {}
        for key in schema.inputs.keys() - OWN:
            member = NAMES.get(key, key[:1].upper() + key[1:])
            if member in data:
                live[key] = from_aws(schema.inputs[key].type, _with_tag_maps(data[member]), NAMES)
            elif key in state:
                live[key] = None
        return {
            **live,
            "arn": aws.arn("ec2", f"launch-template/{id}"),
            "name": template["LaunchTemplateName"],
            "description": versions[0].get("VersionDescription") or None,
            "latestVersion": template["LatestVersionNumber"],
            "defaultVersion": template["DefaultVersionNumber"],
            "tagsAll": self._tags(aws, id),
        }

    def _tags(self, aws: Aws, id: str) -> dict[str, str]:
        """moto shows a template with the tags it was made with; these are the ones it has."""
        found = aws.ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [id]}])["Tags"]
        return mapping(found)

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.ec2.delete_launch_template(LaunchTemplateId=id)


def _data(aws: Aws, new: Mapping[str, Any]) -> dict[str, Any]:
    shape = parameter(aws.ec2, "CreateLaunchTemplate", "LaunchTemplateData")
    machine = {
        key: value for key, value in new.items() if key not in OWN and not key.startswith("__")
    }
    if "tagSpecifications" in machine:
        machine["tagSpecifications"] = [
            {**each, "tags": pairs(each.get("tags") or {})} for each in machine["tagSpecifications"]
        ]
    if "networkInterfaces" in machine:
        machine["networkInterfaces"] = [
            {("groups" if key == "securityGroups" else key): value for key, value in each.items()}
            for each in machine["networkInterfaces"]
        ]
    data: dict[str, Any] = to_aws(shape, machine, NAMES)
    return data


def _with_tag_maps(value: Any) -> Any:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        if "ResourceType" in value[0]:
            # moto keeps the template's own tags among those of its machines.
            machines = [each for each in value if each["ResourceType"] != "launch-template"]
            return [{**each, "Tags": mapping(each.get("Tags"))} for each in machines]
        if "Groups" in value[0]:
            return [{**each, "SecurityGroups": each.get("Groups")} for each in value]
    return value
