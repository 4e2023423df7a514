"""The platform up on the real engine: unchanged by a second run, safe from a first mistake."""

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from pulumi.automation.errors import CommandError
from tier.tiers import TIERS

from tests.platform.stacks import Platform, changes, in_parallel, running_platform, what_stands

SCHEMA = Path(__file__).parents[2] / "docs/platform-contract.schema.json"

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.xdist_group("platform-up")]


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """An account and its tiers, up; tests leave it as they find it."""
    with running_platform(tmp_path_factory.mktemp("platform")) as made:
        made.set_up(TIERS)
        yield made


def contract(platform: Platform, tier: str) -> str:
    """What the tier's parameter holds."""
    found = platform.cloud.client("ssm").get_parameter(Name=f"/platform/{tier}")
    return found["Parameter"]["Value"]


@pytest.mark.parametrize("tier", TIERS)
def test_published_contract_is_what_the_schema_says(platform: Platform, tier: str) -> None:
    document = json.loads(contract(platform, tier))
    jsonschema.validate(
        document, json.loads(SCHEMA.read_text()), cls=jsonschema.Draft202012Validator
    )
    assert document["tier"] == tier
    assert document["region"] == platform.cloud.region


@pytest.mark.parametrize("tier", TIERS)
def test_contract_names_what_exists(platform: Platform, tier: str) -> None:
    document = json.loads(contract(platform, tier))
    standing = what_stands(platform.cloud)
    network = document["network"]
    assert network["vpc_id"] in standing["vpcs"]
    assert set(network["balancer_subnet_ids"]) <= set(standing["subnets"])
    assert set(network["fleet_subnet_ids"]) <= set(standing["subnets"])
    assert {document["artifact_bucket"], document["log_bucket"]} <= set(standing["buckets"])
    assert document["alarm_topic_arn"] in standing["topics"]


def test_second_up_and_refresh_change_nothing(platform: Platform) -> None:
    def again(name: str) -> None:
        stack = platform.account() if name == "account" else platform.tier(name)
        assert changes(stack.preview(refresh=True).change_summary) == {}
        assert changes(stack.up(refresh=True).summary.resource_changes) == {}

    in_parallel(again, ["account", *TIERS])


def test_added_zone_only_adds(platform: Platform) -> None:
    planned = changes(platform.tier("test", zones="3").preview().change_summary)
    # Two subnets, a table, a route and two associations more; the endpoint and the contract know.
    assert planned == {"create": 6, "update": 2}


def test_zones_listed_otherwise_move_no_subnet(platform: Platform) -> None:
    other = '["eu-west-1c", "eu-west-1b"]'
    assert changes(platform.tier("test", zone_names=other).preview().change_summary) == {}


@pytest.mark.parametrize("tier", ["stage", "prod"])
def test_destroy_of_a_protected_tier_deletes_nothing(platform: Platform, tier: str) -> None:
    before = what_stands(platform.cloud)
    with pytest.raises(CommandError, match="it is protected"):
        platform.tier(tier).destroy()
    assert what_stands(platform.cloud) == before
