"""SNS: topics, their policies and subscriptions."""

import json
from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.errors import CloudError
from tests.cloud.naming import Naming
from tests.cloud.resource import Change, Resource, handles
from tests.cloud.resources.ec2_common import mapping, pairs

ATTRIBUTES = {
    "displayName": "DisplayName",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
    "deliveryPolicy": "DeliveryPolicy",
}


@handles("aws:sns/topic:Topic")
class Topic(Resource):
    noun = "SNS Topic"
    naming = Naming(
        limit=256,
        pattern=r"[\w-]+(\.fifo)?",
        allows="letters, digits, _ and -",
        prefix="namePrefix",
    )
    replaces = frozenset({"name", "namePrefix", "fifoTopic"})
    computed = frozenset(
        {"policy", "signatureVersion", "tracingConfig", "fifoThroughputScope", "maximumMessageSize"}
    )
    defaults = {"fifoTopic": False, "contentBasedDeduplication": False}

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        name, tags = self.name(new), aws.tags(new)
        if any(each["TopicArn"].endswith(f":{name}") for each in aws.sns.list_topics()["Topics"]):
            # AWS answers the existing topic; two resources on one thing is what we refuse.
            raise CloudError(
                "TopicAlreadyExists", f"a topic named {name} already exists", "CreateTopic"
            )
        return str(
            aws.sns.create_topic(Name=name, **({"Tags": pairs(tags)} if tags else {}))["TopicArn"]
        )

    def finish(self, aws: Aws, id: str, new: Mapping[str, Any]) -> None:
        for key, member in ATTRIBUTES.items():
            if new.get(key):
                aws.sns.set_topic_attributes(
                    TopicArn=id, AttributeName=member, AttributeValue=new[key]
                )

    def update(self, aws: Aws, id: str, change: Change) -> None:
        for key in change.keys & ATTRIBUTES.keys():
            aws.sns.set_topic_attributes(
                TopicArn=id, AttributeName=ATTRIBUTES[key], AttributeValue=change.new.get(key, "")
            )

    def retag(self, aws: Aws, id: str, put: dict[str, str], drop: list[str]) -> None:
        if drop:
            aws.sns.untag_resource(ResourceArn=id, TagKeys=drop)
        if put:
            aws.sns.tag_resource(ResourceArn=id, Tags=pairs(put))

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        attributes = aws.sns.get_topic_attributes(TopicArn=id)["Attributes"]
        return {
            "arn": id,
            "name": id.rpartition(":")[2],
            "owner": attributes.get("Owner", aws.account),
            **{key: attributes.get(member) or None for key, member in ATTRIBUTES.items()},
            "beginningArchiveTime": "",
            "tagsAll": mapping(aws.sns.list_tags_for_resource(ResourceArn=id)["Tags"]),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.sns.delete_topic(TopicArn=id)


@handles("aws:sns/topicPolicy:TopicPolicy")
class TopicPolicy(Resource):
    noun = "SNS Topic Policy"
    replaces = frozenset({"arn"})
    taggable = False

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        aws.sns.set_topic_attributes(
            TopicArn=new["arn"], AttributeName="Policy", AttributeValue=new["policy"]
        )
        return str(new["arn"])

    def update(self, aws: Aws, id: str, change: Change) -> None:
        self.create(aws, change.new)

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        attributes = aws.sns.get_topic_attributes(TopicArn=id)["Attributes"]
        return {
            "arn": id,
            "owner": attributes.get("Owner", aws.account),
            "policy": attributes["Policy"],
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        """A topic always has a policy: the provider puts back the one for the owner alone."""
        statement = {
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": [
                "SNS:GetTopicAttributes",
                "SNS:SetTopicAttributes",
                "SNS:Publish",
                "SNS:Subscribe",
            ],
            "Resource": id,
            "Condition": {"StringEquals": {"AWS:SourceAccount": aws.account}},
        }
        policy = {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}
        aws.sns.set_topic_attributes(
            TopicArn=id, AttributeName="Policy", AttributeValue=json.dumps(policy)
        )


@handles("aws:sns/topicSubscription:TopicSubscription")
class TopicSubscription(Resource):
    noun = "SNS Topic Subscription"
    replaces = frozenset({"topic", "protocol", "endpoint"})
    computed = frozenset({"filterPolicyScope"})
    defaults = {
        "confirmationTimeoutInMinutes": 1,
        "endpointAutoConfirms": False,
        "rawMessageDelivery": False,
    }
    taggable = False

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        made = aws.sns.subscribe(
            TopicArn=new["topic"],
            Protocol=new["protocol"],
            Endpoint=new["endpoint"],
            ReturnSubscriptionArn=True,
        )
        return str(made["SubscriptionArn"])

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        attributes = aws.sns.get_subscription_attributes(SubscriptionArn=id)["Attributes"]
        return {
            "arn": id,
            "topic": attributes["TopicArn"],
            "protocol": attributes["Protocol"],
            "endpoint": attributes["Endpoint"],
            "ownerId": attributes.get("Owner", aws.account),
            "pendingConfirmation": attributes.get("PendingConfirmation") == "true",
            "confirmationWasAuthenticated": True,
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.sns.unsubscribe(SubscriptionArn=id)
