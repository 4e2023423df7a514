import json
from typing import Any

import pytest
from fake_account import FakeAccount
from samples import CERTIFICATE, DOMAIN, REGION, contract, contract_data, names

from stack.platform import parse_contract, read_contract
from stack.refusal import Refused


def refusal(data: Any, tier: str = "dev") -> list[str]:  # noqa: ANN401
    source = data if isinstance(data, str) else json.dumps(data)
    with pytest.raises(Refused) as caught:
        parse_contract(names(tier), source, REGION)
    return str(caught.value).splitlines()


def with_network(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    data = contract_data()
    return {**data, "network": {**data["network"], **changes}}


def test_a_right_contract_is_typed() -> None:
    given = contract("prod", certificate_arn=CERTIFICATE, domain=DOMAIN)

    assert given.network.vpc_id == "vpc-0123456789abcdef0"
    assert given.certificate_arn == CERTIFICATE
    assert given.domain is not None
    assert given.domain.name == "dev.example.com"


def test_it_is_read_from_the_tier_s_parameter() -> None:
    account = FakeAccount(parameters={"/platform/test": json.dumps(contract_data("test"))})

    assert read_contract(names("test"), account).tier == "test"


def test_a_missing_one_says_which_where_and_how_to_make_it() -> None:
    with pytest.raises(Refused) as caught:
        read_contract(names("prod"), FakeAccount())

    [line] = str(caught.value).splitlines()
    assert line.startswith(
        "Parameter /platform/prod does not exist in account 123456789012, region eu-west-1. "
    )
    assert "`pulumi up --stack prod` in infra/tier" in line


def test_keys_of_a_later_version_are_ignored() -> None:
    source = json.dumps(contract_data(database_subnet_ids=["subnet-0123456789abcdef9"]))

    assert parse_contract(names(), source, REGION) == contract()


@pytest.mark.parametrize(
    ("data", "where", "rule"),
    [
        ("", "/platform/dev", "it is not JSON"),
        ("{", "/platform/dev", "it is not JSON"),
        ("[]", "/platform/dev", "must be an object"),
        (contract_data(schema=2), "schema is 2", "must be 1"),
        (contract_data(schema="1"), "schema is '1'", "must be 1"),
        (contract_data(region=1), "region is 1", "text, in quotes"),
        (contract_data(account="12345"), "account is '12345'", "12 digits"),
        (contract_data(account=123456789012), "account is 123456789012", "text, in quotes"),
        (contract_data(artifact_bucket="Artifacts"), "artifact_bucket", "the name of a bucket"),
        (contract_data(log_bucket=""), "log_bucket", "the name of a bucket"),
        (contract_data(alarm_topic_arn="alarms"), "alarm_topic_arn", "the ARN of a topic"),
        (contract_data(certificate_arn="none"), "certificate_arn", "the ARN of a certificate"),
        (contract_data(domain="example.com"), "domain", "object"),
        (contract_data(domain={"name": "example.com"}), "domain.zone_id", "is missing"),
        (
            contract_data(domain={"name": "example.com.", "zone_id": "Z1"}),
            "domain.name",
            "without a final dot",
        ),
        (
            contract_data(domain={"name": "example.com", "zone_id": "/hostedzone/Z1"}),
            "domain.zone_id",
            "without /hostedzone/",
        ),
        (with_network(vpc_id="vpc-1"), "network.vpc_id", "the id of a VPC"),
        (with_network(balancer_subnet_ids=["subnet-0123456789abcdef0"]), "balancer", "2 to 10"),
        (with_network(fleet_subnet_ids=[]), "network.fleet_subnet_ids", "1 to 10"),
        (with_network(fleet_subnet_ids="subnet-1"), "network.fleet_subnet_ids", "a list"),
        (with_network(fleet_subnet_ids=["a"]), "network.fleet_subnet_ids.0", "the id of a subnet"),
        (with_network(fleet_public_ips="no"), "network.fleet_public_ips", "true or false"),
    ],
)
def test_what_is_wrong_is_said_with_its_path(data: Any, where: str, rule: str) -> None:  # noqa: ANN401
    [line] = refusal(data)

    assert line.startswith("Parameter /platform/dev: ")
    assert where in line
    assert rule in line
    assert "docs/platform-contract.md" in line


@pytest.mark.parametrize("key", sorted(contract_data()))
def test_no_key_may_be_missing_so_that_a_mistyped_one_is_not_taken_for_null(key: str) -> None:
    data = contract_data()
    del data[key]

    assert f"Parameter /platform/dev: {key} is missing." in refusal(data)[0]


def test_a_contract_of_another_tier_or_region_is_refused() -> None:
    lines = refusal(contract_data("prod", region="us-east-1"))

    assert lines[:2] == [
        "Parameter /platform/dev: tier is 'prod'; it must be 'dev'.",
        "Parameter /platform/dev: region is 'us-east-1', "
        "but aws:region in Pulumi.dev.yaml is 'eu-west-1'.",
    ]


@pytest.mark.parametrize(
    ("key", "arn"), [("certificate_arn", CERTIFICATE), ("alarm_topic_arn", "arn:aws:sns:{}:1:a")]
)
def test_what_is_in_another_region_cannot_be_used(key: str, arn: str) -> None:
    there = arn.replace(REGION, "us-east-1").replace("{}:1", "us-east-1:123456789012")

    [line] = refusal(contract_data(**{key: there}))

    assert f"Parameter /platform/dev: {key} is of us-east-1; " in line
    assert "of its own region only, eu-west-1." in line


def test_all_problems_are_told_at_once_and_the_advice_once() -> None:
    lines = refusal(with_network(vpc_id="vpc-1", fleet_subnet_ids=[]) | {"account": "1"})

    assert len(lines) == 4
    assert lines[-1].startswith("Run the platform's tier stack again")
