"""S3, SNS, Systems Manager, Route 53."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.cloud.rules.documents import Use, policy
from tests.cloud.rules.kinds import between, length, matches, one_of
from tests.cloud.rules.table import Page, given

S3 = "https://docs.aws.amazon.com/AmazonS3/latest/API"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"

versioning = Page(f"{S3}/API_PutBucketVersioning.html", "aws:s3/bucketVersioning:BucketVersioning")
versioning.row("versioningConfiguration.status", one_of("Enabled", "Suspended", "Disabled"))

encryption = Page(
    f"{S3}/API_ServerSideEncryptionByDefault.html",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
)
encryption.row(
    "rules.applyServerSideEncryptionByDefault.sseAlgorithm",
    one_of("AES256", "aws:kms", "aws:kms:dsse"),
)

ownership = Page(
    f"{S3}/API_OwnershipControlsRule.html",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
)
ownership.row(
    "rule.objectOwnership", one_of("BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced")
)

lifecycle = Page(f"{S3}/API_LifecycleRule.html", LIFECYCLE)
lifecycle.row("rules.id", length(1, 255))
lifecycle.row("rules.status", one_of("Enabled", "Disabled"))
lifecycle.row("rules.expiration.days", between(1, 2147483647))
lifecycle.row("rules.noncurrentVersionExpiration.noncurrentDays", between(1, 2147483647))
lifecycle.row("rules.abortIncompleteMultipartUpload.daysAfterInitiation", between(1, 2147483647))
lifecycle.row(
    "rules.transitions.storageClass",
    one_of(
        "GLACIER", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "DEEP_ARCHIVE", "GLACIER_IR"
    ),
)

bucket_policy = Page(f"{S3}/API_PutBucketPolicy.html", "aws:s3/bucketPolicy:BucketPolicy")
bucket_policy.row("policy", policy(20480, Use.RESOURCE))

SNS = "https://docs.aws.amazon.com/sns/latest/api"
topic_policy = Page(f"{SNS}/API_SetTopicAttributes.html", "aws:sns/topicPolicy:TopicPolicy")
topic_policy.row("policy", policy(30720, Use.RESOURCE))

subscription = Page(f"{SNS}/API_Subscribe.html", "aws:sns/topicSubscription:TopicSubscription")
subscription.row(
    "protocol",
    one_of(
        "http", "https", "email", "email-json", "sms", "sqs", "application", "lambda", "firehose"
    ),
)

SSM = "https://docs.aws.amazon.com/systems-manager/latest/APIReference"
parameter = Page(f"{SSM}/API_PutParameter.html", "aws:ssm/parameter:Parameter")
parameter.row("type", one_of("String", "StringList", "SecureString"))
parameter.row("tier", one_of("Standard", "Advanced", "Intelligent-Tiering"))
parameter.row("value", length(1, 8192))
parameter.row("description", length(0, 1024))

ROUTE53 = "https://docs.aws.amazon.com/Route53/latest/APIReference"
record = Page(f"{ROUTE53}/API_ResourceRecordSet.html", "aws:route53/record:Record")
record.row(
    "type",
    one_of(
        "SOA",
        "A",
        "TXT",
        "NS",
        "CNAME",
        "MX",
        "NAPTR",
        "PTR",
        "SRV",
        "SPF",
        "AAAA",
        "CAA",
        "DS",
        "TLSA",
        "SSHFP",
        "SVCB",
        "HTTPS",
    ),
)
record.row("ttl", between(0, 2147483647))
record.row("zoneId", matches(r"(/hostedzone/)?Z?[A-Z0-9]{1,32}", "the id of a hosted zone"))


@record.across
def record_has_one_answer(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if len(given(new, "records", "aliases")) != 1:
        yield "records", 'exactly one of "records" and "aliases" must be given'
    elif given(new, "records") and not given(new, "ttl"):
        yield "ttl", 'a record with "records" needs a "ttl"'
    elif given(new, "aliases") and given(new, "ttl"):
        yield "ttl", "an alias has no ttl of its own"


@parameter.across
def parameter_has_one_value(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if len(given(new, "value", "insecureValue", "valueWo")) != 1:
        yield "value", 'exactly one of "value", "insecureValue" and "valueWo" must be given'


MOST_STANDARD = 4096


@parameter.across
def long_value_needs_the_advanced_tier(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    size = len(str(new.get("value", "")).encode())
    if size > MOST_STANDARD and new.get("tier", "Standard") == "Standard":
        yield "value", f"the value has {size} bytes; more than {MOST_STANDARD} need tier Advanced"
