"""The topic that a tier's alarms are sent to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from platform_parts.place import Place
from platform_parts.policies import policy_document
from pulumi_aws import sns


@dataclass(frozen=True, kw_only=True)
class AlarmsArgs:
    """What a tier's alarm topic depends on."""

    place: Place
    topic: str  # its name in AWS
    emails: Sequence[str]
    tags: Mapping[str, str]


class Alarms(pulumi.ComponentResource):
    """Alarm topic that CloudWatch of this account may publish to.

    Not encrypted with a key: CloudWatch cannot use the key that AWS manages for SNS, a key of our
    own costs a dollar a month and tier, and an alarm holds a name, a number and a threshold.
    """

    def __init__(
        self, name: str, args: AlarmsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:alarms:Alarms", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.topic = sns.Topic(
            name, name=args.topic, tags={**args.tags, "Name": args.topic}, opts=child
        )
        sns.TopicPolicy(
            f"{name}-policy", arn=self.topic.arn, policy=_policy(args.place, args.topic), opts=child
        )
        for email in args.emails:
            sns.TopicSubscription(
                f"{name}-{email}",
                topic=self.topic.arn,
                protocol="email",
                endpoint=email,
                opts=child,
            )
        self.topic_arn = self.topic.arn
        self.register_outputs({"topic_arn": self.topic_arn})


def _policy(place: Place, topic: str) -> str:
    arn = place.arn("sns", topic)
    alarms = {
        "Sid": "AlarmsPublish",
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": arn,
        "Condition": {
            "StringEquals": {"aws:SourceAccount": place.account},
            "ArnLike": {"aws:SourceArn": place.arn("cloudwatch", "alarm:*")},
        },
    }
    tls_only = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return policy_document([alarms, tls_only])
