"""The maintenance page, while the rollout document has it on."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from .rules import MAINTENANCE_HEADER, PAGE_PRIORITY, TOKEN_PRIORITY


@dataclass(frozen=True, kw_only=True)
class MaintenanceArgs:
    """What people read, and who still gets through, to where."""

    listener_arn: pulumi.Input[str]
    text: str
    token: str
    target_group_arn: pulumi.Input[str] | None  # of the release with most weight, if there is one
    tags: Mapping[str, str]


class Maintenance(pulumi.ComponentResource):
    """Two rules before all others."""

    def __init__(
        self, name: str, args: MaintenanceArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:maintenance:Maintenance", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        if args.target_group_arn is not None:
            aws.lb.ListenerRule(
                "maintenance-token",
                listener_arn=args.listener_arn,
                priority=TOKEN_PRIORITY,
                conditions=[
                    {
                        "http_header": {
                            "http_header_name": MAINTENANCE_HEADER,
                            "values": [args.token],
                        }
                    }
                ],
                actions=[{"type": "forward", "target_group_arn": args.target_group_arn}],
                tags=args.tags,
                opts=child,
            )
        aws.lb.ListenerRule(
            "maintenance-page",
            listener_arn=args.listener_arn,
            priority=PAGE_PRIORITY,
            conditions=[{"path_pattern": {"values": ["/*"]}}],
            actions=[
                {
                    "type": "fixed-response",
                    "fixed_response": {
                        "content_type": "text/plain",
                        "message_body": args.text,
                        "status_code": "503",
                    },
                }
            ],
            tags=args.tags,
            opts=child,
        )
        self.register_outputs({})
