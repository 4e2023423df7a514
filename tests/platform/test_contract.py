"""The contract: what tiers publish, what the schema says, what the documentation explains."""

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tier.tiers import TIERS

from tests.platform.recorder import ACCOUNT, Declaration

Tier = Callable[..., Declaration]

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = json.loads((DOCS / "platform-contract.schema.json").read_text())
VALID = jsonschema.Draft202012Validator(SCHEMA)
CERTIFICATE = f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/12345678-1234-1234-1234-123456789012"

REAL_IDS = {
    "vpc_id": "vpc-0123456789abcdef0",
    "balancer_subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    "fleet_subnet_ids": ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"],
}


def published(made: Declaration) -> dict[str, Any]:
    """The contract that a tier publishes."""
    return json.loads(made.the("ssm.Parameter")["insecureValue"])


def with_real_ids(contract: Mapping[str, Any]) -> dict[str, Any]:
    """The contract with ids as AWS makes them, where the mocks make up names."""
    return {**contract, "network": {**contract["network"], **REAL_IDS}}


@pytest.fixture
def example(tier: Tier) -> dict[str, Any]:
    """A contract with every field in use."""
    return with_real_ids(
        published(
            tier(
                "prod",
                domain_name="prod.example.com",
                hosted_zone_id="Z0123456789ABC",
                certificate_arn=CERTIFICATE,
            )
        )
    )


def test_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", TIERS)
def test_tier_publishes_what_the_schema_asks_for(tier: Tier, name: str) -> None:
    made = tier(name)
    assert made.the("ssm.Parameter")["name"] == f"/platform/{name}"
    contract = published(made)
    VALID.validate(with_real_ids(contract))
    assert contract["tier"] == name


def test_schema_asks_for_what_a_tier_publishes(example: dict[str, Any]) -> None:
    assert set(SCHEMA["required"]) == set(SCHEMA["properties"]) == set(example)
    network = SCHEMA["properties"]["network"]
    assert set(network["required"]) == set(network["properties"]) == set(example["network"])


def test_example_uses_every_field(example: dict[str, Any]) -> None:
    VALID.validate(example)
    assert example["domain"] == {"name": "prod.example.com", "zone_id": "Z0123456789ABC"}
    assert example["certificate_arn"] == CERTIFICATE


def spoiled(contract: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    """The contract with each of its values, at every depth, missing or wrong in turn."""
    if isinstance(contract, dict):
        for key, value in contract.items():
            yield f"{key} missing", {k: v for k, v in contract.items() if k != key}
            for label, wrong in spoiled(value):
                yield f"{key} {label}", {**contract, key: wrong}
        yield "with a field more", {**contract, "more": 1}
    elif isinstance(contract, list):
        yield "empty", []
        yield "twice the same", [contract[0], contract[0]]
        yield "of numbers", [1, 2]
    for wrong in ("", "no such thing!", 7, [], {}):
        yield f"as {wrong!r}", wrong


def test_schema_refuses_every_spoiled_contract(example: dict[str, Any]) -> None:
    accepted = [label for label, wrong in spoiled(example) if VALID.is_valid(wrong)]
    assert accepted == []


def test_fleets_without_nat_stand_in_public_subnets_with_public_addresses(tier: Tier) -> None:
    network = published(tier("dev"))["network"]
    assert network["fleet_public_ips"] is True
    assert network["fleet_subnet_ids"] == network["balancer_subnet_ids"]


@pytest.mark.parametrize("name", ["test", "stage", "prod"])
def test_fleets_with_nat_stand_in_private_subnets(tier: Tier, name: str) -> None:
    network = published(tier(name))["network"]
    assert network["fleet_public_ips"] is False
    assert all("-private-" in subnet for subnet in network["fleet_subnet_ids"])
    assert all("-public-" in subnet for subnet in network["balancer_subnet_ids"])


def test_artifact_bucket_is_the_accounts_own_unless_set(tier: Tier) -> None:
    assert published(tier("dev"))["artifact_bucket"] == "slipway-artifacts"
    other = "acme-artifacts-210987654321-eu-west-1"
    assert published(tier("dev", artifact_bucket=other))["artifact_bucket"] == other


def test_contract_fits_a_free_parameter(example: dict[str, Any]) -> None:
    many = copy.deepcopy(example)
    for key in ("balancer_subnet_ids", "fleet_subnet_ids"):
        many["network"][key] = [f"subnet-{number:017x}" for number in range(4)]
    assert len(json.dumps(many)) < 4096


def test_documentation_explains_every_field() -> None:
    text = (DOCS / "platform-contract.md").read_text()
    explained = set(re.findall(r"^\| `([a-z_.]+)` \|", text, flags=re.MULTILINE))
    fields = set(SCHEMA["properties"])
    fields |= {f"network.{key}" for key in SCHEMA["properties"]["network"]["properties"]}
    domain = SCHEMA["properties"]["domain"]["oneOf"][1]["properties"]
    fields |= {f"domain.{key}" for key in domain}
    assert explained == fields


def test_example_of_the_documentation_is_valid() -> None:
    text = (DOCS / "platform-contract.md").read_text()
    [block] = re.findall(r"```json\n(\{.*?\n\})\n```", text, flags=re.DOTALL)
    VALID.validate(json.loads(block))
