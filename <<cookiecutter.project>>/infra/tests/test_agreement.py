import pytest
from samples import contract, names, settings

from stack.agreement import agree
from stack.refusal import Refused


def test_prod_without_a_certificate_is_told_both_ways_out_in_one_line() -> None:
    with pytest.raises(Refused) as caught:
        agree(names("prod"), settings("prod"), contract("prod", certificate_arn=None))

    assert str(caught.value) == (
        "Parameter /platform/prod: certificate_arn is null, so prod would answer plain HTTP, which "
        "orders:plain_http forbids in Pulumi.prod.yaml. Give the tier a certificate: "
        "`domain_name`, `hosted_zone_id` and `certificate_arn` in infra/tier/Pulumi.prod.yaml of "
        "the platform, then `pulumi up` there. Or, to do without for now: "
        "`pulumi config set plain_http true --stack prod`."
    )


@pytest.mark.parametrize("tier", ["dev", "test", "stage"])
def test_other_tiers_do_without(tier: str) -> None:
    agree(names(tier), settings(tier), contract(tier))


def test_prod_does_with_one_or_with_the_setting() -> None:
    agree(names("prod"), settings("prod"), contract("prod"))
    agree(
        names("prod"), settings("prod", plain_http="true"), contract("prod", certificate_arn=None)
    )
