"""Quotas that a team meets, and what stays because something uses it.

AWS's page stands at each rule, in tests/cloud/strict.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud import Cloud
from tests.cloud.fleets import Service
from tests.cloud.lives import (
    ALLOW,
    NOTHING,
    balanced,
    certificate,
    document,
    listener,
    role,
    target_group,
)
from tests.cloud.world import Made, World


@pytest.fixture
def world(cloud: Cloud) -> World:
    return World(cloud)


def refused(call: Callable[..., Any], code: str, words: str = "", /, **given: Any) -> None:
    with pytest.raises(ClientError) as caught:
        call(**given)
    assert caught.value.response["Error"]["Code"] == code
    assert re.search(words, caught.value.response["Error"]["Message"])


# Networks


def test_five_addresses(world: World) -> None:
    for _ in range(5):
        world.aws.ec2.allocate_address(Domain="vpc")
    refused(world.aws.ec2.allocate_address, "AddressLimitExceeded", Domain="vpc")
    world.cloud.quotas.elastic_ips = 6
    world.aws.ec2.allocate_address(Domain="vpc")
    far = world.cloud.client("ec2", "eu-north-1")  # quotas are a region's
    far.allocate_address(Domain="vpc")


def test_five_networks_with_the_default_one(world: World) -> None:
    create = world.aws.ec2.create_vpc
    for index in range(4):
        create(CidrBlock=f"10.{index}.0.0/16")
    refused(create, "VpcLimitExceeded", CidrBlock="10.4.0.0/16")


def test_five_internet_gateways(world: World) -> None:
    for _ in range(5):
        world.aws.ec2.create_internet_gateway()
    refused(world.aws.ec2.create_internet_gateway, "InternetGatewayLimitExceeded")


def test_nat_gateways_of_a_zone(world: World) -> None:
    world.cloud.quotas.nat_gateways_per_zone = 1
    network = world.network()
    for index, subnet in enumerate([*network.subnet_ids, network.subnet_ids[0]]):
        place = {"AllocationId": world.aws.ec2.allocate_address(Domain="vpc")["AllocationId"]}
        if index < 2:
            world.aws.ec2.create_nat_gateway(SubnetId=subnet, **place)
        else:
            create = world.aws.ec2.create_nat_gateway
            refused(create, "NatGatewayLimitExceeded", SubnetId=subnet, **place)


def test_sixty_rules_of_a_security_group(world: World) -> None:
    vpc = world.network().vpc.id
    group = world.make("aws:ec2/securityGroup:SecurityGroup", name="one", vpcId=vpc).id
    allow = world.aws.ec2.authorize_security_group_ingress

    def rules(*numbers: int) -> dict[str, Any]:
        ranges = [{"CidrIp": f"10.0.{number}.0/24"} for number in numbers]
        rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": ranges}
        return {"GroupId": group, "IpPermissions": [rule]}

    allow(**rules(*range(59)))
    refused(allow, "RulesPerSecurityGroupLimitExceeded", **rules(60, 61))
    allow(**rules(60))
    refused(allow, "RulesPerSecurityGroupLimitExceeded", **rules(61))


# Instances


def test_vcpus_of_a_new_account(world: World) -> None:
    world.cloud.quotas.as_in_a_new_account()
    service = Service(world)
    service.fleet("web", size=4)  # two On-Demand and two Spot, of two vCPUs each
    assert len(service.described("web")["Instances"]) == 4
    service.world.aws.autoscaling.update_auto_scaling_group(
        AutoScalingGroupName="web", MaxSize=9, DesiredCapacity=6
    )
    assert len(service.described("web")["Instances"]) == 4
    said = service.world.aws.autoscaling.describe_scaling_activities(AutoScalingGroupName="web")
    failed = [
        each["StatusMessage"] for each in said["Activities"] if each["StatusCode"] == "Failed"
    ]
    assert any("vCPU limit of 5" in each for each in failed)
    assert any("Max spot instance count" in each for each in failed)
    service.scale("web", 5)
    world.cloud.quotas.on_demand_vcpus = world.cloud.quotas.spot_vcpus = 100
    service.scale("web", 6)
    assert len(service.described("web")["Instances"]) == 6


def test_vcpus_of_instances_asked_for_by_hand(world: World) -> None:
    world.cloud.quotas.on_demand_vcpus = 4
    run = world.aws.ec2.run_instances
    asked = {"ImageId": "ami-00000001", "InstanceType": "m7g.large"}
    run(MinCount=2, MaxCount=2, **asked)
    refused(run, "VcpuLimitExceeded", "limit of 4", MinCount=1, MaxCount=1, **asked)


# Balancers


def add_rule(world: World, made: Made, priority: int) -> None:
    world.aws.elbv2.create_rule(
        ListenerArn=made.id,
        Priority=priority,
        Conditions=[{"Field": "path-pattern", "Values": [f"/{priority}"]}],
        Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}],
    )


def test_a_hundred_rules_of_a_balancer(world: World) -> None:
    made, _, _ = listener(world)
    for priority in range(1, 101):
        add_rule(world, made, priority)
    with pytest.raises(ClientError, match="TooManyRules"):
        add_rule(world, made, 101)


def test_balancers_target_groups_listeners_and_targets(world: World) -> None:
    quotas = world.cloud.quotas
    service = Service(world)
    quotas.load_balancers = 1
    create = world.aws.elbv2.create_load_balancer
    refused(create, "TooManyLoadBalancers", Name="other", Subnets=service.subnets)
    quotas.target_groups = 1
    with pytest.raises(ClientError, match="TooManyTargetGroups"):
        target_group(world, service.network, "other")
    quotas.restart()
    quotas.listeners_per_balancer = 1
    with pytest.raises(ClientError, match="TooManyListeners"):
        world.make(
            "aws:lb/listener:Listener",
            loadBalancerArn=service.balancer.id,
            port=81,
            protocol="HTTP",
            defaultActions=[NOTHING],
        )
    quotas.targets_per_balancer = 1
    service.fleet("web", size=1)
    service.share(web=1)
    register = world.aws.elbv2.register_targets
    arn, target = service.targets["web"].id, {"Id": "i-00000000000000001"}
    refused(register, "TooManyTargets", TargetGroupArn=arn, Targets=[target])


def test_another_test_s_quotas_are_forgotten(cloud: Cloud) -> None:
    cloud.quotas.as_in_a_new_account()
    cloud.reset()
    assert (cloud.quotas.on_demand_vcpus, cloud.quotas.elastic_ips) == (None, 5)


# What stays while something uses it, besides test_strict


def test_a_certificate_in_use_stays(world: World) -> None:
    _, balancer, _ = balanced(world)
    made, other = certificate(world), certificate(world, "other.example.com")
    secure = world.make(
        "aws:lb/listener:Listener",
        loadBalancerArn=balancer.id,
        port=443,
        protocol="HTTPS",
        certificateArn=made.id,
        defaultActions=[NOTHING],
    )
    added = world.make(
        "aws:lb/listenerCertificate:ListenerCertificate",
        listenerArn=secure.id,
        certificateArn=other.id,
    )
    delete = world.aws.acm.delete_certificate
    for each in (made, other):
        refused(delete, "ResourceInUseException", "in use by", CertificateArn=each.id)
    world.destroy(added)
    world.destroy(other)
    world.destroy(secure)
    world.destroy(made)


def test_a_zone_with_records_stays(world: World) -> None:
    zone = world.make("aws:route53/zone:Zone", name="example.com")
    record = world.make(
        "aws:route53/record:Record",
        zoneId=zone.id,
        name="a.example.com",
        type="A",
        ttl=60,
        records=["192.0.2.1"],
    )
    refused(world.aws.route53.delete_hosted_zone, "HostedZoneNotEmpty", Id=zone.id)
    world.destroy(record)
    world.destroy(zone)


def test_a_launch_template_in_use_goes(world: World) -> None:
    """AWS deletes it all the same: API_DeleteLaunchTemplate.html; the group launches no more."""
    service = Service(world)
    service.fleet("web")
    world.aws.ec2.delete_launch_template(LaunchTemplateName="web")
    assert service.instances("web") == {"InService Healthy": 2}


def test_an_instance_profile_with_its_role_stays(world: World) -> None:
    made = role(world)
    profile = world.make("aws:iam/instanceProfile:InstanceProfile", role=made.id)
    delete = world.aws.iam.delete_instance_profile
    refused(delete, "DeleteConflict", InstanceProfileName=profile.id)


def test_a_role_with_inline_policies_stays(world: World) -> None:
    made = role(world)
    world.aws.iam.put_role_policy(
        RoleName=made.id,
        PolicyName="own",
        PolicyDocument=document(ALLOW),
    )
    refused(world.aws.iam.delete_role, "DeleteConflict", "policies", RoleName=made.id)


def test_a_route_table_with_associations_stays(world: World) -> None:
    network = world.network()
    table = world.make("aws:ec2/routeTable:RouteTable", vpcId=network.vpc.id)
    world.aws.ec2.associate_route_table(RouteTableId=table.id, SubnetId=network.subnet_ids[0])
    refused(world.aws.ec2.delete_route_table, "DependencyViolation", RouteTableId=table.id)


def test_a_network_with_instances_stays(world: World) -> None:
    service = Service(world)
    service.fleet("web", size=2)
    for subnet in service.subnets:
        refused(world.aws.ec2.delete_subnet, "DependencyViolation", SubnetId=subnet)
    refused(world.aws.ec2.delete_vpc, "DependencyViolation", VpcId=service.network.vpc.id)
