"""What the world may reach, and what may be public."""

import ipaddress
from typing import Any

from .candidate import UNKNOWN, Candidate, Problems, is_known, is_true, texts

PUBLIC_PORTS = (80, 443)
WORLD_BITS = 8  # a range with fewer fixed bits is as good as the world: two halves are all of it
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
ALLOWED = {INGRESS: PUBLIC_PORTS, EGRESS: (443,)}
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
BLOCKS = (
    "block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets",
)  # fmt: skip
BUCKETS_WITH_ACL = ("aws:s3/bucket:Bucket", "aws:s3/bucketAcl:BucketAcl")


def closed_ports(candidate: Candidate) -> Problems:
    """The world reaches ports 80 and 443 only, and instances reach the world on 443 only."""
    if candidate.type in ALLOWED:
        ranges = [candidate.at("cidr_ipv4"), candidate.at("cidr_ipv6")]
        yield from _ports(candidate, ranges, ALLOWED[candidate.type])
    if candidate.type == "aws:ec2/securityGroupRule:SecurityGroupRule":
        way = INGRESS if candidate.at("type") == "ingress" else EGRESS
        ranges = [*texts(candidate.at("cidr_blocks")), *texts(candidate.at("ipv6_cidr_blocks"))]
        yield from _ports(candidate, ranges, ALLOWED[way])
    if candidate.type == "aws:ec2/securityGroup:SecurityGroup" and (
        candidate.at("ingress") or candidate.at("egress")
    ):
        yield "its rules are inside it; make each a resource of its own, which is judged"


def _ports(candidate: Candidate, ranges: list[Any], allowed: tuple[int, ...]) -> Problems:
    if not all(is_known(each) for each in ranges):
        yield f"its address range {UNKNOWN}"
    elif any(_is_world(each) for each in ranges):
        low, high = candidate.at("from_port"), candidate.at("to_port")
        if not (is_known(low) and is_known(high)):
            yield f"from_port or to_port {UNKNOWN}"
        elif low != high or low not in allowed:
            ports = " and ".join(str(port) for port in allowed)
            yield f"ports {low} to {high} are open to the world; only {ports} may be"


def _is_world(addresses: object) -> bool:
    if not isinstance(addresses, str):
        return False
    try:
        return ipaddress.ip_network(addresses, strict=False).prefixlen < WORLD_BITS
    except ValueError:  # AWS refuses it
        return False


def private(candidate: Candidate) -> Problems:
    """No store is public."""
    public = candidate.at("publicly_accessible")
    if not is_known(public):
        yield f"publicly_accessible {UNKNOWN}"
    elif is_true(public):
        yield "publicly_accessible is true"
    if candidate.type == BLOCK:
        yield from (f"{key} is not true" for key in BLOCKS if not is_true(candidate.at(key)))
    if candidate.type in BUCKETS_WITH_ACL and candidate.at("acl") not in (None, "private"):
        yield "acl gives others rights; leave it out and write a bucket policy"
    if candidate.type == "aws:lambda/functionUrl:FunctionUrl" and (
        candidate.at("authorization_type") != "AWS_IAM"
    ):
        yield "authorization_type is not AWS_IAM, so everybody can call it"
    if candidate.type == "aws:lambda/permission:Permission" and candidate.at("principal") == "*":
        yield "principal is *, so everybody can call it"
    if candidate.type == "aws:rds/snapshot:Snapshot" and texts(candidate.at("shared_accounts")):
        yield "shared_accounts shares the data with other accounts"
