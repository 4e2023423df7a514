"""The platform on the real engine: up, unchanged by a second run, safe from a mistake, down."""

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from pulumi.automation.errors import CommandError
from tier.tiers import TIERS

from tests.platform.stacks import Platform, changes, in_parallel, running_platform, what_stands

SCHEMA = Path(__file__).parents[2] / "docs/platform-contract.schema.json"

pytestmark = [pytest.mark.engine, pytest.mark.slow]


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """An account and its tiers, up; tests leave it as they find it, but for the last."""
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
        assert changes(stack.up().summary.resource_changes) == {}

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


def test_everything_goes_when_protection_is_lifted(platform: Platform) -> None:
    """The last test here: it takes the platform down."""
    # A log that lies there must not keep a tier from going.
    [bucket] = [one for one in what_stands(platform.cloud)["buckets"] if "-logs-prod-" in one]
    platform.cloud.client("s3").put_object(Bucket=bucket, Key="orders/AWSLogs/log", Body=b"GET /")

    def down(tier: str) -> None:
        if tier in {"stage", "prod"}:
            platform.tier(tier, protect="false").up()
        platform.tier(tier, protect="false").destroy()

    in_parallel(down, TIERS)
    platform.account(protect="false").up()
    platform.account(protect="false").destroy()
    assert {kind: found for kind, found in what_stands(platform.cloud).items() if found} == {}
