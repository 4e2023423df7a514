import pytest

from stack.names import BALANCER_NAME_LIMIT, MAX_RELEASE, Names, partition_of, release_number
from stack.refusal import Refused


def test_the_longest_names_fit_the_balancer_s_limit() -> None:
    longest = Names("a" * 20, "stage").fleet(f"v{MAX_RELEASE}")

    assert len(longest) == BALANCER_NAME_LIMIT


def test_one_character_more_is_refused_with_the_name_it_would_make() -> None:
    with pytest.raises(Refused, match=f"1 too long: {'a' * 21}-stage-v9999 must fit 32"):
        Names("a" * 21, "stage")


@pytest.mark.parametrize("service", ["internal", "internal-orders"])
def test_a_service_whose_balancer_aws_would_refuse_is_refused(service: str) -> None:
    with pytest.raises(Refused, match="may not begin with internal-"):
        Names(service, "dev")


def test_a_service_that_only_starts_alike_is_fine() -> None:
    assert Names("internals", "dev").base == "internals-dev"


@pytest.mark.parametrize("service", ["Orders", "1orders", "orders-", "or--ders", "or_ders", ""])
def test_a_service_that_is_no_slug_is_refused(service: str) -> None:
    with pytest.raises(Refused, match="lower-case words joined by hyphens"):
        Names(service, "dev")


def test_every_address_says_service_and_tier() -> None:
    names = Names("orders", "prod")

    assert names.fleet("v7") == "orders-prod-v7"
    assert names.log_group == "/orders/prod"
    assert names.contract == "/platform/prod"
    assert names.document == "rollouts/orders/prod.json"
    assert names.build("abc") == "builds/orders/abc.tar.zst"


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-west-1", "aws"),
        ("us-east-1", "aws"),
        ("us-gov-west-1", "aws-us-gov"),
        ("cn-north-1", "aws-cn"),
        ("eusc-de-east-1", "aws-eusc"),
    ],
)
def test_arns_begin_as_the_region_s_partition_has_them(region: str, partition: str) -> None:
    assert partition_of(region) == partition


@pytest.mark.parametrize(("name", "number"), [("v1", 1), ("v10", 10), ("v9999", 9999)])
def test_releases_are_numbered(name: str, number: int) -> None:
    assert release_number(name) == number


@pytest.mark.parametrize("name", ["v0", "v01", "v10000", "1", "V1", "v", "v1 ", "v-1"])
def test_what_is_no_release_number_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="must be v1 to v9999"):
        release_number(name)
