"""Nothing lies or travels in the clear."""

import re

from .candidate import UNKNOWN, Candidate, Problems, is_known, is_true, rows, table, texts

# The input by which each kind of store is encrypted. What is always encrypted is not here: objects
# in S3, DynamoDB tables, queues (unless somebody turns it off), log groups, secrets.
ENCRYPTED_BY = {
    "aws:docdb/cluster:Cluster": "storage_encrypted",
    "aws:ebs/volume:Volume": "encrypted",
    "aws:ec2/instance:Instance": "root_block_device.encrypted",
    "aws:efs/fileSystem:FileSystem": "encrypted",
    "aws:elasticache/replicationGroup:ReplicationGroup": "at_rest_encryption_enabled",
    "aws:neptune/cluster:Cluster": "storage_encrypted",
    "aws:opensearch/domain:Domain": "encrypt_at_rest.enabled",
    "aws:rds/cluster:Cluster": "storage_encrypted",
    "aws:rds/instance:Instance": "storage_encrypted",
    "aws:redshift/cluster:Cluster": "encrypted",
}
# The same where the input names a key or a kind instead.
KEYED_BY = {
    "aws:kinesis/stream:Stream": ("encryption_type", "KMS"),
    "aws:sns/topic:Topic": ("kms_master_key_id", "alias/aws/sns, or a key of your own"),
}
# The input by which each kind of store wants TLS of its clients.
TLS_BY = {
    "aws:elasticache/cluster:Cluster": "transit_encryption_enabled",
    "aws:elasticache/replicationGroup:ReplicationGroup": "transit_encryption_enabled",
    "aws:memorydb/cluster:Cluster": "tls_enabled",
    "aws:opensearch/domain:Domain": "domain_endpoint_options.enforce_https",
}
LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
LISTENER = "aws:lb/listener:Listener"
BUCKET_ENCRYPTION = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)
# "Security policies for your Application Load Balancer": what their names say they take at least.
MODERN_TLS = re.compile(r"TLS13-1-[23]")
BUCKET_CIPHERS = ("AES256", "aws:kms", "aws:kms:dsse")


def encrypted_at_rest(candidate: Candidate) -> Problems:
    """Every disk and store is encrypted."""
    key = ENCRYPTED_BY.get(candidate.type)
    if key and not is_true(candidate.at(key)):
        yield f"{key} is not true"
    key, value = KEYED_BY.get(candidate.type, ("", ""))
    if key and not candidate.at(key):
        yield f"{key} is not set; take {value}"
    if candidate.type == "aws:sqs/queue:Queue" and not candidate.at("kms_master_key_id"):
        managed = candidate.at("sqs_managed_sse_enabled")
        if managed is not None and not is_true(managed):
            yield "sqs_managed_sse_enabled is not true"
    if candidate.type == BUCKET_ENCRYPTION:
        for rule in rows(candidate.at("rules")) or [{}]:
            default = table(rule.get("apply_server_side_encryption_by_default"))
            if default.get("sse_algorithm") not in BUCKET_CIPHERS:
                yield f"sse_algorithm is none of {', '.join(BUCKET_CIPHERS)}"
    if candidate.type == LAUNCH_TEMPLATE:
        yield from _disks(candidate)


def _disks(candidate: Candidate) -> Problems:
    disks = rows(candidate.at("block_device_mappings"))
    if not disks:
        yield "block_device_mappings is empty, so the root disk is as the image has it"
    for disk in disks:
        if not is_true(table(disk.get("ebs")).get("encrypted")):
            yield f"disk {disk.get('device_name')} is not encrypted"


def encrypted_in_transit(candidate: Candidate) -> Problems:
    """A listener takes HTTPS with a modern policy, or only redirects there; stores want TLS."""
    key = TLS_BY.get(candidate.type)
    if key and not is_true(candidate.at(key)):
        yield f"{key} is not true"
    if candidate.type == "aws:sns/topicSubscription:TopicSubscription" and (
        candidate.at("protocol") == "http"
    ):
        yield "protocol is http; take https"
    if candidate.type == "aws:apigateway/domainName:DomainName" and (
        candidate.at("security_policy") != "TLS_1_2"
    ):
        yield "security_policy is not TLS_1_2"
    if candidate.type == "aws:cloudfront/distribution:Distribution":
        for behavior in ("default_cache_behavior", "ordered_cache_behaviors"):
            for each in rows(texts(candidate.at(behavior))):
                if each.get("viewer_protocol_policy") not in ("https-only", "redirect-to-https"):
                    yield f"{behavior}.viewer_protocol_policy is neither https-only nor a redirect"
    if candidate.type == LISTENER:
        yield from _listener(candidate)


def _listener(candidate: Candidate) -> Problems:
    protocol = candidate.at("protocol")
    if not is_known(protocol):
        yield f"protocol {UNKNOWN}"
    elif protocol in ("HTTPS", "TLS"):
        policy = candidate.at("ssl_policy")
        if not isinstance(policy, str) or not MODERN_TLS.search(policy):
            said = repr(policy) if is_known(policy) else "not known yet"
            yield (
                f"ssl_policy is {said}; it must be one of TLS 1.2 or 1.3, "
                "such as ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
            )
    elif not candidate.plain_http:
        actions = rows(candidate.at("default_actions")) or [{}]
        if any(each.get("type") != "redirect" for each in actions):
            yield (
                "it answers plain HTTP, which the setting plain_http forbids; "
                "let it redirect to HTTPS"
            )
