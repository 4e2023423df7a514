"""What no resource may be, one pure function each: from a resource's inputs to what is wrong.

guardrails.py applies them. Inputs have their Python names; an Output is a value not known yet.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

WORLD = ("0.0.0.0/0", "::/0")
PUBLIC_PORTS = (80, 443)
REQUIRED_TAGS = frozenset({"service", "tier", "team", "repository", "managed-by"})
# Types that AWS gives no tags. Any other type of aws: must have them.
UNTAGGABLE = frozenset(
    {
        "aws:autoscaling/policy:Policy",
        "aws:autoscaling/schedule:Schedule",
        "aws:cloudwatch/dashboard:Dashboard",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:route53/record:Record",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:wafv2/webAclAssociation:WebAclAssociation",
    }
)
# The input by which each kind of store is encrypted.
ENCRYPTED_BY = {
    "aws:ebs/volume:Volume": "encrypted",
    "aws:efs/fileSystem:FileSystem": "encrypted",
    "aws:elasticache/replicationGroup:ReplicationGroup": "at_rest_encryption_enabled",
    "aws:rds/cluster:Cluster": "storage_encrypted",
    "aws:rds/instance:Instance": "storage_encrypted",
}
NAME_LIMITS = {
    "aws:autoscaling/group:Group": 255,
    "aws:ec2/launchTemplate:LaunchTemplate": 128,
    "aws:iam/instanceProfile:InstanceProfile": 128,
    "aws:iam/role:Role": 64,
    "aws:lb/loadBalancer:LoadBalancer": 32,
    "aws:lb/targetGroup:TargetGroup": 32,
}
SECRET_INPUT = re.compile(r"password|passwd|secret_string|secret_binary|private_key|auth_token")
SECRET_VALUE = re.compile(r"AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|://[^/\s:@]+:[^/\s@]+@")

LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
Problems = Iterator[str]


@dataclass(frozen=True)
class Candidate:
    """A resource about to be declared."""

    type: str
    name: str
    inputs: Mapping[str, Any]
    protected_tier: bool = False
    plain_http: bool = False  # allowed, where the platform has no certificate


def encrypted_at_rest(candidate: Candidate) -> Problems:
    """Every disk and store is encrypted."""
    key = ENCRYPTED_BY.get(candidate.type)
    if key and not _is_true(candidate.inputs.get(key)):
        yield f"{key} is not true"
    if candidate.type == LAUNCH_TEMPLATE:
        disks = candidate.inputs.get("block_device_mappings") or []
        if not disks:
            yield "block_device_mappings is empty, so the root disk is as the image has it"
        for disk in disks:
            if not _is_true(_part(disk, "ebs").get("encrypted")):
                yield f"disk {disk.get('device_name')} is not encrypted"


def encrypted_in_transit(candidate: Candidate) -> Problems:
    """A listener takes HTTPS with a modern policy, or only redirects there."""
    if candidate.type != "aws:lb/listener:Listener":
        return
    if candidate.inputs.get("protocol") == "HTTPS":
        policy = candidate.inputs.get("ssl_policy")
        if not isinstance(policy, str) or "TLS13-1-2" not in policy:
            yield f"ssl_policy is {policy!r}; it must be one of TLS 1.2 and 1.3"
    elif not candidate.plain_http and any(
        each.get("type") != "redirect" for each in candidate.inputs["default_actions"]
    ):
        yield "it answers plain HTTP, which the setting plain_http forbids"


def closed_ports(candidate: Candidate) -> Problems:
    """The world reaches ports 80 and 443 only, and instances reach the world on 443 only."""
    inputs = candidate.inputs
    rules = {
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": PUBLIC_PORTS,
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": (443,),
    }
    allowed = rules.get(candidate.type)
    if allowed and (inputs.get("cidr_ipv4") in WORLD or inputs.get("cidr_ipv6") in WORLD):
        low, high = inputs.get("from_port"), inputs.get("to_port")
        if low != high or low not in allowed:
            yield f"ports {low} to {high} are open to the world; only {_listed(allowed)} may be"
    if candidate.type == "aws:ec2/securityGroup:SecurityGroup" and (
        inputs.get("ingress") or inputs.get("egress")
    ):
        yield "its rules are inside it; make each a resource of its own, which is judged"


def private(candidate: Candidate) -> Problems:
    """No store is public."""
    if _is_true(candidate.inputs.get("publicly_accessible")):
        yield "publicly_accessible is true"
    if candidate.type == "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock":
        blocks = ("block_public_acls", "block_public_policy", "ignore_public_acls",
                  "restrict_public_buckets")  # fmt: skip
        yield from (
            f"{key} is not true" for key in blocks if not _is_true(candidate.inputs.get(key))
        )


def metadata_by_token(candidate: Candidate) -> Problems:
    """The metadata service answers only with a token (IMDSv2), and only the machine itself."""
    if candidate.type == LAUNCH_TEMPLATE:
        options = _part(candidate.inputs, "metadata_options")
        if options.get("http_tokens") != "required":
            yield "metadata_options.http_tokens is not required"
        if options.get("http_put_response_hop_limit") != 1:
            yield "metadata_options.http_put_response_hop_limit is not 1"


def tagged(candidate: Candidate) -> Problems:
    """Everything carries the tags that say whose it is, also what a group starts."""
    if not candidate.type.startswith("aws:") or candidate.type in UNTAGGABLE:
        return
    tags = candidate.inputs.get("tags") or {}
    if candidate.type == "aws:autoscaling/group:Group":
        tags = {each["key"]: each["value"] for each in tags if each["propagate_at_launch"] is True}
    yield from _missing(tags, "tags")
    if candidate.type == LAUNCH_TEMPLATE:
        given = {each["resource_type"]: each["tags"]
                 for each in candidate.inputs.get("tag_specifications") or []}  # fmt: skip
        for kind in ("volume", "network-interface"):
            yield from _missing(given.get(kind, {}), f"tag_specifications of {kind}")


def logs_end(candidate: Candidate) -> Problems:
    """Log lines are not kept forever."""
    if candidate.type == "aws:cloudwatch/logGroup:LogGroup" and not candidate.inputs.get(
        "retention_in_days"
    ):
        yield "retention_in_days is not set, so lines stay forever"


def deletion_protected(candidate: Candidate) -> Problems:
    """In a protected tier AWS itself refuses to delete what is hard to bring back."""
    keys = {
        "aws:lb/loadBalancer:LoadBalancer": "enable_deletion_protection",
        "aws:rds/cluster:Cluster": "deletion_protection",
        "aws:rds/instance:Instance": "deletion_protection",
    }
    key = keys.get(candidate.type)
    if candidate.protected_tier and key and not _is_true(candidate.inputs.get(key)):
        yield f"{key} is not true in a protected tier"


def no_secret(candidate: Candidate) -> Problems:
    """No secret enters the state, the repository or user-data: name it by its ARN."""
    for path, value in _texts(candidate.inputs, ""):
        last = path.rpartition(".")[2]
        if SECRET_INPUT.search(last) and value:
            yield f"{path} holds a secret"
        elif SECRET_VALUE.search(value) or SECRET_VALUE.search(_decoded(value)):
            yield f"{path} has something in it that looks like a secret"


def no_wildcard(candidate: Candidate) -> Problems:
    """A policy names what it allows, and on what."""
    for key in ("policy", "assume_role_policy"):
        policy = candidate.inputs.get(key)
        if policy is None:
            continue
        if not isinstance(policy, str):
            yield f"{key} is not known before it is made, so it cannot be judged; write it as text"
            continue
        for statement in json.loads(policy)["Statement"]:
            if statement["Effect"] == "Allow":
                yield from _wildcards(key, statement)


def names_fit(candidate: Candidate) -> Problems:
    """Names are as short as AWS wants them."""
    name, limit = candidate.inputs.get("name"), NAME_LIMITS.get(candidate.type)
    if limit and isinstance(name, str) and len(name) > limit:
        yield f"name {name} has {len(name)} characters; AWS takes {limit}"


Rule = Callable[[Candidate], Problems]
RULES: dict[str, Rule] = {
    rule.__name__.replace("_", "-"): rule
    for rule in (
        encrypted_at_rest,
        encrypted_in_transit,
        closed_ports,
        private,
        metadata_by_token,
        tagged,
        logs_end,
        deletion_protected,
        no_secret,
        no_wildcard,
        names_fit,
    )
}


def _is_true(value: object) -> bool:
    """Tell whether an input says true; some are texts on AWS."""
    return value is True or value == "true"


def _part(inputs: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    return inputs.get(key) or {}


def _listed(numbers: tuple[int, ...]) -> str:
    return " and ".join(str(number) for number in numbers)


def _missing(tags: Mapping[str, Any], where: str) -> Problems:
    missing = sorted(REQUIRED_TAGS - tags.keys())
    if missing:
        yield f"{where} lack {', '.join(missing)}"


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Give every text inside an input, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner, path)


def _decoded(value: str) -> str:
    """Look into base64, which is how user-data comes."""
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _wildcards(key: str, statement: Mapping[str, Any]) -> Problems:
    for part in ("Action", "Resource"):
        values = statement.get(part, [])
        for value in [values] if isinstance(values, str) else values:
            if value == "*" or (part == "Action" and "*" in value):
                yield f"{key} allows {part} {value}"
    if statement.get("Principal") == "*" and "Condition" not in statement:
        yield f"{key} allows everybody"
