"""Rollout documents for tests and the demo: what `deliver` will write, made by hand here."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

type Clients = Callable[[str], Any]  # gives a boto3 client by its service's name

# An image id only has to look like one: nothing on the simulated cloud boots it.
IMAGE = "ami-0123456789abcdef0"


def release(
    number: int, *, environment: Mapping[str, str] | None = None, build: str | None = None
) -> dict[str, Any]:
    """Release `vN` with content that differs from that of every other number.

    `build` is the digest of a build that is in the bucket; without one no instance could boot.
    """
    digest = hashlib.sha256(f"build of v{number}".encode()).hexdigest()
    return {
        "build": {"sha256": build or digest, "version": f"1.{number}.0", "commit": digest[:40]},
        "image": IMAGE,
        "architecture": "arm64",
        "instance_types": ["t4g.small", "t4g.medium"],
        "on_demand_base": 1,
        "spot_percent": 50,
        "environment": dict(environment or {}),
        "secrets": {},
        "label": hashlib.sha256(f"label of v{number}".encode()).hexdigest()[:32],
        "created": "2026-11-21T08:00:00Z",
    }


def document(
    service: str,
    tier: str,
    weights: Mapping[int, int],
    floors: Mapping[int, int] | None = None,
    builds: Mapping[int, str] | None = None,
) -> dict[str, Any]:
    """A document at rest: release numbers with their weights and, where they differ, floors."""
    digests = builds or {}
    return {
        "schema": 1,
        "service": service,
        "tier": tier,
        "releases": {
            f"v{number}": release(number, build=digests.get(number)) for number in weights
        },
        "weights": {f"v{number}": weight for number, weight in weights.items()},
        "floors": {f"v{number}": floor for number, floor in (floors or {}).items()},
        "maintenance": None,
        "rollout": None,
        "lease": None,
    }


def artifact_bucket(client: Clients, tier: str) -> str:
    """The bucket that the tier's contract names."""
    parameter = client("ssm").get_parameter(Name=f"/platform/{tier}")["Parameter"]
    return str(json.loads(parameter["Value"])["artifact_bucket"])


def write(client: Clients, content: Mapping[str, Any]) -> None:
    """Put a document where the tier's stack reads it."""
    put(client, artifact_bucket(client, content["tier"]), content)


def put(client: Clients, bucket: str, content: Mapping[str, Any]) -> None:
    """Put a document into a bucket, also that of a tier whose platform is not there."""
    client("s3").put_object(
        Bucket=bucket,
        Key=f"rollouts/{content['service']}/{content['tier']}.json",
        Body=json.dumps(content, indent=2).encode(),
        ContentType="application/json",
    )
