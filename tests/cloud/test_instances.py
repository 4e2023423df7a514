"""Instances of a group: they start, get well, drain and are replaced as the cloud's time passes."""

import pytest

from tests.cloud import Cloud
from tests.cloud.fleets import Service
from tests.cloud.world import World


@pytest.fixture
def world(cloud: Cloud) -> World:
    cloud.clock.set("2026-11-20T12:00:00Z")
    return World(cloud)


@pytest.fixture
def service(world: World) -> Service:
    return Service(world)


def test_by_default_instances_serve_at_once(service: Service) -> None:
    service.fleet("web")
    service.share(web=1)
    assert service.instances("web") == {"InService Healthy": 2}
    assert service.health("web") == {"healthy": 2}


def test_targets_that_no_rule_forwards_to_are_unused(service: Service) -> None:
    service.fleet("web")
    assert service.health("web") == {"unused Target.NotInUse": 2}
    found = service.world.aws.elbv2.describe_target_health(TargetGroupArn=service.targets["web"].id)
    said = {each["TargetHealth"]["Description"] for each in found["TargetHealthDescriptions"]}
    assert said == {"Target group is not configured to receive traffic from the load balancer"}


def test_capacity_comes_with_time(cloud: Cloud, service: Service) -> None:
    cloud.instances.launched_after(30)
    cloud.instances.healthy_after(50)
    service.fleet("web")
    service.share(web=1)
    assert service.instances("web") == {"Pending Healthy": 2}
    assert service.health("web") == {}
    states = service.world.aws.ec2.describe_instances()["Reservations"]
    assert {one["State"]["Name"] for each in states for one in each["Instances"]} == {"pending"}
    cloud.clock.advance(30)
    assert service.instances("web") == {"InService Healthy": 2}
    assert service.health("web") == {"initial Elb.RegistrationInProgress": 2}
    cloud.clock.advance(40)
    assert service.health("web") == {"initial Elb.InitialHealthChecking": 2}
    cloud.clock.advance(10)
    assert service.health("web") == {"healthy": 2}


def test_health_checks_begin_when_a_rule_forwards(cloud: Cloud, service: Service) -> None:
    cloud.instances.healthy_after(20)
    service.fleet("web")
    cloud.clock.advance(600)
    assert service.health("web") == {"unused Target.NotInUse": 2}
    service.share(web=1)
    assert service.health("web") == {"initial Elb.RegistrationInProgress": 2}
    cloud.clock.advance(20)
    assert service.health("web") == {"healthy": 2}


def test_slow_instances_fail_their_checks_first(cloud: Cloud, service: Service) -> None:
    cloud.instances.healthy_after(90)  # two checks, 30 s apart, are failures enough
    service.fleet("web")
    service.share(web=1)
    cloud.clock.advance(60)
    assert service.health("web") == {"unhealthy Target.FailedHealthChecks": 2}
    cloud.clock.advance(30)
    assert service.health("web") == {"healthy": 2}


def test_one_fleet_never_gets_well(cloud: Cloud, service: Service) -> None:
    cloud.instances.never("web-v2")
    for name in ("web-v1", "web-v2"):
        service.fleet(name)
    service.share(web_v1=1, web_v2=0)
    cloud.clock.advance(60)
    assert service.health("web-v1") == {"healthy": 2}
    assert service.health("web-v2") == {"unhealthy Target.FailedHealthChecks": 2}
    cloud.instances.healthy_after(0, "web-v2")
    assert service.health("web-v2") == {"healthy": 2}


def test_what_was_well_breaks_after_the_checks_that_see_it(cloud: Cloud, service: Service) -> None:
    service.fleet("web")
    service.share(web=1)
    cloud.clock.advance(5)
    cloud.instances.never("web")
    cloud.clock.advance(59)
    assert service.health("web") == {"healthy": 2}
    cloud.clock.advance(1)
    assert service.health("web") == {"unhealthy Target.FailedHealthChecks": 2}


def test_the_group_replaces_what_is_unhealthy_after_the_grace_period(
    cloud: Cloud, service: Service
) -> None:
    service.fleet("web", healthCheckGracePeriod=120)
    service.share(web=1)
    first = {each["InstanceId"] for each in service.described("web")["Instances"]}
    cloud.instances.never(sorted(first)[0])
    cloud.clock.advance(119)
    assert {each["InstanceId"] for each in service.described("web")["Instances"]} == first
    cloud.clock.advance(61)
    second = {each["InstanceId"] for each in service.described("web")["Instances"]}
    assert first - second == {sorted(first)[0]}
    assert service.health("web") == {"healthy": 2}


def test_suspended_processes_replace_nothing(cloud: Cloud, service: Service) -> None:
    service.fleet("web", healthCheckGracePeriod=60, suspendedProcesses=["ReplaceUnhealthy"])
    service.share(web=1)
    cloud.instances.never("web")
    cloud.clock.advance(600)
    assert service.instances("web") == {"InService Unhealthy": 2}


def test_what_leaves_drains(cloud: Cloud, service: Service) -> None:
    cloud.instances.drained_after(None)
    service.fleet("web", size=3)
    service.share(web=1)
    service.world.change(service.targets["web"], deregistrationDelay=60)
    service.scale("web", 1)
    assert service.instances("web") == {"InService Healthy": 1, "Terminating Healthy": 2}
    draining = "draining Target.DeregistrationInProgress"
    assert service.health("web") == {"healthy": 1, draining: 2}
    cloud.clock.advance(59)
    assert service.health("web") == {"healthy": 1, draining: 2}
    cloud.clock.advance(1)
    assert service.instances("web") == {"InService Healthy": 1}
    assert service.health("web") == {"healthy": 1}


def test_a_deregistered_target_drains_and_is_then_unknown(cloud: Cloud, service: Service) -> None:
    cloud.instances.drained_after(60)
    service.fleet("web", size=1)
    service.share(web=1)
    balancing, arn = service.world.aws.elbv2, service.targets["web"].id
    [target] = [{"Id": each["InstanceId"]} for each in service.described("web")["Instances"]]
    balancing.deregister_targets(TargetGroupArn=arn, Targets=[target])
    assert service.health("web") == {"draining Target.DeregistrationInProgress": 1}
    cloud.clock.advance(60)
    assert service.health("web") == {}
    named = balancing.describe_target_health(TargetGroupArn=arn, Targets=[target])
    [said] = named["TargetHealthDescriptions"]
    assert said["TargetHealth"]["Reason"] == "Target.NotRegistered"
    balancing.deregister_targets(TargetGroupArn=arn, Targets=[target])  # no error on AWS either


def test_a_group_that_goes_keeps_its_name_until_it_is_empty(cloud: Cloud, service: Service) -> None:
    cloud.instances.drained_after(60)
    made = service.fleet("web")
    service.share(web=1)
    scaling = service.world.aws.autoscaling
    scaling.delete_auto_scaling_group(AutoScalingGroupName="web", ForceDelete=True)
    assert service.described("web")["Status"] == "Delete in progress"
    with pytest.raises(Exception, match="AlreadyExists"):
        service.world.make("aws:autoscaling/group:Group", **made.inputs)
    cloud.clock.advance(60)
    assert service.described("web") == {}
    service.world.make("aws:autoscaling/group:Group", **made.inputs)


def test_the_provider_waits_for_a_group_to_drain(cloud: Cloud, service: Service) -> None:
    cloud.instances.drained_after(60)
    made = service.fleet("web")
    service.share(web=1)
    before = cloud.clock.now()
    service.world.destroy(made)
    assert service.described("web") == {}
    assert (cloud.clock.now() - before).total_seconds() >= 60


def test_instances_are_spread_over_zones_and_markets(service: Service) -> None:
    service.fleet("web", size=4)
    shown = service.described("web")["Instances"]
    zones = [each["AvailabilityZone"] for each in shown]
    assert sorted(zones) == ["eu-west-1a", "eu-west-1a", "eu-west-1b", "eu-west-1b"]
    found = service.world.aws.ec2.describe_instances()["Reservations"]
    spot = [one.get("InstanceLifecycle") for each in found for one in each["Instances"]]
    assert spot.count("spot") == 2


def test_an_instance_ended_by_hand_is_replaced(service: Service) -> None:
    service.fleet("web")
    service.share(web=1)
    gone = service.described("web")["Instances"][0]["InstanceId"]
    service.world.aws.ec2.terminate_instances(InstanceIds=[gone])
    left = [each["InstanceId"] for each in service.described("web")["Instances"]]
    assert len(left) == 2
    assert gone not in left
    assert service.health("web") == {"healthy": 2}


def test_where_there_is_no_capacity_the_group_says_so(cloud: Cloud, service: Service) -> None:
    cloud.instances.unavailable("web")
    service.fleet("web")
    assert service.instances("web") == {}
    activities = service.world.aws.autoscaling.describe_scaling_activities(
        AutoScalingGroupName="web"
    )["Activities"]
    assert activities[0]["StatusCode"] == "Failed"
    assert "sufficient capacity" in activities[0]["StatusMessage"]
    cloud.instances.unavailable("web", available=True)
    service.scale("web", 2)
    assert service.instances("web") == {"InService Healthy": 2}


def test_another_tests_words_are_forgotten(cloud: Cloud, service: Service) -> None:
    cloud.instances.never()
    cloud.reset()
    assert cloud.instances.said == []
    assert not cloud.clock.stopped
