"""Where the instances' log lines go."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class LogsArgs:
    """How long log lines are kept, and where."""

    group_name: str
    retention_days: int
    tags: Mapping[str, str]


class Logs(pulumi.ComponentResource):
    """The log group of a tier. Made here, since one made by instances keeps lines forever."""

    def __init__(
        self, name: str, args: LogsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:logs:Logs", name, None, opts)
        self.group = aws.cloudwatch.LogGroup(
            "log-group",
            name=args.group_name,
            retention_in_days=args.retention_days,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"arn": self.group.arn})
