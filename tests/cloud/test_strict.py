"""What AWS refuses, asked by boto3 as a person or a rollout would; moto alone would allow it."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud import Cloud
from tests.cloud.lives import (
    acl_inputs,
    balanced,
    bucket,
    forward,
    group_inputs,
    listener,
    role,
    target_group,
)
from tests.cloud.strict.patch import ENTRIES
from tests.cloud.world import Made, World


@pytest.fixture
def world(cloud: Cloud) -> World:
    return World(cloud)


def refused(call: Callable[..., Any], code: str, words: str = "", /, **given: Any) -> None:
    with pytest.raises(ClientError) as caught:
        call(**given)
    assert caught.value.response["Error"]["Code"] == code
    assert re.search(words, caught.value.response["Error"]["Message"])


# Load balancing


def test_a_protected_balancer_stays(world: World) -> None:
    _, balancer, _ = balanced(world)
    world.change(balancer, enableDeletionProtection=True)
    refused(
        world.aws.elbv2.delete_load_balancer,
        "OperationNotPermitted",
        "deletion protection",
        LoadBalancerArn=balancer.id,
    )
    world.change(balancer, enableDeletionProtection=False)
    world.destroy(balancer)
    assert world.drift(balancer) is None


def test_a_balancers_name_is_taken_once(world: World) -> None:
    network, _, _ = balanced(world)
    refused(
        world.aws.elbv2.create_load_balancer,
        "DuplicateLoadBalancerName",
        Name="front",
        Subnets=network.subnet_ids,
    )


def test_a_balancer_needs_two_zones_and_a_way_in(world: World) -> None:
    network = world.network()
    create = world.aws.elbv2.create_load_balancer
    one = network.subnet_ids[:1]
    refused(create, "ValidationError", "two different Availability Zones", Name="a", Subnets=one)
    world.destroy(network.gateway)
    ids = network.subnet_ids
    refused(create, "InvalidSubnet", "no internet gateway", Name="a", Subnets=ids)
    create(Name="a", Subnets=ids, Scheme="internal")


def test_a_balancers_security_groups_exist(world: World) -> None:
    refused(
        world.aws.elbv2.create_load_balancer,
        "InvalidSecurityGroup",
        Name="a",
        Subnets=world.network().subnet_ids,
        SecurityGroups=["sg-12345678"],
    )


def test_a_listeners_port_is_taken_once(world: World) -> None:
    made, balancer, _ = listener(world)
    refused(
        world.aws.elbv2.create_listener,
        "DuplicateListener",
        LoadBalancerArn=balancer.id,
        Port=80,
        Protocol="HTTP",
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}],
    )
    other = world.make(
        "aws:lb/listener:Listener",
        loadBalancerArn=balancer.id,
        port=81,
        defaultActions=[{"type": "fixed-response", "fixedResponse": {"contentType": "text/plain"}}],
    )
    move = world.aws.elbv2.modify_listener
    refused(move, "DuplicateListener", ListenerArn=other.id, Port=80)
    move(ListenerArn=other.id, Port=81)
    assert world.drift(made) == set()


def rule(world: World, made: Made, priority: int, *targets: tuple[Made, int]) -> Made:
    return world.make(
        "aws:lb/listenerRule:ListenerRule",
        listenerArn=made.id,
        priority=priority,
        conditions=[{"pathPattern": {"values": [f"/{priority}"]}}],
        actions=[forward(*targets)],
    )


def test_a_target_group_in_use_stays_whatever_its_weight(world: World) -> None:
    made, _, targets = listener(world)
    used = rule(world, made, 1, (targets, 0))
    delete = world.aws.elbv2.delete_target_group
    refused(delete, "ResourceInUse", "currently in use", TargetGroupArn=targets.id)
    world.destroy(used)
    delete(TargetGroupArn=targets.id)


def test_a_priority_is_taken_once_and_two_can_change_places(world: World) -> None:
    made, _, targets = listener(world)
    one, two = rule(world, made, 1, (targets, 1)), rule(world, made, 2, (targets, 1))
    with pytest.raises(ClientError, match="PriorityInUse"):
        rule(world, made, 1, (targets, 1))
    move = world.aws.elbv2.set_rule_priorities
    first = {"RuleArn": one.id, "Priority": 2}
    refused(move, "PriorityInUse", RulePriorities=[first])
    move(RulePriorities=[first, {"RuleArn": two.id, "Priority": 1}])
    found = world.aws.elbv2.describe_rules(RuleArns=[one.id])["Rules"][0]
    assert found["Priority"] == "2"


def test_a_forward_has_five_groups_at_most(world: World) -> None:
    made, _, targets = listener(world)
    groups = [{"TargetGroupArn": targets.id, "Weight": 1}] * 6
    action = {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
    condition = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/"]}}
    refused(
        world.aws.elbv2.create_rule,
        "ValidationError",
        "the maximum is 5",
        ListenerArn=made.id,
        Priority=1,
        Conditions=[condition],
        Actions=[action],
    )
    action["ForwardConfig"] = {"TargetGroups": [{"TargetGroupArn": targets.id, "Weight": 1000}]}
    refused(
        world.aws.elbv2.create_rule,
        "ValidationError",
        "0 to 999",
        ListenerArn=made.id,
        Priority=1,
        Conditions=[condition],
        Actions=[action],
    )


@pytest.mark.parametrize(
    ("stickiness", "words"),
    [({"Enabled": True}, "must be specified"), ({"DurationSeconds": 604801}, "604800")],
)
def test_stickiness_lasts_a_second_to_a_week(
    world: World, stickiness: dict[str, Any], words: str
) -> None:
    made, _, targets = listener(world)
    config: dict[str, Any] = {
        "TargetGroups": [{"TargetGroupArn": targets.id}],
        "TargetGroupStickinessConfig": stickiness,
    }
    actions = [{"Type": "forward", "ForwardConfig": config}]
    change = world.aws.elbv2.modify_listener
    refused(change, "ValidationError", words, ListenerArn=made.id, DefaultActions=actions)
    config["TargetGroupStickinessConfig"] = {"Enabled": True, "DurationSeconds": 604800}
    change(ListenerArn=made.id, DefaultActions=actions)


def test_a_target_group_serves_one_balancer(world: World) -> None:
    made, balancer, targets = listener(world)
    rule(world, made, 1, (targets, 1))
    subnets = balancer.inputs["subnets"]
    other = world.make("aws:lb/loadBalancer:LoadBalancer", name="other", subnets=subnets)
    action = {"Type": "forward", "TargetGroupArn": targets.id}
    refused(
        world.aws.elbv2.create_listener,
        "TargetGroupAssociationLimit",
        LoadBalancerArn=other.id,
        Port=80,
        Protocol="HTTP",
        DefaultActions=[action],
    )


def logging_to(world: World, balancer: Made, prefix: str = "") -> None:
    logs = {"bucket": "sample-artifacts", "enabled": True, "prefix": prefix}
    world.change(balancer, accessLogs=logs)


def admit(world: World, resource: str, **principal: str) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": principal or {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::sample-artifacts/{resource}",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    world.aws.s3.put_bucket_policy(Bucket="sample-artifacts", Policy=policy)


def test_access_logs_need_a_bucket_that_admits_the_balancer(world: World) -> None:
    _, balancer, _ = balanced(world)
    denied = "Access Denied for bucket: sample-artifacts"
    with pytest.raises(ClientError, match=f"{denied}.*there is no bucket"):
        logging_to(world, balancer)
    bucket(world)
    with pytest.raises(ClientError, match=f"{denied}.*its policy does not let"):
        logging_to(world, balancer)
    admit(world, "other/AWSLogs/123456789012/*")
    with pytest.raises(ClientError, match="its policy does not let"):
        logging_to(world, balancer, "orders")
    admit(world, "orders/AWSLogs/123456789012/*")
    logging_to(world, balancer, "orders")


def test_access_logs_by_the_regions_balancer_account(world: World) -> None:
    _, balancer, _ = balanced(world)
    bucket(world)
    admit(world, "*", AWS="arn:aws:iam::156460612806:root")
    logging_to(world, balancer)


def test_access_logs_go_to_no_bucket_with_kms(world: World) -> None:
    _, balancer, _ = balanced(world)
    made = bucket(world)
    admit(world, "*")
    default = {"sseAlgorithm": "aws:kms"}
    world.make(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        bucket=made.id,
        rules=[{"applyServerSideEncryptionByDefault": default}],
    )
    with pytest.raises(ClientError, match="only to SSE-S3"):
        logging_to(world, balancer)


def test_a_target_group_knows_its_balancer_only_while_it_has_one(world: World) -> None:
    made, balancer, targets = listener(world)
    used = rule(world, made, 1, (targets, 1))

    def balancers() -> list[str]:
        found = world.aws.elbv2.describe_target_groups(TargetGroupArns=[targets.id])
        return list(found["TargetGroups"][0]["LoadBalancerArns"])

    assert balancers() == [balancer.id]
    world.destroy(used)
    assert balancers() == []


# Autoscaling


def fleet(world: World, **more: Any) -> Made:
    inputs = group_inputs(world, world.network())
    return world.make("aws:autoscaling/group:Group", **{**inputs, **more})


def test_a_groups_name_is_taken_once(world: World) -> None:
    made = fleet(world)
    again = {**made.inputs, "name": made.id}
    with pytest.raises(ClientError, match="AlreadyExists"):
        world.make("aws:autoscaling/group:Group", **again)


def test_a_group_with_instances_stays_unless_forced(world: World) -> None:
    made = fleet(world)
    delete = world.aws.autoscaling.delete_auto_scaling_group
    refused(delete, "ResourceInUse", "still in the group", AutoScalingGroupName=made.id)
    delete(AutoScalingGroupName=made.id, ForceDelete=True)
    assert world.drift(made) is None


def test_sizes_stay_in_order(world: World) -> None:
    made = fleet(world)
    scaling = world.aws.autoscaling
    name = {"AutoScalingGroupName": made.id}
    refused(scaling.set_desired_capacity, "ValidationError", "above max", DesiredCapacity=5, **name)
    refused(scaling.set_desired_capacity, "ValidationError", "below min", DesiredCapacity=0, **name)
    refused(scaling.update_auto_scaling_group, "ValidationError", "Max bound", MinSize=9, **name)
    scaling.update_auto_scaling_group(MinSize=2, **name)
    group = scaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]
    assert (group["DesiredCapacity"], len(group["Instances"])) == (2, 2)


def test_an_update_keeps_what_it_does_not_name(world: World) -> None:
    made = fleet(world)
    world.aws.autoscaling.update_auto_scaling_group(AutoScalingGroupName=made.id, MaxSize=8)
    assert world.drift(made) == {"maxSize"}


@pytest.mark.parametrize("size", [0, 1, 2, 3])
def test_half_spot_still_counts_instances(world: World, size: int) -> None:
    fleet(world, minSize=0, desiredCapacity=size)
    group = world.aws.autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]
    assert len(group["Instances"]) == size


@pytest.mark.parametrize(
    ("specification", "words"),
    [
        ({"launchTemplateId": "lt-00000000000000000", "version": "1"}, "does not exist"),
        ({"launchTemplateName": "fleet", "version": "7"}, "Version 7"),
    ],
)
def test_a_group_needs_a_template_that_exists(
    world: World, specification: dict[str, str], words: str
) -> None:
    inputs = group_inputs(world, world.network())
    inputs["mixedInstancesPolicy"]["launchTemplate"]["launchTemplateSpecification"] = specification
    with pytest.raises(ClientError, match=words):
        world.make("aws:autoscaling/group:Group", **inputs)


def test_a_group_needs_target_groups_that_exist(world: World) -> None:
    with pytest.raises(ClientError, match="may not be valid"):
        fleet(world, targetGroupArns=["arn:aws:elasticloadbalancing:eu-west-1:123456789012:x"])


def requests_policy(world: World, group: Made, balancer: Made, targets: Made) -> Made:
    label = f"{balancer['arnSuffix']}/{targets['arnSuffix']}"
    metric = {"predefinedMetricType": "ALBRequestCountPerTarget", "resourceLabel": label}
    return world.make(
        "aws:autoscaling/policy:Policy",
        name="requests",
        autoscalingGroupName=group.id,
        policyType="TargetTrackingScaling",
        targetTrackingConfiguration={"targetValue": 9, "predefinedMetricSpecification": metric},
    )


def test_a_request_policy_needs_a_rule_that_forwards_to_the_groups_targets(world: World) -> None:
    made, balancer, targets = listener(world)
    subnets = balancer.inputs["subnets"]
    network = world.aws.ec2.describe_subnets(SubnetIds=subnets)["Subnets"][0]["VpcId"]
    inputs = group_inputs(world, World(world.cloud).network())
    inputs["vpcZoneIdentifiers"] = subnets
    group = world.make("aws:autoscaling/group:Group", **inputs, targetGroupArns=[targets.id])
    assert network
    with pytest.raises(ClientError, match="does not route traffic to the target group"):
        requests_policy(world, group, balancer, targets)
    rule(world, made, 1, (targets, 0))
    requests_policy(world, group, balancer, targets)
    detach = world.aws.autoscaling.detach_load_balancer_target_groups
    detach(AutoScalingGroupName=group.id, TargetGroupARNs=[targets.id])
    with pytest.raises(ClientError, match="is not attached"):
        requests_policy(world, group, balancer, targets)


def test_policies_and_schedules_are_of_one_group(world: World) -> None:
    network = world.network()
    groups = [
        world.make("aws:autoscaling/group:Group", **group_inputs(world, network, name))
        for name in ("blue", "green")
    ]
    metric = {"predefinedMetricType": "ASGAverageCPUUtilization"}
    for index, each in enumerate(groups):
        tracking = {"targetValue": index + 1, "predefinedMetricSpecification": metric}
        world.make(
            "aws:autoscaling/policy:Policy",
            name="cpu",
            autoscalingGroupName=each.id,
            policyType="TargetTrackingScaling",
            targetTrackingConfiguration=tracking,
        )
        world.make(
            "aws:autoscaling/schedule:Schedule",
            scheduledActionName="night",
            autoscalingGroupName=each.id,
            recurrence="0 20 * * *",
            minSize=0,
            maxSize=-1,
            desiredCapacity=0,
        )
    scaling = world.aws.autoscaling
    assert len(scaling.describe_policies()["ScalingPolicies"]) == 2
    scaling.delete_policy(AutoScalingGroupName="blue", PolicyName="cpu")
    [left] = scaling.describe_policies()["ScalingPolicies"]
    assert left["AutoScalingGroupName"] == "green"
    world.destroy(groups[1])
    assert scaling.describe_policies()["ScalingPolicies"] == []
    [action] = scaling.describe_scheduled_actions()["ScheduledUpdateGroupActions"]
    assert action["AutoScalingGroupName"] == "blue"


@pytest.mark.parametrize("operation", ["suspend_processes", "resume_processes"])
def test_processes_are_of_a_group_that_exists(world: World, operation: str) -> None:
    change = getattr(world.aws.autoscaling, operation)
    refused(change, "ValidationError", "name not found", AutoScalingGroupName="nobody")


def test_policies_and_schedules_need_their_group(world: World) -> None:
    scaling = world.aws.autoscaling
    gone = {"AutoScalingGroupName": "gone"}
    refused(scaling.put_scaling_policy, "ValidationError", "not found", PolicyName="a", **gone)
    refused(
        scaling.put_scheduled_update_group_action,
        "ValidationError",
        "not found",
        ScheduledActionName="a",
        MinSize=0,
        Recurrence="0 0 * * *",
        **gone,
    )


# Networks


def test_a_security_group_in_use_stays(world: World) -> None:
    network, _, _ = balanced(world)
    one, two = (
        world.make("aws:ec2/securityGroup:SecurityGroup", name=name, vpcId=network.vpc.id)
        for name in ("one", "two")
    )
    entry = world.make(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        securityGroupId=one.id,
        ipProtocol="tcp",
        fromPort=80,
        toPort=80,
        referencedSecurityGroupId=two.id,
    )
    delete = world.aws.ec2.delete_security_group
    refused(delete, "DependencyViolation", one.id, GroupId=two.id)
    world.destroy(entry)
    balancer = world.make(
        "aws:lb/loadBalancer:LoadBalancer",
        name="behind",
        subnets=network.subnet_ids,
        securityGroups=[two.id],
    )
    refused(delete, "DependencyViolation", "loadbalancer", GroupId=two.id)
    world.destroy(balancer)
    delete(GroupId=two.id)


def test_networks_go_from_the_inside_out(world: World) -> None:
    network, balancer, _ = balanced(world)
    ec2, vpc = world.aws.ec2, network.vpc.id
    refused(ec2.delete_subnet, "DependencyViolation", SubnetId=network.subnet_ids[0])
    gateway = {"InternetGatewayId": network.gateway.id, "VpcId": vpc}
    refused(ec2.detach_internet_gateway, "DependencyViolation", "mapped public", **gateway)
    world.destroy(balancer)
    for subnet in network.subnets:
        world.destroy(subnet)
    refused(ec2.delete_vpc, "DependencyViolation", network.gateway.id, VpcId=vpc)
    group = world.make("aws:ec2/securityGroup:SecurityGroup", name="one", vpcId=vpc)
    world.destroy(network.gateway)
    refused(ec2.delete_vpc, "DependencyViolation", group.id, VpcId=vpc)
    world.destroy(group)
    world.destroy(network.vpc)
    assert world.drift(network.vpc) is None


def test_a_nat_gateway_holds_its_address_and_subnet(world: World) -> None:
    network = world.network()
    address = world.make("aws:ec2/eip:Eip", domain="vpc")
    place = {"allocationId": address.id, "subnetId": network.subnet_ids[0]}
    gateway = world.make("aws:ec2/natGateway:NatGateway", **place)
    ec2 = world.aws.ec2
    refused(ec2.release_address, "InvalidIPAddress.InUse", AllocationId=address.id)
    refused(ec2.delete_subnet, "DependencyViolation", SubnetId=network.subnet_ids[0])
    with pytest.raises(ClientError, match="AlreadyAssociated"):
        world.make("aws:ec2/natGateway:NatGateway", **place)
    world.destroy(gateway)
    world.destroy(address)
    world.destroy(network.subnets[0])


def test_a_subnet_has_one_route_table(world: World) -> None:
    network = world.network()
    one, two = (world.make("aws:ec2/routeTable:RouteTable", vpcId=network.vpc.id) for _ in range(2))
    associate = world.aws.ec2.associate_route_table
    associate(RouteTableId=one.id, SubnetId=network.subnet_ids[0])
    code = "Resource.AlreadyAssociated"
    refused(associate, code, RouteTableId=two.id, SubnetId=network.subnet_ids[0])


def test_a_later_template_version_launches_too(world: World) -> None:
    inputs = group_inputs(world, world.network())
    world.aws.ec2.create_launch_template_version(
        LaunchTemplateName="fleet",
        LaunchTemplateData={"ImageId": "ami-00000002", "UserData": "IyEvYmluL3NoCg=="},
    )
    policy = inputs["mixedInstancesPolicy"]["launchTemplate"]
    policy["launchTemplateSpecification"]["version"] = "2"
    world.make("aws:autoscaling/group:Group", **inputs)


# Identity and storage


def test_a_role_in_use_stays(world: World) -> None:
    made = role(world)
    world.make("aws:iam/instanceProfile:InstanceProfile", role=made.id)
    refused(world.aws.iam.delete_role, "DeleteConflict", "instance profile", RoleName=made.id)


def test_a_role_with_policies_stays(world: World) -> None:
    made = role(world)
    arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    world.aws.iam.attach_role_policy(RoleName=made.id, PolicyArn=arn)
    refused(world.aws.iam.delete_role, "DeleteConflict", "policies", RoleName=made.id)


def test_an_attached_policy_stays(world: World) -> None:
    made = role(world)
    allow = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    policy = world.make("aws:iam/policy:Policy", name="read", policy=text)
    world.aws.iam.attach_role_policy(RoleName=made.id, PolicyArn=policy.id)
    refused(world.aws.iam.delete_policy, "DeleteConflict", PolicyArn=policy.id)


def test_an_instance_profile_has_one_role(world: World) -> None:
    profile = world.make("aws:iam/instanceProfile:InstanceProfile", role=role(world).id)
    add = world.aws.iam.add_role_to_instance_profile
    other = role(world).id
    refused(add, "LimitExceeded", InstanceProfileName=profile.id, RoleName=other)


def test_only_policies_that_aws_has_can_be_attached(world: World) -> None:
    attach = world.aws.iam.attach_role_policy
    arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCare"
    refused(attach, "NoSuchEntity", RoleName=role(world).id, PolicyArn=arn)


def test_a_bucket_with_objects_or_old_versions_stays(world: World) -> None:
    made = bucket(world)
    status = {"status": "Enabled"}
    world.make(
        "aws:s3/bucketVersioning:BucketVersioning", bucket=made.id, versioningConfiguration=status
    )
    s3 = world.aws.s3
    s3.put_object(Bucket=made.id, Key="a", Body=b"")
    refused(s3.delete_bucket, "BucketNotEmpty", Bucket=made.id)
    s3.delete_object(Bucket=made.id, Key="a")
    refused(s3.delete_bucket, "BucketNotEmpty", Bucket=made.id)
    with pytest.raises(ClientError, match="BucketNotEmpty"):
        world.destroy(made)
    world.change(made, forceDestroy=True)
    world.destroy(made)
    assert world.drift(made) is None


def test_a_web_acl_that_guards_something_stays(world: World) -> None:
    _, guarded, _ = balanced(world)
    acl = world.make("aws:wafv2/webAcl:WebAcl", **acl_inputs())
    token = "aws:wafv2/webAclAssociation:WebAclAssociation"
    place = world.make(token, webAclArn=acl["arn"], resourceArn=guarded.id)
    with pytest.raises(ClientError, match="WAFAssociatedItemException"):
        world.destroy(acl)
    world.destroy(place)
    world.destroy(acl)


def test_names_of_buckets_and_topics_are_taken_once(world: World) -> None:
    bucket(world)
    with pytest.raises(Exception, match="BucketAlreadyExists"):
        bucket(world)
    world.make("aws:sns/topic:Topic", name="alarms")
    with pytest.raises(Exception, match="TopicAlreadyExists"):
        world.make("aws:sns/topic:Topic", name="alarms")


def test_every_rule_names_its_page_and_is_counted_once(world: World) -> None:
    for service in ("ec2", "elbv2", "autoscaling", "iam", "s3"):
        world.aws.clients.get(service, "eu-west-1")
    target_group(world, world.network(), "any")
    assert all(each.doc.startswith("https://docs.aws.amazon.com/") for each in ENTRIES)
    assert len({(each.name, each.watches) for each in ENTRIES}) == len(ENTRIES)
