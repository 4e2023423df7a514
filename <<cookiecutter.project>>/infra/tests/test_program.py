"""The whole stack of each tier."""

import json
from datetime import UTC, datetime
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from conftest import Deploy
from recorder import Made
from samples import CERTIFICATE, DOMAIN, contract, document, names, release_data, settings

from stack.program import declare
from stack.tier import TO_DESTROY, Tier
from stack.tiers import TIERS

TWO_RELEASES: dict[str, Any] = {
    "releases": {"v1": release_data(1), "v2": release_data(2)},
    "weights": {"v1": 90, "v2": 10},
}
# Parts that go when a setting or the document says so.
REMOVABLE = (
    "balancer-80-from",
    "balancer-443-from",
    "maintenance",
    "waf",
    "web-acl",
    "v1-schedules",
    "v1-evening",
    "v1-morning",
    "v1-sale",
    "v2-schedules",
    "v2-evening",
    "v2-morning",
    "v2-sale",
)
SALE = {"start": "2026-11-27T08:00", "end": "2026-11-27T18:00", "min_size": 6, "max_size": 20}
# What AWS gives no tags, or what takes none.
UNTAGGED = {
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:autoscaling/policy:Policy",
    "aws:autoscaling/schedule:Schedule",
    "aws:cloudwatch/dashboard:Dashboard",
    "aws:route53/record:Record",
    "aws:wafv2/webAclAssociation:WebAclAssociation",
}


@pytest.fixture(scope="module", params=TIERS)
def tier(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def made(deploy: Deploy, tier: str) -> dict[str, Made]:
    """Everything there can be: two releases, certificate, domain, event, night, maintenance."""
    return deploy(
        lambda: declare(
            names(tier),
            settings(tier, events=json.dumps({"sale": SALE}), night="20:00-06:00"),
            contract(tier, certificate_arn=CERTIFICATE, domain=DOMAIN),
            document(tier, **TWO_RELEASES, maintenance={"text": "Back at 6.", "token": "e" * 32}),
            datetime(2026, 11, 21, tzinfo=UTC),
        )
    )


def test_a_tier_without_a_release_has_a_balancer_and_no_fleet(deploy: Deploy, tier: str) -> None:
    nothing = document(tier, releases={}, weights={})
    made = deploy(lambda: declare(names(tier), settings(tier), contract(tier), nothing))

    assert "load-balancer" in made
    types = {each.type for each in made.values()}
    assert types.isdisjoint(
        {"aws:autoscaling/group:Group", "aws:lb/listenerRule:ListenerRule", "slipway:fleet:Fleet"}
    )


def test_each_release_has_its_own_fleet(made: dict[str, Made], tier: str) -> None:
    for kind in ("autoscaling/group:Group", "lb/targetGroup:TargetGroup"):
        found = {each.inputs["name"] for each in made.values() if each.type == f"aws:{kind}"}
        assert found == {f"orders-{tier}-v1", f"orders-{tier}-v2"}


def test_everything_that_takes_tags_has_them(made: dict[str, Made], tier: str) -> None:
    wanted = {
        "service": "orders",
        "tier": tier,
        "team": "checkout",
        "repository": "example/orders",
        "managed-by": "pulumi",
    }
    for each in made.values():
        if not each.custom or each.type in UNTAGGED:
            continue
        tags = each.inputs.get("tags", {})
        if isinstance(tags, list):  # groups
            tags = {tag["key"]: tag["value"] for tag in tags}
        assert wanted.items() <= tags.items(), each.name


def test_stage_and_prod_protect_everything_and_dev_and_test_nothing(
    made: dict[str, Made], tier: str
) -> None:
    parts = [each for each in made.values() if not each.name.startswith(REMOVABLE)]

    assert {each.protect for each in parts} == {tier in ("stage", "prod")}
    assert made["load-balancer"].inputs["enableDeletionProtection"] == (tier in ("stage", "prod"))


def test_what_a_setting_can_take_away_is_held_by_the_advice_alone(
    made: dict[str, Made], tier: str
) -> None:
    parts = {each.name for each in made.values() if each.name.startswith(REMOVABLE)}
    assert ("waf" in parts) == (tier in ("stage", "prod"))

    assert parts
    assert not any(made[name].protect for name in parts)
    assert made[TO_DESTROY].needs >= {name for name in parts if made[name].custom}
    assert made[TO_DESTROY].protect == (tier in ("stage", "prod"))


def test_destroy_meets_the_advice_before_anything_else(made: dict[str, Made]) -> None:
    needed = {name for each in made.values() for name in each.needs}

    last = {each.name for each in made.values() if each.custom} - needed
    assert last == set()
    childless = {each.name for each in made.values() if not each.custom}
    assert childless - {each.parent for each in made.values()} == {TO_DESTROY}
    assert made[TO_DESTROY].needs >= {"v1-unhealthy", "v2-requests", "traffic-rule", "redirect"}


def test_what_a_team_adds_is_kept_with_the_rest_of_a_protected_tier(deploy: Deploy) -> None:
    def own(tier: Tier) -> None:
        aws.sqs.Queue("mail", tags=tier.tags)

    made = deploy(
        lambda: declare(
            names("prod"), settings("prod"), contract("prod"), document("prod"), own=own
        )
    )

    assert "mail" in made[TO_DESTROY].needs
    assert made[TO_DESTROY].protect


def test_protect_false_frees_every_resource_of_a_protected_tier(deploy: Deploy) -> None:
    made = deploy(
        lambda: declare(
            names("prod"), settings("prod", protect="false"), contract("prod"), document("prod")
        )
    )

    assert not any(each.protect for each in made.values())
    assert made["load-balancer"].inputs["enableDeletionProtection"] is False


def test_consequence_1_nothing_that_lives_follows_settings_or_document(
    made: dict[str, Made],
) -> None:
    for release in ("v1", "v2"):
        for part in ("targets", "template", "group"):  # sizes included: min, max, desired
            assert made[f"{release}-{part}"].ignore_changes == ("*",)
        assert made[f"{release}-rule"].ignore_changes == ()
    assert made["traffic-rule"].ignore_changes == ("actions",)


def test_consequence_2_a_template_knows_its_release_and_the_platform_but_no_setting(
    deploy: Deploy,
) -> None:
    def template(**changes: str) -> dict[str, Any]:
        made = deploy(lambda: declare(names(), settings(**changes), contract(), document()))
        return made["v1-template"].inputs

    changed = template(
        instance_types='["m7g.large"]',
        image="ami-0fedcba9876543210",
        spot_percent="0",
        on_demand_base="1",
        environment='{"ORDERS_LOG_LEVEL": "debug"}',
        cpu_percent="70",
        min_size="1",
        max_size="5",
    )
    assert changed == template()


def test_consequence_5_weights_and_floors_of_the_document_are_made_as_written(
    deploy: Deploy,
) -> None:
    made = deploy(
        lambda: declare(
            names("prod"),
            settings("prod"),
            contract("prod"),
            document("prod", **TWO_RELEASES, floors={"v1": 7}),
        )
    )

    assert made["v1-group"].inputs["minSize"] == made["v1-group"].inputs["desiredCapacity"] == 7
    assert made["v2-group"].inputs["minSize"] == 3
    groups = made["traffic-rule"].inputs["actions"][0]["forward"]["targetGroups"]
    assert {each["arn"]: each["weight"] for each in groups} == {
        "arn:v1-targets": 90,
        "arn:v2-targets": 10,
    }


def test_a_release_without_weight_yet_has_a_fleet_and_no_traffic_rule(deploy: Deploy) -> None:
    made = deploy(lambda: declare(names(), settings(), contract(), document(weights={})))

    assert "v1-group" in made
    assert "traffic-rule" not in made


def test_machines_wait_for_all_that_booting_takes(made: dict[str, Made]) -> None:
    assert made["v1-group"].needs >= {
        "v1-rule",
        "v1-targets",
        "v1-template",
        "instance-rights",
        "log-group",
        "session-manager",
        "fleet-to-https",
        "fleet-from-balancer",
        "balancer-to-fleet",
    }


def test_traffic_does_not_wait_for_groups(made: dict[str, Made]) -> None:
    assert made["traffic-rule"].needs == {"listener", "v1-targets", "v2-targets"}


@pytest.mark.parametrize(
    ("certificate", "domain", "url"),
    [
        (None, None, "http://load-balancer.example.com"),
        (CERTIFICATE, None, "https://load-balancer.example.com"),
        (None, DOMAIN, "http://orders.dev.example.com"),
        (CERTIFICATE, DOMAIN, "https://orders.dev.example.com"),
    ],
)
def test_url_is_where_the_tier_answers(
    deploy: Deploy, certificate: str | None, domain: dict[str, str] | None, url: str
) -> None:
    found: list[str] = []

    def program() -> Any:  # noqa: ANN401
        given = contract(certificate_arn=certificate, domain=domain)
        outputs = declare(names(), settings(), given, document())
        return pulumi.Output.from_input(outputs["url"]).apply(found.append)

    made = deploy(program)

    assert found == [url]
    assert ("alias-record" in made) == (domain is not None)


def test_a_name_is_fixed_wherever_two_of_a_kind_would_be_a_duplicate(
    made: dict[str, Made], tier: str
) -> None:
    named = {each.inputs["name"] for each in made.values() if each.custom and "name" in each.inputs}

    assert named >= {
        f"orders-{tier}",
        f"orders-{tier}-v1",
        f"orders-{tier}-balancer",
        f"orders-{tier}-fleet",
        f"/orders/{tier}",
    }
