"""Networks: zones, ways in and out, addresses."""

import ipaddress
from collections.abc import Callable
from itertools import pairwise

import pytest
from tier.tiers import TIERS

from tests.platform.recorder import Declaration

Tier = Callable[..., Declaration]


@pytest.mark.parametrize(("name", "zones", "nats"), [
    ("dev", 2, 0),
    ("test", 2, 1),
    ("stage", 2, 1),
    ("prod", 3, 3),
])  # fmt: skip
def test_tier_has_its_zones_and_nats(tier: Tier, name: str, zones: int, nats: int) -> None:
    made = tier(name)
    public = [one for one in made.every("ec2.Subnet") if "-public-" in one.name]
    private = [one for one in made.every("ec2.Subnet") if "-private-" in one.name]
    assert len({one.inputs["availabilityZone"] for one in public}) == zones
    assert len({one.inputs["availabilityZone"] for one in private}) == zones
    assert len(made.every("ec2.NatGateway")) == len(made.every("ec2.Eip")) == nats


def test_all_tiers_together_stay_within_the_default_quotas(tier: Tier) -> None:
    made = [tier(name) for name in TIERS]
    assert sum(len(one.every("ec2.Eip")) for one in made) <= 5
    assert sum(len(one.every("ec2.Vpc")) for one in made) <= 4  # of five, one is AWS's own


def test_networks_of_the_tiers_can_be_peered(tier: Tier) -> None:
    ranges = sorted(ipaddress.IPv4Network(tier(name).the("ec2.Vpc")["cidrBlock"]) for name in TIERS)
    assert not any(left.overlaps(right) for left, right in pairwise(ranges))


@pytest.mark.parametrize("cidr", ["10.35.0.0/16", "192.168.8.0/22"])
def test_subnets_lie_in_the_network_and_hold_a_balancer(tier: Tier, cidr: str) -> None:
    made = tier("prod", vpc_cidr=cidr)
    subnets = [ipaddress.IPv4Network(one.inputs["cidrBlock"]) for one in made.every("ec2.Subnet")]
    assert all(subnet.subnet_of(ipaddress.IPv4Network(cidr)) for subnet in subnets)
    assert not any(left.overlaps(right) for left, right in pairwise(sorted(subnets)))
    assert all(subnet.prefixlen <= 27 for subnet in subnets)  # what a balancer asks for


def test_added_zone_moves_no_subnet(tier: Tier) -> None:
    before = {one.name: one.inputs["cidrBlock"] for one in tier("dev").every("ec2.Subnet")}
    after = {
        one.name: one.inputs["cidrBlock"] for one in tier("dev", zones="3").every("ec2.Subnet")
    }
    assert before.items() < after.items()


@pytest.mark.parametrize(("name", "targets"), [
    ("dev", set()),
    ("test", {"slipway-test-nat-1-id"}),
    ("prod", {f"slipway-prod-nat-{number}-id" for number in (1, 2, 3)}),
])  # fmt: skip
def test_private_subnets_leave_by_nat_alone(tier: Tier, name: str, targets: set[str]) -> None:
    routes = [one for one in tier(name).every("ec2.Route") if "-private-" in one.name]
    assert {one.inputs["natGatewayId"] for one in routes} == targets
    assert not any("gatewayId" in one.inputs for one in routes)


def test_private_subnet_leaves_by_the_nat_of_its_own_zone(tier: Tier) -> None:
    made = tier("prod")
    for number in (1, 2, 3):
        route = made.the("ec2.Route", f"slipway-prod-private-{number}")
        assert route["natGatewayId"] == f"slipway-prod-nat-{number}-id"
        nat = made.the("ec2.NatGateway", f"slipway-prod-nat-{number}")
        assert nat["subnetId"] == f"slipway-prod-public-{number}-id"


def test_public_subnets_leave_by_the_internet_gateway(tier: Tier) -> None:
    made = tier("prod")
    route = made.the("ec2.Route", "slipway-prod-public")
    assert route["gatewayId"] == "slipway-prod-id"
    assert route["destinationCidrBlock"] == "0.0.0.0/0"
    joined = {
        one.inputs["subnetId"]
        for one in made.every("ec2.RouteTableAssociation")
        if one.inputs["routeTableId"] == "slipway-prod-public-id"
    }
    assert joined == {f"slipway-prod-public-{number}-id" for number in (1, 2, 3)}


def test_every_subnet_has_one_route_table(tier: Tier) -> None:
    made = tier("prod")
    joined = [one.inputs["subnetId"] for one in made.every("ec2.RouteTableAssociation")]
    assert sorted(joined) == sorted(f"{one.name}-id" for one in made.every("ec2.Subnet"))


def test_s3_is_reached_without_nat_from_everywhere(tier: Tier) -> None:
    made = tier("prod")
    endpoint = made.the("ec2.VpcEndpoint")
    assert endpoint["vpcEndpointType"] == "Gateway"
    assert endpoint["serviceName"] == "com.amazonaws.eu-west-1.s3"
    tables = {f"{one.name}-id" for one in made.every("ec2.RouteTable")}
    assert set(endpoint["routeTableIds"]) == tables


def test_default_security_group_admits_nothing(tier: Tier) -> None:
    group = tier("dev").the("ec2.DefaultSecurityGroup")
    assert not group.get("ingress")
    assert not group.get("egress")


def test_no_subnet_hands_out_public_addresses_unasked(tier: Tier) -> None:
    assert not any(one.inputs["mapPublicIpOnLaunch"] for one in tier("dev").every("ec2.Subnet"))


def test_zones_are_the_first_of_the_region_in_order(tier: Tier) -> None:
    subnets = tier("dev").every("ec2.Subnet")
    assert {one.inputs["availabilityZone"] for one in subnets} == {"eu-west-1a", "eu-west-1b"}


def test_named_zones_are_taken_as_named(tier: Tier) -> None:
    subnets = tier("dev", zone_names='["eu-west-1c", "eu-west-1a"]').every("ec2.Subnet")
    assert {one.inputs["availabilityZone"] for one in subnets} == {"eu-west-1c", "eu-west-1a"}
    assert subnets[0].inputs["availabilityZone"] == "eu-west-1c"
