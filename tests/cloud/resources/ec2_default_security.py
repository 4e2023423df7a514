"""The security group that every VPC is born with: adopted and emptied, never made or deleted."""

from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.errors import CloudError
from tests.cloud.resource import handles
from tests.cloud.resources.ec2_security import SecurityGroup, authorize


@handles("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
class DefaultSecurityGroup(SecurityGroup):
    naming = None
    replaces = frozenset({"vpcId"})
    defaults = {"revokeRulesOnDelete": False}

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        found = aws.ec2.describe_security_groups(
            Filters=[
                {"Name": "vpc-id", "Values": [new["vpcId"]]},
                {"Name": "group-name", "Values": ["default"]},
            ]
        )["SecurityGroups"]
        if not found:
            raise CloudError("InvalidVpcID.NotFound", f"no VPC {new['vpcId']} has a default group")
        return str(found[0]["GroupId"])

    def finish(self, aws: Aws, id: str, new: Mapping[str, Any]) -> None:
        [group] = aws.ec2.describe_security_groups(GroupIds=[id])["SecurityGroups"]
        if group["IpPermissions"]:
            aws.ec2.revoke_security_group_ingress(GroupId=id, IpPermissions=group["IpPermissions"])
        if group["IpPermissionsEgress"]:
            aws.ec2.revoke_security_group_egress(
                GroupId=id, IpPermissions=group["IpPermissionsEgress"]
            )
        authorize(aws, id, new)
        self.retag(aws, id, aws.tags(new), [])

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        """It goes with its VPC; until then the provider can only forget it."""
