"""Programs with every kind of resource that services and platform use, for the cloud's tests."""

import json
from typing import Any

import pulumi
from pulumi_aws import (
    autoscaling,
    cloudwatch,
    ec2,
    get_availability_zones,
    get_caller_identity,
    iam,
    lb,
    s3,
    sns,
    ssm,
    vpc,
)

TAGS = {"service": "sample", "tier": "dev"}


def platform() -> None:
    """A network with two zones, a NAT, endpoints, a log bucket and a contract."""
    account = get_caller_identity().account_id
    zones = get_availability_zones(state="available").names[:2]
    network = ec2.Vpc("net", cidr_block="10.0.0.0/16", enable_dns_hostnames=True, tags=TAGS)
    gateway = ec2.InternetGateway("net", vpc_id=network.id, tags=TAGS)
    public = ec2.RouteTable("public", vpc_id=network.id, tags=TAGS)
    ec2.Route(
        "public-out",
        route_table_id=public.id,
        destination_cidr_block="0.0.0.0/0",
        gateway_id=gateway.id,
    )
    open_subnets, closed_subnets = [], []
    for index, zone in enumerate(zones):
        subnet = ec2.Subnet(
            f"public-{index}",
            vpc_id=network.id,
            cidr_block=f"10.0.{index}.0/24",
            availability_zone=zone,
            map_public_ip_on_launch=True,
            tags=TAGS,
        )
        ec2.RouteTableAssociation(f"public-{index}", subnet_id=subnet.id, route_table_id=public.id)
        open_subnets.append(subnet)
    address = ec2.Eip("nat", domain="vpc", tags=TAGS)
    nat = ec2.NatGateway(
        "nat",
        allocation_id=address.id,
        subnet_id=open_subnets[0].id,
        tags=TAGS,
        opts=pulumi.ResourceOptions(depends_on=[gateway]),
    )
    private = ec2.RouteTable("private", vpc_id=network.id, tags=TAGS)
    ec2.Route(
        "private-out",
        route_table_id=private.id,
        destination_cidr_block="0.0.0.0/0",
        nat_gateway_id=nat.id,
    )
    for index, zone in enumerate(zones):
        subnet = ec2.Subnet(
            f"private-{index}",
            vpc_id=network.id,
            cidr_block=f"10.0.{index + 10}.0/24",
            availability_zone=zone,
            tags=TAGS,
        )
        ec2.RouteTableAssociation(
            f"private-{index}", subnet_id=subnet.id, route_table_id=private.id
        )
        closed_subnets.append(subnet)
    ec2.VpcEndpoint(
        "s3",
        vpc_id=network.id,
        service_name="com.amazonaws.eu-west-1.s3",
        route_table_ids=[private.id],
        tags=TAGS,
    )
    logs = bucket("logs", account)
    topic = sns.Topic("alarms", tags=TAGS)
    sns.TopicPolicy("alarms", arn=topic.arn, policy=topic.arn.apply(_topic_policy))
    contract = pulumi.Output.json_dumps(
        {
            "vpc": network.id,
            "open": [each.id for each in open_subnets],
            "closed": [each.id for each in closed_subnets],
            "logs": logs.bucket,
            "topic": topic.arn,
        }
    )
    ssm.Parameter("contract", name="/sample/dev", type="String", value=contract, tags=TAGS)
    pulumi.export("contract", contract)


def bucket(name: str, account: str) -> s3.Bucket:
    made = s3.Bucket(name, bucket=f"sample-{name}-{account}", tags=TAGS)
    s3.BucketVersioning(name, bucket=made.id, versioning_configuration={"status": "Enabled"})
    s3.BucketServerSideEncryptionConfiguration(
        name,
        bucket=made.id,
        rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
    )
    s3.BucketPublicAccessBlock(
        name,
        bucket=made.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
    )
    s3.BucketOwnershipControls(
        name, bucket=made.id, rule={"object_ownership": "BucketOwnerEnforced"}
    )
    s3.BucketLifecycleConfiguration(
        name,
        bucket=made.id,
        rules=[
            {
                "id": "expire",
                "status": "Enabled",
                "filter": {},
                "expiration": {"days": 90},
                "noncurrent_version_expiration": {"noncurrent_days": 30},
                "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
            }
        ],
    )
    s3.BucketPolicy(name, bucket=made.id, policy=made.arn.apply(_bucket_policy))
    return made


def _topic_policy(arn: str) -> str:
    statement = {
        "Sid": "alarms",
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": arn,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _bucket_policy(arn: str) -> str:
    encrypted = {
        "Sid": "tls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    balancers = {
        "Sid": "logs",
        "Effect": "Allow",
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"{arn}/*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [encrypted, balancers]})


def service(contract: str, fleets: dict[str, int], *, desired: int = 1) -> None:
    """A balancer with one fleet per entry of `fleets`, weighted so."""
    place = json.loads(contract)
    front = ec2.SecurityGroup(
        "front", name="sample-front", vpc_id=place["vpc"], description="Balancer", tags=TAGS
    )
    inner = ec2.SecurityGroup(
        "inner", name="sample-inner", vpc_id=place["vpc"], description="Fleet", tags=TAGS
    )
    vpc.SecurityGroupIngressRule(
        "front-in",
        security_group_id=front.id,
        ip_protocol="tcp",
        from_port=80,
        to_port=80,
        cidr_ipv4="0.0.0.0/0",
        description="the world",
        tags=TAGS,
    )
    vpc.SecurityGroupEgressRule(
        "front-out",
        security_group_id=front.id,
        ip_protocol="tcp",
        from_port=8000,
        to_port=8000,
        referenced_security_group_id=inner.id,
        tags=TAGS,
    )
    vpc.SecurityGroupIngressRule(
        "inner-in",
        security_group_id=inner.id,
        ip_protocol="tcp",
        from_port=8000,
        to_port=8000,
        referenced_security_group_id=front.id,
        tags=TAGS,
    )
    vpc.SecurityGroupEgressRule(
        "inner-out", security_group_id=inner.id, ip_protocol="-1", cidr_ipv4="0.0.0.0/0", tags=TAGS
    )
    balancer = lb.LoadBalancer(
        "balancer",
        name="sample-dev",
        subnets=place["open"],
        security_groups=[front.id],
        drop_invalid_header_fields=True,
        idle_timeout=60,
        access_logs={"bucket": place["logs"], "enabled": True, "prefix": "sample"},
        tags=TAGS,
    )
    nothing: Any = {
        "content_type": "text/plain",
        "message_body": "nothing here",
        "status_code": "503",
    }
    listener = lb.Listener(
        "http",
        load_balancer_arn=balancer.arn,
        port=80,
        protocol="HTTP",
        tags=TAGS,
        default_actions=[{"type": "fixed-response", "fixed_response": nothing}],
    )
    logs = cloudwatch.LogGroup("logs", name="/sample/dev", retention_in_days=30, tags=TAGS)
    profile = _identity(logs)
    targets = {}
    groups = []
    for number, name in enumerate(fleets, 1):
        target, group = _fleet(place, name, number, listener, inner, profile, desired)
        targets[name] = target
        groups.append(group)
    if fleets:
        forward: Any = {
            "target_groups": [
                {"arn": targets[name].arn, "weight": weight} for name, weight in fleets.items()
            ],
            "stickiness": {"enabled": False, "duration": 1},
        }
        traffic = lb.ListenerRule(
            "traffic",
            listener_arn=listener.arn,
            priority=50000,
            conditions=[{"path_pattern": {"values": ["/*"]}}],
            actions=[{"type": "forward", "forward": forward}],
            tags=TAGS,
            opts=pulumi.ResourceOptions(ignore_changes=["actions"]),
        )
        for (name, target), group in zip(targets.items(), groups, strict=True):
            _policies(name, target, group, balancer, traffic)
    pulumi.export("url", balancer.dns_name)


def _identity(logs: cloudwatch.LogGroup) -> iam.InstanceProfile:
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    role = iam.Role(
        "role",
        name="sample-dev",
        tags=TAGS,
        assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
    write = {"Effect": "Allow", "Action": ["logs:PutLogEvents"]}
    policy = logs.arn.apply(
        lambda arn: json.dumps(
            {"Version": "2012-10-17", "Statement": [{**write, "Resource": f"{arn}:*"}]}
        )
    )
    iam.RolePolicy("logs", role=role.name, policy=policy)
    iam.RolePolicyAttachment(
        "ssm", role=role.name, policy_arn="arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    )
    return iam.InstanceProfile("profile", name="sample-dev", role=role.name, tags=TAGS)


def _fleet(
    place: dict[str, list[str]],
    name: str,
    number: int,
    listener: lb.Listener,
    inner: ec2.SecurityGroup,
    profile: iam.InstanceProfile,
    desired: int,
) -> tuple[lb.TargetGroup, autoscaling.Group]:
    frozen = pulumi.ResourceOptions(ignore_changes=["*"])
    target = lb.TargetGroup(
        name,
        name=f"sample-dev-{name}",
        port=8000,
        protocol="HTTP",
        vpc_id=str(place["vpc"]),
        deregistration_delay=60,
        tags=TAGS,
        opts=frozen,
        health_check={"path": "/readyz", "interval": 10, "timeout": 5, "matcher": "200"},
    )
    rule = lb.ListenerRule(
        name,
        listener_arn=listener.arn,
        priority=100 + number,
        conditions=[{"http_header": {"http_header_name": "X-Release", "values": [f"{name}label"]}}],
        actions=[{"type": "forward", "target_group_arn": target.arn}],
        tags=TAGS,
    )
    template = ec2.LaunchTemplate(
        name,
        name=f"sample-dev-{name}",
        image_id="ami-12c6146b",
        user_data="IyEvYmluL3NoCg==",
        iam_instance_profile={"arn": profile.arn},
        vpc_security_group_ids=[inner.id],
        metadata_options={
            "http_tokens": "required",
            "http_put_response_hop_limit": 1,
            "http_endpoint": "enabled",
        },
        block_device_mappings=[
            {
                "device_name": "/dev/xvda",
                "ebs": {"encrypted": "true", "volume_size": 8, "volume_type": "gp3"},
            }
        ],
        tag_specifications=[{"resource_type": "instance", "tags": TAGS}],
        tags=TAGS,
        opts=frozen,
    )
    group = autoscaling.Group(
        name,
        name=f"sample-dev-{name}",
        min_size=desired,
        max_size=4,
        desired_capacity=desired,
        vpc_zone_identifiers=place["closed"],
        target_group_arns=[target.arn],
        health_check_type="ELB",
        health_check_grace_period=120,
        capacity_rebalance=True,
        wait_for_capacity_timeout="0",
        default_instance_warmup=60,
        enabled_metrics=[autoscaling.Metric.GROUP_IN_SERVICE_INSTANCES],
        mixed_instances_policy={
            "launch_template": {
                "launch_template_specification": {
                    "launch_template_id": template.id,
                    "version": template.latest_version.apply(str),
                },
                "overrides": [{"instance_type": "t4g.small"}, {"instance_type": "t4g.medium"}],
            },
            "instances_distribution": {
                "on_demand_base_capacity": 0,
                "on_demand_percentage_above_base_capacity": 50,
                "spot_allocation_strategy": "price-capacity-optimized",
            },
        },
        tags=[
            {"key": key, "value": value, "propagate_at_launch": True} for key, value in TAGS.items()
        ],
        opts=pulumi.ResourceOptions(ignore_changes=["*"], depends_on=[rule]),
    )
    return target, group


def _policies(
    name: str,
    target: lb.TargetGroup,
    group: autoscaling.Group,
    balancer: lb.LoadBalancer,
    traffic: lb.ListenerRule,
) -> None:
    autoscaling.Policy(
        f"{name}-cpu",
        name="cpu",
        autoscaling_group_name=group.name,
        policy_type="TargetTrackingScaling",
        target_tracking_configuration={
            "target_value": 50,
            "predefined_metric_specification": {
                "predefined_metric_type": "ASGAverageCPUUtilization"
            },
        },
    )
    autoscaling.Policy(
        f"{name}-requests",
        name="requests",
        autoscaling_group_name=group.name,
        policy_type="TargetTrackingScaling",
        target_tracking_configuration={
            "target_value": 1000,
            "predefined_metric_specification": {
                "predefined_metric_type": "ALBRequestCountPerTarget",
                "resource_label": pulumi.Output.concat(balancer.arn_suffix, "/", target.arn_suffix),
            },
        },
        opts=pulumi.ResourceOptions(depends_on=[traffic]),
    )
