"""What instances may do on AWS: read builds and secrets, write logs, use Session Manager."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

SESSION_MANAGER = "iam::aws:policy/AmazonSSMManagedInstanceCore"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)


@dataclass(frozen=True, kw_only=True)
class RoleArgs:
    """What the role lets instances reach."""

    base_name: str  # <service>-<tier>
    partition: str = "aws"  # the second part of ARNs
    artifact_bucket: str
    builds: str  # prefix of this service's builds in it
    log_group_arn: str
    log_groups_arn: str  # of all groups of the account and region
    parameters_arn: str  # of all parameters that are the service's own in this tier
    secret_arns: Sequence[str]  # every secret that a release of the tier names
    tags: Mapping[str, str]


class Role(pulumi.ComponentResource):
    """One role for all fleets of a tier. A secret that no release names is closed to it."""

    def __init__(
        self, name: str, args: RoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:role:Role", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.role = aws.iam.Role(
            "instance-role",
            name=args.base_name,
            description="Instances of the service in this tier",
            assume_role_policy=TRUST,
            tags=args.tags,
            opts=child,
        )
        aws.iam.RolePolicy(
            "instance-rights",
            name="rights",
            role=self.role.name,
            policy=json.dumps(rights(args)),
            opts=child,
        )
        aws.iam.RolePolicyAttachment(
            "session-manager",
            role=self.role.name,
            policy_arn=f"arn:{args.partition}:{SESSION_MANAGER}",
            opts=child,
        )
        self.profile = aws.iam.InstanceProfile(
            "instance-profile", name=args.base_name, role=self.role.name, tags=args.tags, opts=child
        )
        self.register_outputs({"profile_arn": self.profile.arn})


def rights(args: RoleArgs) -> dict[str, Any]:
    """Write the policy document: nothing more than booting and running takes."""
    statements: list[dict[str, Any]] = [
        {
            "Sid": "ReadBuilds",
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": f"arn:{args.partition}:s3:::{args.artifact_bucket}/{args.builds}*",
        },
        {
            "Sid": "WriteLogs",
            "Effect": "Allow",
            # Run Command's agent streams what a command says only once it has tried to create the
            # group, and has seen it ("Configuring Amazon CloudWatch Logs for Run Command" in the
            # AWS Systems Manager User Guide).
            "Action": [
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
            ],
            "Resource": f"{args.log_group_arn}:*",  # this form means the group and its streams
        },
        {
            "Sid": "SeeLogGroups",
            "Effect": "Allow",
            "Action": "logs:DescribeLogGroups",  # which asks for a right to all that it may list
            "Resource": args.log_groups_arn,
        },
        {
            # Session Manager's policy, as AWS writes it, opens every parameter of the account.
            "Sid": "NoParametersOfOthers",
            "Effect": "Deny",
            "Action": ["ssm:GetParameter", "ssm:GetParameters"],
            "NotResource": args.parameters_arn,
        },
    ]
    if args.secret_arns:
        statements.append(
            {
                "Sid": "ReadSecrets",
                "Effect": "Allow",
                "Action": "secretsmanager:GetSecretValue",
                "Resource": sorted(set(args.secret_arns)),
            }
        )
    return {"Version": "2012-10-17", "Statement": statements}
