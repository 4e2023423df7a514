"""Storage."""

from tests.cloud.lives.base import OTHER_TAGS, TAGS, Inputs, document, life
from tests.cloud.world import Made, World


@life(
    "aws:s3/bucket:Bucket",
    change={"tags": OTHER_TAGS},
    replace={"bucket": "sample-other"},
    drift=lambda world, made: world.aws.s3.delete_bucket_tagging(Bucket=made.id),
    drifts="tags",
)
def _bucket(world: World) -> Inputs:
    return {"bucket": "sample-artifacts", "tags": TAGS}


def bucket(world: World) -> Made:
    return world.make("aws:s3/bucket:Bucket", bucket="sample-artifacts")


@life(
    "aws:s3/bucketVersioning:BucketVersioning",
    change={"versioningConfiguration": {"status": "Suspended"}},
    replace={"bucket": "other"},
    drift=lambda world, made: world.aws.s3.put_bucket_versioning(
        Bucket=made.id, VersioningConfiguration={"Status": "Enabled"}
    ),
    drifts="versioningConfiguration.status",
    stays=True,
)
def _versioning(world: World) -> Inputs:
    return {"bucket": bucket(world).id, "versioningConfiguration": {"status": "Enabled"}}


@life(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    change={
        "rules": [
            {
                "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"},
                "bucketKeyEnabled": True,
            }
        ]
    },
    replace={"bucket": "other"},
)
def _encryption(world: World) -> Inputs:
    rule = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
    return {"bucket": bucket(world).id, "rules": [rule]}


def _open_up(world: World, made: Made) -> None:
    wanted = dict.fromkeys(
        ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), False
    )
    world.aws.s3.put_public_access_block(Bucket=made.id, PublicAccessBlockConfiguration=wanted)


@life(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    change={"ignorePublicAcls": True},
    replace={"bucket": "other"},
    drift=_open_up,
    drifts="blockPublicAcls",
)
def _public_access(world: World) -> Inputs:
    return {"bucket": bucket(world).id, "blockPublicAcls": True, "blockPublicPolicy": True}


@life(
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    change={"rule": {"objectOwnership": "BucketOwnerPreferred"}},
    replace={"bucket": "other"},
)
def _ownership(world: World) -> Inputs:
    return {"bucket": bucket(world).id, "rule": {"objectOwnership": "BucketOwnerEnforced"}}


@life(
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    change={"rules": [{"id": "all", "status": "Enabled", "filter": {}, "expiration": {"days": 9}}]},
    replace={"bucket": "other"},
)
def _lifecycle(world: World) -> Inputs:
    rules = [
        {
            "id": "logs",
            "status": "Enabled",
            "filter": {"prefix": "logs/"},
            "expiration": {"days": 90},
            "noncurrentVersionExpiration": {"noncurrentDays": 30},
            "transitions": [{"days": 30, "storageClass": "STANDARD_IA"}],
            "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
        }
    ]
    return {"bucket": bucket(world).id, "rules": rules}


SECURE = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


@life(
    "aws:s3/bucketPolicy:BucketPolicy",
    change={"policy": document({**SECURE, "Resource": "arn:aws:s3:::sample-artifacts"})},
    replace={"bucket": "other"},
)
def _bucket_policy(world: World) -> Inputs:
    statement = {**SECURE, "Resource": "arn:aws:s3:::sample-artifacts/*"}
    return {"bucket": bucket(world).id, "policy": document(statement)}


@life(
    "aws:s3/bucketObjectv2:BucketObjectv2",
    change={"content": "other", "tags": OTHER_TAGS},
    replace={"key": "other"},
)
def _object(world: World) -> Inputs:
    return {"bucket": bucket(world).id, "key": "a/b.txt", "content": "hello", "tags": TAGS}


@life(
    "aws:sns/topic:Topic",
    change={"displayName": "Alarms", "tags": OTHER_TAGS},
    replace={"name": "other"},
    drift=lambda world, made: world.aws.sns.set_topic_attributes(
        TopicArn=made.id, AttributeName="DisplayName", AttributeValue="by hand"
    ),
    drifts="displayName",
)
def _topic(world: World) -> Inputs:
    return {"name": "alarms", "tags": TAGS}


def topic(world: World) -> Made:
    return world.make("aws:sns/topic:Topic", name="alarms")


@life("aws:sns/topicPolicy:TopicPolicy", replace={"arn": "arn:aws:sns:x"}, stays=True)
def _topic_policy(world: World) -> Inputs:
    arn = topic(world).id
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": arn,
    }
    return {"arn": arn, "policy": document(statement)}


@life("aws:sns/topicSubscription:TopicSubscription", replace={"endpoint": "other@example.com"})
def _subscription(world: World) -> Inputs:
    return {"topic": topic(world).id, "protocol": "email", "endpoint": "team@example.com"}


@life(
    "aws:ssm/parameter:Parameter",
    change={"value": "b", "description": "other", "tags": OTHER_TAGS},
    replace={"type": "StringList"},
    drift=lambda world, made: world.aws.ssm.put_parameter(
        Name=made.id, Value="by hand", Type="String", Overwrite=True
    ),
    drifts="value",
)
def _parameter(world: World) -> Inputs:
    return {"name": "/sample/dev", "type": "String", "value": "a", "tags": TAGS}
