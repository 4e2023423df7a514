"""A contract, a document and settings that are right; tests change what they are about."""

import json
from typing import Any

from stack.configuration import load_settings
from stack.document import Document, parse_document
from stack.names import Names
from stack.platform import Contract, parse_contract
from stack.settings import Settings

REGION = "eu-west-1"
ACCOUNT = "123456789012"
SERVICE = "orders"
COMMON = {
    "orders:team": "checkout",
    "orders:repository": "example/orders",
    "orders:architecture": "arm64",
}
PROJECT_FILE = """\
name: orders
config:
  team: {value: shop}
  repository: {value: acme/orders}
  architecture: {value: arm64}
"""
TIER_FILE = f"config: {{aws:region: {REGION}}}\n"
CERTIFICATE = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/0123-abcd"
DOMAIN = {"name": "dev.example.com", "zone_id": "Z0123456789ABC"}
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:orders/database-AbCdEf"
SECRET_VERSION = "0123456789abcdef0123456789abcdef"  # noqa: S105 the version's id, no secret


def names(tier: str = "dev") -> Names:
    return Names(service=SERVICE, tier=tier)


def settings(tier: str = "dev", **changes: str) -> Settings:
    own = {f"{SERVICE}:{key}": value for key, value in changes.items()}
    return load_settings(names(tier), {**COMMON, **own})


def contract_data(tier: str = "dev", **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "schema": 1,
        "tier": tier,
        "account": ACCOUNT,
        "region": REGION,
        "network": {
            "vpc_id": "vpc-0123456789abcdef0",
            "balancer_subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
            "fleet_subnet_ids": ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"],
            "fleet_public_ips": tier == "dev",
        },
        "artifact_bucket": "artifacts",
        "log_bucket": "logs",
        "alarm_topic_arn": f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms",
        "domain": None,
        "certificate_arn": CERTIFICATE if tier == "prod" else None,
        **changes,
    }


def contract(tier: str = "dev", **changes: Any) -> Contract:  # noqa: ANN401
    return parse_contract(names(tier), json.dumps(contract_data(tier, **changes)), REGION)


def release_data(number: int = 1, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "build": {"sha256": f"{number:064x}", "version": f"1.{number}.0", "commit": "c" * 40},
        "image": "ami-0123456789abcdef0",
        "architecture": "arm64",
        "instance_types": ["t4g.small", "t4g.medium"],
        "on_demand_base": 1,
        "spot_percent": 75,
        "environment": {"ORDERS_LOG_LEVEL": "info"},
        "secrets": {},
        "label": f"{number:032x}",
        "created": "2026-11-21T03:34:00Z",
        **changes,
    }


def document_data(tier: str = "dev", **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """Write the document of a tier with one release; with changes={"releases": {}, ...} another."""
    return {
        "schema": 1,
        "service": SERVICE,
        "tier": tier,
        "releases": {"v1": release_data(1)},
        "weights": {"v1": 100},
        "floors": {},
        "maintenance": None,
        "rollout": None,
        "lease": None,
        **changes,
    }


def document(tier: str = "dev", **changes: Any) -> Document:  # noqa: ANN401
    return parse_document(names(tier), json.dumps(document_data(tier, **changes)), "the document")
