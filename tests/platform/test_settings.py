"""Settings: what is refused, and in which words."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from account.settings import DEFAULTS as ACCOUNT_DEFAULTS
from account.settings import Settings as AccountSettings
from platform_parts.errors import PlatformError
from tier.settings import Settings as TierSettings
from tier.tiers import COLUMNS, COMMON, TABLE, TIERS, tier_defaults

from tests.platform.recorder import REGION, Declaration

Program = Callable[..., Declaration]

WRONG_IN_A_TIER = [
    ("vpc_cidr", "10.35.0.1/16", "an IPv4 range such as 10.35.0.0/16, without host bits"),
    ("vpc_cidr", "8.8.0.0/16", "a range within 10.0.0.0/8"),
    ("vpc_cidr", "10.0.0.0/8", "from /16"),
    ("vpc_cidr", "10.0.0.0/23", "to /22"),
    ("zones", "1", "a whole number from 2 to 4"),
    ("zones", "5", "a whole number from 2 to 4"),
    ("zones", "two", "a whole number from 2 to 4"),
    ("zones", "true", "a whole number from 2 to 4"),
    ("zones", "2.5", "a whole number from 2 to 4"),
    ("zone_names", "eu-west-1a", "a list of availability zones"),
    ("zone_names", '["eu-west-1"]', "a list of availability zones"),
    ("zone_names", '["eu-west-1a"]', "two to four availability zones"),
    ("zone_names", '["eu-west-1a", "eu-west-1a"]', "each once"),
    ("nat", "two", "one of none, one, per-zone"),
    ("nat", "true", "one of none, one, per-zone"),
    ("flow_logs", "accepted", "one of none, rejected, all"),
    ("log_days", "0", "a whole number from 1 to 3650"),
    ("log_days", "forever", "a whole number from 1 to 3650"),
    ("prefix", "Acme", "lower-case letters, digits and single hyphens"),
    ("prefix", "a--b", "lower-case letters, digits and single hyphens"),
    ("prefix", "", "lower-case letters, digits and single hyphens"),
    ("prefix", "a" * 21, "at most 20 characters"),
    ("artifact_bucket", "Artifacts", "a bucket's name"),
    ("artifact_bucket", "s3://artifacts", "a bucket's name"),
    ("domain_name", "example.com.", "a domain name"),
    ("domain_name", "localhost", "a domain name"),
    ("hosted_zone_id", "/hostedzone/Z012345", "a hosted zone's id"),
    ("certificate_arn", "arn:aws:iam::123456789012:server-certificate/x", "a certificate's ARN"),
    ("alarm_emails", "ops@example.com", "a list of e-mail addresses"),
    ("alarm_emails", '["ops"]', "a list of e-mail addresses"),
    ("protect", "yes", "true or false"),
    ("tags", "cost=4711", "a map of texts"),
    ("tags", '{"cost": 4711}', "a number in quotes"),
    ("tags", '{"aws:cost": "4711"}', "does not begin with aws:"),
    ("tags", '{"tier": "gold"}', "the program sets itself"),
]

WRONG_IN_AN_ACCOUNT = [
    ("prefix", "9lives", "lower-case letters"),
    ("tier_accounts", "123456789012", "a list of account numbers of 12 digits, quoted"),
    ("tier_accounts", "[12345678901]", "a list of account numbers of 12 digits, quoted"),
    ("deleted_build_days", "0", "a whole number from 1 to 3650"),
    ("history_days", "29", "a whole number from 30 to 3650"),
    ("protect", "no", "true or false"),
    ("tags", '{"managed-by": "me"}', "the program sets itself"),
]


def refusal(run: Program, *args: str, **settings: Any) -> list[str]:  # noqa: ANN401
    """The lines of the one error that a program ends with."""
    with pytest.raises(PlatformError) as caught:
        run(*args, **settings)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(("key", "value", "rule"), WRONG_IN_A_TIER)
def test_tier_refuses(tier: Program, key: str, value: str, rule: str) -> None:
    [line] = refusal(tier, "stage", **{key: value})
    assert line.startswith(f"Pulumi.stage.yaml: platform-tier:{key} is ")
    assert value in line or json.dumps(value) in line
    assert rule in line


@pytest.mark.parametrize(("key", "value", "rule"), WRONG_IN_AN_ACCOUNT)
def test_account_refuses(account: Program, key: str, value: str, rule: str) -> None:
    [line] = refusal(account, **{key: value})
    assert line.startswith(f"Pulumi.main.yaml: platform-account:{key} is ")
    assert rule in line


def test_all_problems_are_told_at_once(tier: Program) -> None:
    lines = refusal(tier, "dev", zones="9", nat="some", zoness="2", protect="maybe")
    assert len(lines) == 4


@pytest.mark.parametrize(("key", "near"), [
    ("zone", "zones"), ("natt", "nat"), ("vpc-cidr", "vpc_cidr"), ("Prefix", "prefix"),
    ("certificateArn", "certificate_arn"), ("logdays", "log_days"),
])  # fmt: skip
def test_unknown_key_names_its_nearest_neighbour(tier: Program, key: str, near: str) -> None:
    [line] = refusal(tier, "dev", **{key: "x"})
    assert line == (
        f"Pulumi.dev.yaml: platform-tier:{key} is not a setting; did you mean platform-tier:{near}?"
    )


def test_unknown_key_without_neighbour_names_them_all(tier: Program) -> None:
    [line] = refusal(tier, "dev", qqqqqqqq="x")
    assert all(field.name in line for field in dataclasses.fields(TierSettings))


def test_settings_of_a_misspelt_project_are_not_lost(account: Program) -> None:
    config = {"aws:region": REGION, "platform-acount:prefix": "acme", "someone-elses:key": "x"}
    assert refusal(account, config=config) == [
        "Pulumi.main.yaml: platform-acount:prefix belongs to no project; "
        "did you mean platform-account:prefix?"
    ]


def test_region_is_asked_for(account: Program) -> None:
    [line] = refusal(account, config={})
    assert line.startswith("Pulumi.main.yaml: aws:region is missing; set it:")


def test_domain_and_zone_go_together(tier: Program) -> None:
    [line] = refusal(tier, "prod", domain_name="prod.example.com")
    assert line == (
        "Pulumi.prod.yaml: platform-tier:hosted_zone_id is missing; "
        "domain_name and hosted_zone_id go together."
    )


def test_conflicts_are_told_at_once(tier: Program) -> None:
    wrong = {
        "hosted_zone_id": "Z0123456789ABC",
        "zone_names": '["eu-west-1a", "eu-west-1b"]',
        "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/1-2",
    }
    lines = refusal(tier, "prod", **wrong)
    assert len(lines) == 3
    assert "zone_names holds 2 zones where zones is 3" in lines[1]
    assert "certificate_arn is of us-east-1; a balancer in eu-west-1" in lines[2]


def test_right_values_are_taken(tier: Program) -> None:
    made = tier(
        "stage", prefix="acme", zones="3", nat="none", log_days="5", tags='{"cost-centre": "4711"}'
    )
    assert made.the("ec2.Vpc")["tags"]["cost-centre"] == "4711"
    assert made.the("sns.Topic")["name"] == "acme-stage-alarms"
    assert len(made.every("ec2.Subnet")) == 6
    assert not made.every("ec2.NatGateway")


def test_table_has_a_cell_for_every_tier_and_setting() -> None:
    assert all(len(cells) == len(COLUMNS) for cells in TABLE.values())
    assert set(TIERS) <= set(COLUMNS)
    fields = {field.name for field in dataclasses.fields(TierSettings)}
    assert set(TABLE) | set(COMMON) == fields
    assert not set(TABLE) & set(COMMON)


@pytest.mark.parametrize("name", TIERS)
def test_defaults_keep_their_own_rules(name: str) -> None:
    for field in dataclasses.fields(TierSettings):
        value = tier_defaults(name)[field.name]
        if value is not None:
            plain = list(value) if isinstance(value, tuple) else value
            assert field.metadata["rule"](plain) == value


def test_account_defaults_keep_their_own_rules() -> None:
    for field in dataclasses.fields(AccountSettings):
        value = ACCOUNT_DEFAULTS[field.name]
        plain = list(value) if isinstance(value, tuple) else value
        assert field.metadata["rule"](plain) == value


@pytest.mark.parametrize("settings", [AccountSettings, TierSettings], ids=["account", "tier"])
def test_readme_documents_every_setting(
    settings: type[AccountSettings | TierSettings],
) -> None:
    text = (Path(__file__).parents[2] / "infra/README.md").read_text()
    for field in dataclasses.fields(settings):
        assert f"| `{field.name}` |" in text
