"""The bucket that balancers' access logs and the network's flow logs go to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from platform_parts.bucket import PrivateBucket, PrivateBucketArgs, bucket_arn
from platform_parts.place import Place
from pulumi_aws import ec2, s3

FLOW_LOGS = "flow-logs"  # folder in the bucket
# What EC2 calls the traffic that a setting names.
TRAFFIC = {"rejected": "REJECT", "all": "ALL"}


@dataclass(frozen=True, kw_only=True)
class LogsArgs:
    """What a tier's logs depend on."""

    place: Place
    bucket: str
    days: int
    flow_logs: str  # none, rejected or all
    vpc_id: pulumi.Input[str]
    force_destroy: bool
    tags: Mapping[str, str]


class Logs(pulumi.ComponentResource):
    """Log bucket. Not versioned: an expired log is to be gone, not kept unseen."""

    def __init__(
        self, name: str, args: LogsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:logs:Logs", name, None, opts)
        expiry: s3.BucketLifecycleConfigurationRuleArgsDict = {
            "id": "expiry",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "expiration": {"days": args.days},
        }
        self.store = PrivateBucket(
            name,
            PrivateBucketArgs(
                bucket=args.bucket,
                partition=args.place.partition,
                tags=args.tags,
                versioned=False,
                lifecycle=[expiry],
                statements=delivery_statements(args.place, args.bucket),
                force_destroy=args.force_destroy,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        # What needs the bucket waits for its policy: a balancer is refused until its logs can be
        # delivered.
        self.bucket = pulumi.Output.all(self.store.bucket.bucket, self.store.policy.id).apply(
            lambda both: both[0]
        )
        if args.flow_logs != "none":
            ec2.FlowLog(
                f"{name}-flow",
                vpc_id=args.vpc_id,
                traffic_type=TRAFFIC[args.flow_logs],
                log_destination_type="s3",
                log_destination=f"{bucket_arn(args.place.partition, args.bucket)}/{FLOW_LOGS}/",
                max_aggregation_interval=600,  # seconds; 60 makes ten times the records
                tags={**args.tags, "Name": f"{name}-flow"},
                opts=pulumi.ResourceOptions(parent=self, depends_on=[self.store.policy]),
            )
        self.register_outputs({"bucket": self.bucket})


def log_bucket_name(prefix: str, tier: str, place: Place) -> str:
    """Name the bucket; names are unique in the world, hence account and region in it."""
    return f"{prefix}-logs-{tier}-{place.account}-{place.region}"


def delivery_statements(place: Place, bucket: str) -> list[dict[str, Any]]:
    """Admit the two delivery services, for this account's balancers and flow logs alone.

    As AWS documents them: elasticloadbalancing/latest/application/enable-access-logging.html and
    vpc/latest/userguide/flow-logs-s3-permissions.html. The flow log's statements stand in every
    tier, since AWS would write them into the bucket's policy by itself when they were missing,
    and the next `up` would take them out.
    """
    arn = bucket_arn(place.partition, bucket)
    flow_log_source = {
        "StringEquals": {"aws:SourceAccount": place.account},
        "ArnLike": {"aws:SourceArn": place.arn("logs", "*")},
    }
    return [
        {
            "Sid": "BalancersDeliver",
            "Effect": "Allow",
            "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            "Action": "s3:PutObject",
            # The prefix is the service's choice, so that services of a tier can share the bucket.
            "Resource": [f"{arn}/AWSLogs/{place.account}/*", f"{arn}/*/AWSLogs/{place.account}/*"],
            "Condition": {
                "ArnLike": {"aws:SourceArn": place.arn("elasticloadbalancing", "loadbalancer/*")},
            },
        },
        {
            "Sid": "AWSLogDeliveryWrite",
            "Effect": "Allow",
            "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"{arn}/{FLOW_LOGS}/AWSLogs/{place.account}/*",
            "Condition": {
                "StringEquals": {
                    **flow_log_source["StringEquals"],
                    "s3:x-amz-acl": "bucket-owner-full-control",
                },
                "ArnLike": flow_log_source["ArnLike"],
            },
        },
        {
            "Sid": "AWSLogDeliveryAclCheck",
            "Effect": "Allow",
            "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": ["s3:GetBucketAcl", "s3:ListBucket"],
            "Resource": arn,
            "Condition": flow_log_source,
        },
    ]
