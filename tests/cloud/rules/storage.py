"""S3, SNS, Systems Manager, Route 53."""

import ipaddress
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.cloud.rules.documents import Use, listed, policy
from tests.cloud.rules.kinds import (
    arn,
    between,
    json_text,
    length,
    matches,
    one_of,
    resource_id,
)
from tests.cloud.rules.table import Page, block, given, known

S3 = "https://docs.aws.amazon.com/AmazonS3/latest/API"

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

encryption.row(
    "rules.applyServerSideEncryptionByDefault.kmsMasterKeyId",
    matches(r"arn:aws[a-z-]*:kms:.+:\d{12}:(key|alias)/.+|alias/.+|[0-9a-f-]{36}", "a key of KMS"),
)
encryption.row("rules.blockedEncryptionTypes", one_of("NONE", "SSE-C"))
names = Page(
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
    "aws:s3/bucket:Bucket",
)
names.row(
    "bucket",
    matches(
        r"(?!sthree-|amzn-s3-demo-|xn--)(?!\d+\.\d+\.\d+\.\d+$)"
        r"(?!.*(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$).*",
        "a name that is no address and has none of the reserved beginnings and ends",
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


topic = Page(f"{SNS}/API_CreateTopic.html", "aws:sns/topic:Topic")
topic.row("displayName", length(0, 100))
topic.row("deliveryPolicy", json_text)
topic.row("policy", policy(30720, Use.RESOURCE))
topic_policy.row("arn", arn("sns"))
subscription.row("topic", arn("sns"))

label = r"[A-Za-z0-9!\"#$%&'()*+,\-/:;<=>?@\[\]^_`{|}~]{1,63}"
record.row(
    "name",
    matches(rf"(?=.{{0,255}}$)({label}\.)*{label}\.?", "a domain's name, labels of at most 63"),
)
record.row("records", length(1, 4000))
record.row("aliases.name", matches(rf"(?=.{{0,255}}$)({label}\.)*{label}\.?", "a domain's name"))
record.row("aliases.zoneId", matches(r"Z[A-Z0-9]{1,31}", "the id of a hosted zone"))
zone = Page(f"{ROUTE53}/API_CreateHostedZone.html", "aws:route53/zone:Zone")
zone.row("name", matches(rf"(?=.{{1,255}}$)({label}\.)+{label}\.?", "a domain's name"))
zone.row("comment", length(0, 256))
zone.row("vpcs.vpcId", resource_id("vpc"))

parameter.row(
    "name",
    matches(r"(?i)(?!/?(aws|ssm))(/?[\w.-]+){1,15}", "a name of at most 15 levels, not aws or ssm"),
)
parameter.row("dataType", one_of("text", "aws:ec2:image", "aws:ssm:integration"))
parameter.row("allowedPattern", length(0, 1024))

FORMS = {
    "email": r"[^@\s]+@[^@\s]+\.[^@\s]+",
    "email-json": r"[^@\s]+@[^@\s]+\.[^@\s]+",
    "http": r"http://\S+",
    "https": r"https://\S+",
    "sqs": r"arn:aws[a-z-]*:sqs:[^:]+:\d{12}:.+",
    "lambda": r"arn:aws[a-z-]*:lambda:[^:]+:\d{12}:function:.+",
    "firehose": r"arn:aws[a-z-]*:firehose:[^:]+:\d{12}:deliverystream/.+",
    "sms": r"\+?[0-9]{5,15}",
}


@subscription.across
def endpoint_fits_the_protocol(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    form, endpoint = FORMS.get(new.get("protocol", "")), new.get("endpoint")
    if form and known(endpoint) and not re.fullmatch(form, str(endpoint)):
        yield "endpoint", f"endpoint is {endpoint}; it does not fit the protocol {new['protocol']}"


@topic_policy.across
def policy_is_about_its_topic(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for statement in _statements(new, "arn"):
        for resource in listed(statement.get("Resource", new["arn"])):
            if resource not in ("*", new["arn"]):
                yield "policy", f"policy speaks of {resource}; it must be of {new['arn']}"
        yield from _foreign_actions(statement, "SNS")


@bucket_policy.across
def policy_is_about_its_bucket(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for statement in _statements(new, "bucket"):
        for resource in listed(statement.get("Resource", [])):
            name = str(resource).partition(":::")[2].partition("/")[0]
            if name not in ("*", new["bucket"]):
                yield "policy", f"policy speaks of {resource}, which is not in {new['bucket']}"
        yield from _foreign_actions(statement, "S3")


def _statements(new: Mapping[str, Any], owner: str) -> list[Any]:
    """Those of the policy; none where it or its owner is unknown, or it cannot be read.

    That it can be read is the business of `policy`.
    """
    if not known(new.get(owner)) or not known(new.get("policy")):
        return []
    try:
        return listed(json.loads(new["policy"]).get("Statement", []))
    except (ValueError, AttributeError):
        return []


def _foreign_actions(statement: Mapping[str, Any], service: str) -> Iterator[tuple[str, str]]:
    for action in listed(statement.get("Action", [])):
        if not re.match(rf"(?i){service}:|\*$", str(action)):
            yield "policy", f"policy has the action {action}; it must be one of {service}"


@encryption.across
def key_goes_with_kms(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for index, rule in enumerate(new.get("rules") or []):
        found = block(rule, "applyServerSideEncryptionByDefault")
        path = f"rules[{index}].applyServerSideEncryptionByDefault.kmsMasterKeyId"
        if given(found, "kmsMasterKeyId") and found.get("sseAlgorithm") == "AES256":
            yield path, f"{path} goes with aws:kms, not with AES256"


@record.across
def answers_fit_their_type(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    kind = new.get("type")
    for each in new.get("records") or []:
        if not known(each):
            continue
        if kind in ("A", "AAAA"):
            try:
                fits = ipaddress.ip_address(each).version == (4 if kind == "A" else 6)
            except ValueError:
                fits = False
            if not fits:
                yield "records", f"records has {each}, which is no address for type {kind}"
    if kind == "CNAME" and len(new.get("records") or []) > 1:
        yield "records", "records has more than one name; a CNAME has one"


@parameter.across
def value_fits_its_pattern(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    pattern = new.get("allowedPattern")
    value = new.get("value") or new.get("insecureValue")
    if not pattern or not known(pattern):
        return
    try:
        fits = not known(value) or re.search(str(pattern), str(value))
    except re.error as error:
        yield "allowedPattern", f"allowedPattern is no regular expression: {error}"
    else:
        if not fits:
            yield "value", f"value does not match allowedPattern, {pattern}"


@parameter.across
def key_goes_with_secure_string(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if given(new, "keyId") and new.get("type") != "SecureString":
        yield "keyId", "keyId goes with the type SecureString only"


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
    size = len(str(new.get("value") or new.get("insecureValue") or "").encode())
    if size > MOST_STANDARD and new.get("tier", "Standard") == "Standard":
        key = "value" if given(new, "value") else "insecureValue"
        yield key, f"{key} has {size} bytes; more than {MOST_STANDARD} need tier Advanced"
