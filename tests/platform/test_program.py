"""The programs as wholes: what they make in each tier, and what they refuse."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from platform_parts.contract import read_artifact_bucket
from platform_parts.errors import PlatformError
from tier.tiers import TIERS

from tests.platform.recorder import REGION, Declaration

Program = Callable[..., Declaration]
# Types that take no tags in AWS.
UNTAGGED = {
    "ec2.Route",
    "ec2.RouteTableAssociation",
    "s3.BucketLifecycleConfiguration",
    "s3.BucketOwnershipControls",
    "s3.BucketPolicy",
    "s3.BucketPublicAccessBlock",
    "s3.BucketServerSideEncryptionConfiguration",
    "s3.BucketVersioning",
    "sns.TopicPolicy",
}


@pytest.fixture(params=["account", *TIERS])
def made(request: pytest.FixtureRequest) -> Declaration:
    """Each program with the defaults."""
    if request.param == "account":
        return request.getfixturevalue("account")()
    return request.getfixturevalue("tier")(request.param)


def test_everything_that_takes_tags_has_them(made: Declaration) -> None:
    for one in made.resources:
        if one.type not in UNTAGGED:
            assert one.inputs["tags"]["managed-by"] == "pulumi", one.name
            assert one.inputs["tags"]["platform"] == "slipway", one.name


def test_tier_is_in_the_tags(tier: Program) -> None:
    tagged = [one for one in tier("stage").resources if one.type not in UNTAGGED]
    assert {one.inputs["tags"]["tier"] for one in tagged} == {"stage"}


def test_no_name_is_given_twice(made: Declaration) -> None:
    assert len(made.names) == len(set(made.names))


def test_tier_names_only_what_is_its_own(tier: Program) -> None:
    physical = ("name", "bucket")
    for name in TIERS:
        for one in tier(name).resources:
            for key in physical:
                assert name in one.inputs.get(key, name), f"{one.name} {key}"


def test_lookups_are_the_planned_ones(tier: Program) -> None:
    tokens = [token.rpartition(":")[2] for token, _ in tier("dev").lookups]
    assert tokens == ["getCallerIdentity", "getRegion", "getAvailabilityZones"]


def test_local_zones_are_left_out(tier: Program) -> None:
    [zones] = [args for token, args in tier("dev").lookups if "Zones" in token]
    assert zones["state"] == "available"
    assert zones["filters"] == [{"name": "opt-in-status", "values": ["opt-in-not-required"]}]


@pytest.mark.parametrize("name", ["production", "main", "DEV"])
def test_stack_that_is_no_tier_is_refused(tier: Program, name: str) -> None:
    with pytest.raises(PlatformError) as caught:
        tier(name)
    assert str(caught.value) == (
        f"stack {name} is not a tier; a tier's stack is one of dev, test, stage, prod"
    )


def test_team_runs_fewer_tiers_by_shortening_one_list(
    tier: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tier.program.TIERS", ("dev", "prod"))
    # With a tag, so that this is not the declaration that other tests look at.
    assert len(tier("prod", tags='{"tiers": "two"}').every("ec2.NatGateway")) == 3
    with pytest.raises(PlatformError, match="is one of dev, prod"):
        tier("stage", tags='{"tiers": "two"}')


@pytest.mark.parametrize("settings", [
    {"zones": "4"},
    {"zones": "2", "zone_names": '["eu-west-1a", "eu-west-1f"]'},
])  # fmt: skip
def test_zones_that_aws_does_not_offer_are_refused(tier: Program, settings: dict[str, str]) -> None:
    with pytest.raises(PlatformError) as caught:
        tier("dev", **settings)
    [line] = str(caught.value).splitlines()
    assert line.startswith("Pulumi.dev.yaml: the tier is to span ")
    assert "eu-west-1a, eu-west-1b, eu-west-1c" in line


def test_account_is_not_among_the_other_accounts(account: Program) -> None:
    with pytest.raises(PlatformError) as caught:
        account(tier_accounts='["123456789012"]')
    assert "names 123456789012, which is this account" in str(caught.value)


class Refusing:
    """An SSM client that answers with an error."""

    def __init__(self, code: str) -> None:
        self._code = code

    def get_parameter(self, Name: str) -> Any:  # noqa: ANN401, N803  boto3's spelling
        """Refuse."""
        raise ClientError({"Error": {"Code": self._code, "Message": Name}}, "GetParameter")


class Holding:
    """An SSM client that answers with a value."""

    def __init__(self, value: str) -> None:
        self._value = value

    def get_parameter(self, Name: str) -> Any:  # noqa: ANN401, ARG002, N803  boto3's spelling
        """Answer."""
        return {"Parameter": {"Value": self._value}}


@pytest.mark.parametrize(("client", "words"), [
    (Refusing("ParameterNotFound"), "does not exist; bring up infra/account in this account"),
    (Refusing("AccessDeniedException"), "cannot be read"),
    (Holding("nonsense"), "is not a platform document"),
    (Holding("[]"), "is not a platform document"),
    (Holding('{"schema": 1}'), "is not a platform document"),
    (Holding('{"schema": 2, "artifact_bucket": "b"}'), "has schema 2; this program reads 1"),
])  # fmt: skip
def test_account_document_that_does_not_serve_is_refused(client: Any, words: str) -> None:  # noqa: ANN401
    with pytest.raises(PlatformError) as caught:
        read_artifact_bucket(client)
    [line] = str(caught.value).splitlines()
    assert line.startswith("parameter /platform/account ")
    assert words in line


def test_region_of_the_lookup_is_the_one_everything_gets(tier: Program) -> None:
    assert REGION in tier("dev").the("s3.Bucket")["bucket"]
