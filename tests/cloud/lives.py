"""A life per type: how it is made, what changes in place, what replaces, how it drifts."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.cloud.world import Made, Network, World

type Inputs = dict[str, Any]
type Drift = Callable[[World, Made], object]

TAGS = {"service": "sample"}
OTHER_TAGS = {"service": "sample", "tier": "dev"}
ALLOW = {"Effect": "Allow", "Action": ["logs:PutLogEvents"], "Resource": "*"}
TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "ec2.amazonaws.com"},
    "Action": "sts:AssumeRole",
}


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@dataclass(frozen=True, kw_only=True)
class Life:
    """`prepare` makes what the thing needs and answers its inputs."""

    token: str
    prepare: Callable[[World], Inputs]
    change: Inputs = field(default_factory=dict)  # applied in place
    replace: Inputs = field(default_factory=dict)  # one that cannot be
    drift: Drift | None = None  # what somebody does by hand
    drifts: str = ""  # the path that then differs
    stays: bool = False  # deleting only forgets it


LIVES: list[Life] = []


def life(token: str, **more: Any) -> Callable[[Callable[[World], Inputs]], None]:
    def enter(prepare: Callable[[World], Inputs]) -> None:
        LIVES.append(Life(token=token, prepare=prepare, **more))

    return enter


# Networks


def tag_by_hand(world: World, made: Made) -> None:
    world.aws.ec2.create_tags(Resources=[made.id], Tags=[{"Key": "by", "Value": "hand"}])


@life(
    "aws:ec2/vpc:Vpc",
    change={"enableDnsHostnames": True, "tags": OTHER_TAGS},
    replace={"cidrBlock": "10.1.0.0/16"},
    drift=lambda world, made: world.aws.ec2.modify_vpc_attribute(
        VpcId=made.id, EnableDnsHostnames={"Value": False}
    ),
    drifts="enableDnsHostnames",
)
def _vpc(world: World) -> Inputs:
    return {"cidrBlock": "10.0.0.0/16", "tags": TAGS}


@life(
    "aws:ec2/subnet:Subnet",
    change={"mapPublicIpOnLaunch": True, "tags": {}},
    replace={"availabilityZone": "eu-west-1c"},
    drift=tag_by_hand,
    drifts="tags",
)
def _subnet(world: World) -> Inputs:
    vpc = world.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    return {"vpcId": vpc.id, "cidrBlock": "10.0.1.0/24", "tags": TAGS}


@life(
    "aws:ec2/internetGateway:InternetGateway",
    change={"tags": OTHER_TAGS},
    drift=lambda world, made: world.aws.ec2.detach_internet_gateway(
        InternetGatewayId=made.id, VpcId=made["vpcId"]
    ),
    drifts="vpcId",
)
def _internet_gateway(world: World) -> Inputs:
    vpc = world.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    return {"vpcId": vpc.id, "tags": TAGS}


@life(
    "aws:ec2/eip:Eip",
    change={"tags": OTHER_TAGS},
    replace={"networkBorderGroup": "eu-west-1"},
    drift=tag_by_hand,
    drifts="tags.by",
)
def _eip(world: World) -> Inputs:
    return {"domain": "vpc", "tags": TAGS}


@life(
    "aws:ec2/natGateway:NatGateway",
    change={"tags": OTHER_TAGS},
    replace={"connectivityType": "private"},
    drift=tag_by_hand,
    drifts="tags.by",
)
def _nat_gateway(world: World) -> Inputs:
    subnet = world.network().subnets[0]
    address = world.make("aws:ec2/eip:Eip", domain="vpc")
    return {"allocationId": address.id, "subnetId": subnet.id, "tags": TAGS}


@life(
    "aws:ec2/routeTable:RouteTable",
    change={"tags": OTHER_TAGS},
    replace={"vpcId": "vpc-2"},
    drift=tag_by_hand,
    drifts="tags.by",
)
def _route_table(world: World) -> Inputs:
    network = world.network()
    routes = [{"cidrBlock": "0.0.0.0/0", "gatewayId": network.gateway.id}]
    return {"vpcId": network.vpc.id, "routes": routes, "tags": TAGS}


def _second_gateway(world: World, made: Made) -> None:
    world.aws.ec2.replace_route(
        RouteTableId=made["routeTableId"],
        DestinationCidrBlock="0.0.0.0/0",
        NetworkInterfaceId=world.aws.ec2.create_network_interface(
            SubnetId=world.aws.ec2.describe_subnets()["Subnets"][-1]["SubnetId"]
        )["NetworkInterface"]["NetworkInterfaceId"],
    )


@life(
    "aws:ec2/route:Route",
    replace={"destinationCidrBlock": "10.9.0.0/16"},
    drift=_second_gateway,
    drifts="gatewayId",
)
def _route(world: World) -> Inputs:
    network = world.network()
    table = world.make("aws:ec2/routeTable:RouteTable", vpcId=network.vpc.id)
    return {
        "routeTableId": table.id,
        "destinationCidrBlock": "0.0.0.0/0",
        "gatewayId": network.gateway.id,
    }


def _other_table(world: World, made: Made) -> None:
    subnet = world.aws.ec2.describe_subnets(SubnetIds=[made["subnetId"]])["Subnets"][0]
    table = world.make("aws:ec2/routeTable:RouteTable", vpcId=subnet["VpcId"])
    world.aws.ec2.replace_route_table_association(AssociationId=made.id, RouteTableId=table.id)


@life(
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    replace={"subnetId": "subnet-2"},
    drift=_other_table,
    drifts="routeTableId",
)
def _route_table_association(world: World) -> Inputs:
    network = world.network()
    table = world.make("aws:ec2/routeTable:RouteTable", vpcId=network.vpc.id)
    return {"routeTableId": table.id, "subnetId": network.subnets[0].id}


@life(
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    change={"routeTableIds": [], "tags": OTHER_TAGS},
    replace={"serviceName": "com.amazonaws.eu-west-1.dynamodb"},
    drift=tag_by_hand,
    drifts="tags.by",
)
def _vpc_endpoint(world: World) -> Inputs:
    network = world.network()
    table = world.make("aws:ec2/routeTable:RouteTable", vpcId=network.vpc.id)
    return {
        "vpcId": network.vpc.id,
        "serviceName": "com.amazonaws.eu-west-1.s3",
        "routeTableIds": [table.id],
        "tags": TAGS,
    }


@life("aws:ec2/flowLog:FlowLog", change={"tags": OTHER_TAGS}, replace={"trafficType": "ALL"})
def _flow_log(world: World) -> Inputs:
    network = world.network()
    bucket = world.make("aws:s3/bucket:Bucket", bucket="flow-logs-sample")
    return {
        "vpcId": network.vpc.id,
        "trafficType": "REJECT",
        "logDestinationType": "s3",
        "logDestination": bucket["arn"],
        "tags": TAGS,
    }


# Security groups


@life(
    "aws:ec2/securityGroup:SecurityGroup",
    change={
        "ingress": [
            {"protocol": "tcp", "fromPort": 81, "toPort": 81, "cidrBlocks": ["10.0.0.0/8"]}
        ],
        "tags": OTHER_TAGS,
    },
    replace={"description": "other"},
    drift=lambda world, made: world.aws.ec2.authorize_security_group_ingress(
        GroupId=made.id,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 22,
                "ToPort": 22,
                "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
            }
        ],
    ),
    drifts="ingress[1]",
)
def _security_group(world: World) -> Inputs:
    rule = {"protocol": "tcp", "fromPort": 80, "toPort": 80, "cidrBlocks": ["10.0.0.0/8"]}
    return {"vpcId": world.network().vpc.id, "ingress": [rule], "tags": TAGS}


@life("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", change={"tags": OTHER_TAGS}, stays=True)
def _default_security_group(world: World) -> Inputs:
    return {"vpcId": world.network().vpc.id, "tags": TAGS}


def _open_wider(world: World, made: Made) -> None:
    world.aws.ec2.modify_security_group_rules(
        GroupId=made["securityGroupId"],
        SecurityGroupRules=[
            {
                "SecurityGroupRuleId": made.id,
                "SecurityGroupRule": {
                    "IpProtocol": "tcp",
                    "FromPort": 8443,
                    "ToPort": 8443,
                    "CidrIpv4": "0.0.0.0/0",
                },
            }
        ],
    )


def _rule(world: World) -> Inputs:
    group = world.make("aws:ec2/securityGroup:SecurityGroup", vpcId=world.network().vpc.id)
    return {
        "securityGroupId": group.id,
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "cidrIpv4": "10.0.0.0/8",
        "tags": TAGS,
    }


for _kind in ("Ingress", "Egress"):
    life(
        f"aws:vpc/securityGroup{_kind}Rule:SecurityGroup{_kind}Rule",
        change={"fromPort": 8443, "toPort": 8443, "tags": OTHER_TAGS},
        replace={"securityGroupId": "sg-2"},
        drift=_open_wider,
        drifts="cidrIpv4",
    )(_rule)


@life(
    "aws:ec2/launchTemplate:LaunchTemplate",
    change={"imageId": "ami-00000002", "userData": "IyEvYmluL3NoCg==", "tags": OTHER_TAGS},
    replace={"name": "other-template"},
    drift=lambda world, made: world.aws.ec2.create_launch_template_version(
        LaunchTemplateId=made.id, LaunchTemplateData={"ImageId": "ami-00000009"}
    ),
    drifts="imageId",
)
def _launch_template(world: World) -> Inputs:
    return {
        "imageId": "ami-00000001",
        "instanceType": "t4g.small",
        "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
        "blockDeviceMappings": [
            {"deviceName": "/dev/xvda", "ebs": {"encrypted": "true", "volumeSize": 8}}
        ],
        "monitoring": {"enabled": True},
        "tagSpecifications": [{"resourceType": "instance", "tags": TAGS}],
        "networkInterfaces": [
            {"associatePublicIpAddress": "true", "securityGroups": ["sg-12345678"]}
        ],
        "tags": TAGS,
    }


# Load balancing


def balanced(world: World) -> tuple[Network, Made, Made]:
    """A network, a balancer and a target group."""
    network = world.network()
    balancer = world.make(
        "aws:lb/loadBalancer:LoadBalancer", name="front", subnets=network.subnet_ids
    )
    return network, balancer, target_group(world, network, "targets")


def target_group(world: World, network: Network, name: str) -> Made:
    return world.make(
        "aws:lb/targetGroup:TargetGroup",
        name=name,
        port=8000,
        protocol="HTTP",
        vpcId=network.vpc.id,
    )


@life(
    "aws:lb/loadBalancer:LoadBalancer",
    change={"idleTimeout": 120, "dropInvalidHeaderFields": True, "tags": OTHER_TAGS},
    replace={"internal": True},
    drift=lambda world, made: world.aws.elbv2.modify_load_balancer_attributes(
        LoadBalancerArn=made.id,
        Attributes=[
            {"Key": "deletion_protection.enabled", "Value": "false"},
            {"Key": "routing.http2.enabled", "Value": "false"},
        ],
    ),
    drifts="enableHttp2",
)
def _load_balancer(world: World) -> Inputs:
    return {"name": "front", "subnets": world.network().subnet_ids, "tags": TAGS}


@life(
    "aws:lb/targetGroup:TargetGroup",
    change={
        "deregistrationDelay": 30,
        "healthCheck": {"path": "/readyz", "interval": 10, "timeout": 5},
        "tags": OTHER_TAGS,
    },
    replace={"port": 9000},
    drift=lambda world, made: world.aws.elbv2.modify_target_group(
        TargetGroupArn=made.id, HealthCheckPath="/livez"
    ),
    drifts="healthCheck.path",
)
def _target_group(world: World) -> Inputs:
    return {
        "name": "web",
        "port": 8000,
        "protocol": "HTTP",
        "vpcId": world.network().vpc.id,
        "healthCheck": {"path": "/", "interval": 10, "timeout": 5, "matcher": "200"},
        "stickiness": {"type": "lb_cookie", "enabled": False},
        "tags": TAGS,
    }


def forward(*weighted: tuple[Made, int]) -> dict[str, Any]:
    groups = [{"arn": group.id, "weight": weight} for group, weight in weighted]
    stickiness = {"enabled": False, "duration": 1}
    return {"type": "forward", "forward": {"targetGroups": groups, "stickiness": stickiness}}


REPLY = {"contentType": "text/plain", "messageBody": "nothing here", "statusCode": "503"}
NOTHING = {"type": "fixed-response", "fixedResponse": REPLY}


@life(
    "aws:lb/listener:Listener",
    change={
        "defaultActions": [
            {
                "type": "redirect",
                "redirect": {"statusCode": "HTTP_301", "protocol": "HTTPS", "port": "443"},
            }
        ],
        "tags": OTHER_TAGS,
    },
    replace={"loadBalancerArn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:x/y"},
    drift=lambda world, made: world.aws.elbv2.modify_listener(ListenerArn=made.id, Port=81),
    drifts="port",
)
def _listener(world: World) -> Inputs:
    _, balancer, _ = balanced(world)
    return {
        "loadBalancerArn": balancer.id,
        "port": 80,
        "protocol": "HTTP",
        "defaultActions": [NOTHING],
        "tags": TAGS,
    }


def listener(world: World) -> tuple[Made, Made, Made]:
    """A listener with its balancer and a target group."""
    _, balancer, targets = balanced(world)
    made = world.make(
        "aws:lb/listener:Listener",
        loadBalancerArn=balancer.id,
        port=80,
        protocol="HTTP",
        defaultActions=[NOTHING],
    )
    return made, balancer, targets


def _move_all(world: World, made: Made) -> None:
    groups = [
        {"TargetGroupArn": made["actions"][0]["forward"]["targetGroups"][0]["arn"], "Weight": 7}
    ]
    world.aws.elbv2.modify_rule(
        RuleArn=made.id, Actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}]
    )


@life(
    "aws:lb/listenerRule:ListenerRule",
    change={
        "priority": 20,
        "conditions": [{"pathPattern": {"values": ["/b", "/c"]}}],
        "tags": OTHER_TAGS,
    },
    replace={"listenerArn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:x/y"},
    drift=_move_all,
    drifts="actions[0].forward.targetGroups[0].weight",
)
def _listener_rule(world: World) -> Inputs:
    made, _, targets = listener(world)
    header = {"httpHeaderName": "X-Release", "values": ["abc"]}
    return {
        "listenerArn": made.id,
        "priority": 10,
        "conditions": [{"httpHeader": header}, {"queryStrings": [{"key": "a", "value": "b"}]}],
        "actions": [forward((targets, 100))],
        "tags": TAGS,
    }


def certificate(world: World, domain: str = "orders.example.com") -> Made:
    return world.make("aws:acm/certificate:Certificate", domainName=domain, validationMethod="DNS")


@life("aws:lb/listenerCertificate:ListenerCertificate", replace={"certificateArn": "arn:aws:x"})
def _listener_certificate(world: World) -> Inputs:
    _, balancer, _ = balanced(world)
    secure = world.make(
        "aws:lb/listener:Listener",
        loadBalancerArn=balancer.id,
        port=443,
        protocol="HTTPS",
        certificateArn=certificate(world).id,
        defaultActions=[NOTHING],
    )
    other = certificate(world, "other.example.com")
    return {"listenerArn": secure.id, "certificateArn": other.id}


# Autoscaling


def group_inputs(world: World, network: Network, name: str = "fleet") -> Inputs:
    template = world.make(
        "aws:ec2/launchTemplate:LaunchTemplate",
        name=name,
        imageId="ami-00000001",
        instanceType="t4g.small",
    )
    specification = {"launchTemplateId": template.id, "version": "1"}
    overrides = [{"instanceType": "t4g.small"}, {"instanceType": "t4g.medium"}]
    return {
        "name": name,
        "minSize": 1,
        "maxSize": 4,
        "desiredCapacity": 1,
        "vpcZoneIdentifiers": network.subnet_ids,
        "waitForCapacityTimeout": "0",
        "capacityRebalance": True,
        "defaultInstanceWarmup": 60,
        "maxInstanceLifetime": 86400,
        "mixedInstancesPolicy": {
            "launchTemplate": {
                "launchTemplateSpecification": specification,
                "overrides": overrides,
            },
            "instancesDistribution": {
                "onDemandPercentageAboveBaseCapacity": 50,
                "spotAllocationStrategy": "price-capacity-optimized",
            },
        },
        "tags": [{"key": "service", "value": "sample", "propagateAtLaunch": True}],
    }


@life(
    "aws:autoscaling/group:Group",
    change={
        "minSize": 2,
        "desiredCapacity": 3,
        "healthCheckGracePeriod": 60,
        "enabledMetrics": ["GroupInServiceInstances"],
        "suspendedProcesses": ["AZRebalance"],
        "tags": [{"key": "tier", "value": "dev", "propagateAtLaunch": True}],
    },
    replace={"name": "other"},
    drift=lambda world, made: world.aws.autoscaling.update_auto_scaling_group(
        AutoScalingGroupName=made.id, MaxSize=9
    ),
    drifts="maxSize",
)
def _group(world: World) -> Inputs:
    return group_inputs(world, world.network())


def group(world: World) -> Made:
    return world.make("aws:autoscaling/group:Group", **group_inputs(world, world.network()))


CPU = {"predefinedMetricType": "ASGAverageCPUUtilization"}


def _hotter(world: World, made: Made) -> None:
    world.aws.autoscaling.put_scaling_policy(
        AutoScalingGroupName=made["autoscalingGroupName"],
        PolicyName=made.id,
        PolicyType="TargetTrackingScaling",
        TargetTrackingConfiguration={
            "TargetValue": 90.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": CPU["predefinedMetricType"]},
        },
    )


@life(
    "aws:autoscaling/policy:Policy",
    change={
        "targetTrackingConfiguration": {"targetValue": 60, "predefinedMetricSpecification": CPU}
    },
    replace={"autoscalingGroupName": "other"},
    drift=_hotter,
    drifts="targetTrackingConfiguration.targetValue",
)
def _policy(world: World) -> Inputs:
    tracking = {"targetValue": 50, "predefinedMetricSpecification": CPU}
    return {
        "name": "cpu",
        "autoscalingGroupName": group(world).id,
        "policyType": "TargetTrackingScaling",
        "targetTrackingConfiguration": tracking,
    }


@life(
    "aws:autoscaling/schedule:Schedule",
    change={"recurrence": "0 7 * * 1-5", "minSize": 1, "desiredCapacity": 1},
    replace={"scheduledActionName": "other"},
    drift=lambda world, made: world.aws.autoscaling.put_scheduled_update_group_action(
        AutoScalingGroupName=made["autoscalingGroupName"],
        ScheduledActionName=made.id,
        Recurrence="0 1 * * *",
        MinSize=1,
    ),
    drifts="recurrence",
)
def _schedule(world: World) -> Inputs:
    return {
        "autoscalingGroupName": group(world).id,
        "scheduledActionName": "night",
        "recurrence": "0 20 * * *",
        "timeZone": "Europe/Berlin",
        "minSize": 0,
        "maxSize": -1,
        "desiredCapacity": 0,
    }


# Identity


@life(
    "aws:iam/role:Role",
    change={
        "description": "other",
        "maxSessionDuration": 7200,
        "tags": OTHER_TAGS,
        "assumeRolePolicy": document({**TRUST, "Sid": "ec2"}),
    },
    replace={"path": "/team/"},
    drift=lambda world, made: world.aws.iam.update_role(RoleName=made.id, Description="by hand"),
    drifts="description",
)
def _role(world: World) -> Inputs:
    return {"assumeRolePolicy": document(TRUST), "description": "a role", "tags": TAGS}


def role(world: World) -> Made:
    return world.make("aws:iam/role:Role", assumeRolePolicy=document(TRUST))


@life(
    "aws:iam/rolePolicy:RolePolicy",
    change={"policy": document({**ALLOW, "Action": ["logs:CreateLogStream"]})},
    replace={"role": "other"},
    drift=lambda world, made: world.aws.iam.put_role_policy(
        RoleName=made["role"],
        PolicyName=made["name"],
        PolicyDocument=document({**ALLOW, "Action": ["*"]}),
    ),
    drifts="policy",
)
def _role_policy(world: World) -> Inputs:
    return {"role": role(world).id, "policy": document(ALLOW)}


@life("aws:iam/rolePolicyAttachment:RolePolicyAttachment", replace={"role": "other"})
def _role_policy_attachment(world: World) -> Inputs:
    return {
        "role": role(world).id,
        "policyArn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
    }


@life(
    "aws:iam/instanceProfile:InstanceProfile",
    change={"tags": OTHER_TAGS},
    replace={"path": "/team/"},
    drift=lambda world, made: world.aws.iam.remove_role_from_instance_profile(
        InstanceProfileName=made.id, RoleName=made["role"]
    ),
    drifts="role",
)
def _instance_profile(world: World) -> Inputs:
    return {"role": role(world).id, "tags": TAGS}


@life(
    "aws:iam/policy:Policy",
    change={"policy": document({**ALLOW, "Action": ["logs:CreateLogStream"]}), "tags": OTHER_TAGS},
    replace={"description": "other"},
    drift=lambda world, made: world.aws.iam.create_policy_version(
        PolicyArn=made.id, PolicyDocument=document({**ALLOW, "Action": "*"}), SetAsDefault=True
    ),
    drifts="policy",
)
def _managed_policy(world: World) -> Inputs:
    return {"policy": document(ALLOW), "description": "a policy", "tags": TAGS}


@life(
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    change={"clientIdLists": ["sts.amazonaws.com", "other"], "tags": OTHER_TAGS},
    replace={"url": "https://gitlab.example.com"},
)
def _oidc(world: World) -> Inputs:
    return {
        "url": "https://ci.example.com",
        "clientIdLists": ["sts.amazonaws.com"],
        "thumbprintLists": ["a" * 40],
        "tags": TAGS,
    }


# Watching


@life(
    "aws:cloudwatch/logGroup:LogGroup",
    change={"retentionInDays": 90, "tags": OTHER_TAGS},
    replace={"name": "/other"},
    drift=lambda world, made: world.aws.logs.delete_retention_policy(logGroupName=made.id),
    drifts="retentionInDays",
)
def _log_group(world: World) -> Inputs:
    return {"name": "/sample/dev", "retentionInDays": 30, "tags": TAGS}


ERRORS = {
    "metricName": "HTTPCode_Target_5XX_Count",
    "namespace": "AWS/ApplicationELB",
    "period": 60,
    "stat": "Sum",
    "dimensions": {"LoadBalancer": "app/a/1"},
}


@life(
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    change={"threshold": 0.1, "tags": OTHER_TAGS},
    replace={"name": "other"},
    drift=lambda world, made: world.aws.cloudwatch.put_metric_alarm(
        AlarmName=made.id,
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=9,
        Threshold=0.1,
        TreatMissingData="notBreaching",
        Metrics=[{"Id": "a", "Expression": "1", "ReturnData": True}],
    ),
    drifts="evaluationPeriods",
)
def _metric_alarm(world: World) -> Inputs:
    return {
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 2,
        "threshold": 0.05,
        "treatMissingData": "notBreaching",
        "metricQueries": [
            {"id": "share", "expression": "FILL(errors, 0)", "returnData": True},
            {"id": "errors", "metric": ERRORS},
        ],
        "tags": TAGS,
    }


TEXT_ONLY = '{"widgets": [{"type": "text", "properties": {"markdown": "a"}}]}'


@life(
    "aws:cloudwatch/dashboard:Dashboard",
    change={"dashboardBody": TEXT_ONLY},
    replace={"dashboardName": "other"},
    drift=lambda world, made: world.aws.cloudwatch.put_dashboard(
        DashboardName=made.id, DashboardBody=TEXT_ONLY.replace('"a"', '"b"')
    ),
    drifts="dashboardBody",
)
def _dashboard(world: World) -> Inputs:
    return {"dashboardName": "sample-dev", "dashboardBody": '{"widgets": []}'}


# Storage


@life(
    "aws:s3/bucket:Bucket",
    change={"tags": OTHER_TAGS},
    replace={"bucket": "sample-other"},
    drift=lambda world, made: world.aws.s3.delete_bucket_tagging(Bucket=made.id),
    drifts="tags",
)
def _bucket(world: World) -> Inputs:
    return {"bucket": "sample-artifacts", "tags": TAGS}


def bucket(world: World) -> Made:
    return world.make("aws:s3/bucket:Bucket", bucket="sample-artifacts")


@life(
    "aws:s3/bucketVersioning:BucketVersioning",
    change={"versioningConfiguration": {"status": "Suspended"}},
    replace={"bucket": "other"},
    drift=lambda world, made: world.aws.s3.put_bucket_versioning(
        Bucket=made.id, VersioningConfiguration={"Status": "Enabled"}
    ),
    drifts="versioningConfiguration.status",
    stays=True,
)
def _versioning(world: World) -> Inputs:
    return {"bucket": bucket(world).id, "versioningConfiguration": {"status": "Enabled"}}


@life(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    change={
        "rules": [
            {
                "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"},
                "bucketKeyEnabled": True,
            }
        ]
    },
    replace={"bucket": "other"},
)
def _encryption(world: World) -> Inputs:
    rule = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
    return {"bucket": bucket(world).id, "rules": [rule]}


def _open_up(world: World, made: Made) -> None:
    wanted = dict.fromkeys(
        ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), False
    )
    world.aws.s3.put_public_access_block(Bucket=made.id, PublicAccessBlockConfiguration=wanted)


@life(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    change={"ignorePublicAcls": True},
    replace={"bucket": "other"},
    drift=_open_up,
    drifts="blockPublicAcls",
)
def _public_access(world: World) -> Inputs:
    return {"bucket": bucket(world).id, "blockPublicAcls": True, "blockPublicPolicy": True}


@life(
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    change={"rule": {"objectOwnership": "BucketOwnerPreferred"}},
    replace={"bucket": "other"},
)
def _ownership(world: World) -> Inputs:
    return {"bucket": bucket(world).id, "rule": {"objectOwnership": "BucketOwnerEnforced"}}


@life(
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    change={"rules": [{"id": "all", "status": "Enabled", "filter": {}, "expiration": {"days": 9}}]},
    replace={"bucket": "other"},
)
def _lifecycle(world: World) -> Inputs:
    rules = [
        {
            "id": "logs",
            "status": "Enabled",
            "filter": {"prefix": "logs/"},
            "expiration": {"days": 90},
            "noncurrentVersionExpiration": {"noncurrentDays": 30},
            "transitions": [{"days": 30, "storageClass": "STANDARD_IA"}],
            "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
        }
    ]
    return {"bucket": bucket(world).id, "rules": rules}


SECURE = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


@life(
    "aws:s3/bucketPolicy:BucketPolicy",
    change={"policy": document({**SECURE, "Resource": "arn:aws:s3:::sample-artifacts"})},
    replace={"bucket": "other"},
)
def _bucket_policy(world: World) -> Inputs:
    statement = {**SECURE, "Resource": "arn:aws:s3:::sample-artifacts/*"}
    return {"bucket": bucket(world).id, "policy": document(statement)}


@life(
    "aws:s3/bucketObjectv2:BucketObjectv2",
    change={"content": "other", "tags": OTHER_TAGS},
    replace={"key": "other"},
)
def _object(world: World) -> Inputs:
    return {"bucket": bucket(world).id, "key": "a/b.txt", "content": "hello", "tags": TAGS}


@life(
    "aws:sns/topic:Topic",
    change={"displayName": "Alarms", "tags": OTHER_TAGS},
    replace={"name": "other"},
    drift=lambda world, made: world.aws.sns.set_topic_attributes(
        TopicArn=made.id, AttributeName="DisplayName", AttributeValue="by hand"
    ),
    drifts="displayName",
)
def _topic(world: World) -> Inputs:
    return {"name": "alarms", "tags": TAGS}


def topic(world: World) -> Made:
    return world.make("aws:sns/topic:Topic", name="alarms")


@life("aws:sns/topicPolicy:TopicPolicy", replace={"arn": "arn:aws:sns:x"}, stays=True)
def _topic_policy(world: World) -> Inputs:
    arn = topic(world).id
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": arn,
    }
    return {"arn": arn, "policy": document(statement)}


@life("aws:sns/topicSubscription:TopicSubscription", replace={"endpoint": "other@example.com"})
def _subscription(world: World) -> Inputs:
    return {"topic": topic(world).id, "protocol": "email", "endpoint": "team@example.com"}


@life(
    "aws:ssm/parameter:Parameter",
    change={"value": "b", "description": "other", "tags": OTHER_TAGS},
    replace={"type": "StringList"},
    drift=lambda world, made: world.aws.ssm.put_parameter(
        Name=made.id, Value="by hand", Type="String", Overwrite=True
    ),
    drifts="value",
)
def _parameter(world: World) -> Inputs:
    return {"name": "/sample/dev", "type": "String", "value": "a", "tags": TAGS}


# Names, certificates, keys


@life(
    "aws:route53/zone:Zone",
    change={"comment": "other", "tags": OTHER_TAGS},
    replace={"name": "other.example.com"},
)
def _zone(world: World) -> Inputs:
    return {"name": "dev.example.com", "tags": TAGS}


def zone(world: World) -> Made:
    return world.make("aws:route53/zone:Zone", name="dev.example.com")


@life(
    "aws:route53/record:Record",
    change={"records": ["10.0.0.2"], "ttl": 120},
    replace={"name": "other"},
    drift=lambda world, made: world.aws.route53.change_resource_record_sets(
        HostedZoneId=made["zoneId"],
        ChangeBatch={
            "Changes": [
                {
                    "Action": "UPSERT",
                    "ResourceRecordSet": {
                        "Name": made["fqdn"],
                        "Type": "A",
                        "TTL": 120,
                        "ResourceRecords": [{"Value": "10.0.0.9"}],
                    },
                }
            ]
        },
    ),
    drifts="records[0]",
)
def _record(world: World) -> Inputs:
    return {
        "zoneId": zone(world).id,
        "name": "orders",
        "type": "A",
        "ttl": 60,
        "records": ["10.0.0.1"],
    }


@life(
    "aws:acm/certificate:Certificate",
    change={"tags": OTHER_TAGS},
    replace={"domainName": "other.example.com"},
)
def _certificate(world: World) -> Inputs:
    return {"domainName": "orders.example.com", "validationMethod": "DNS", "tags": TAGS}


@life(
    "aws:acm/certificateValidation:CertificateValidation",
    replace={"certificateArn": "arn:aws:acm:eu-west-1:123456789012:certificate/x"},
    stays=True,
)
def _certificate_validation(world: World) -> Inputs:
    return {"certificateArn": certificate(world).id}


@life(
    "aws:kms/key:Key",
    change={"description": "other", "enableKeyRotation": True, "tags": OTHER_TAGS},
    replace={"keyUsage": "SIGN_VERIFY"},
    drift=lambda world, made: world.aws.kms.disable_key(KeyId=made.id),
    drifts="isEnabled",
)
def _key(world: World) -> Inputs:
    return {"description": "a key", "tags": TAGS}


@life("aws:kms/alias:Alias", replace={"name": "alias/other"})
def _alias(world: World) -> Inputs:
    return {"name": "alias/state", "targetKeyId": world.make("aws:kms/key:Key").id}


@life(
    "aws:secretsmanager/secret:Secret",
    change={"description": "other", "tags": OTHER_TAGS},
    replace={"name": "other"},
    drift=lambda world, made: world.aws.secretsmanager.update_secret(
        SecretId=made.id, Description="by hand"
    ),
    drifts="description",
)
def _secret(world: World) -> Inputs:
    return {"name": "orders/database", "description": "a secret", "tags": TAGS}


@life("aws:secretsmanager/secretVersion:SecretVersion", replace={"secretString": "y"}, stays=True)
def _secret_version(world: World) -> Inputs:
    secret = world.make("aws:secretsmanager/secret:Secret", name="orders/database")
    return {"secretId": secret.id, "secretString": "x"}


def acl_inputs(name: str = "front") -> Inputs:
    seen = {"cloudwatchMetricsEnabled": True, "metricName": name, "sampledRequestsEnabled": True}
    limit = {"rateBasedStatement": {"limit": 1000, "aggregateKeyType": "IP"}}
    rule = {
        "name": "rate",
        "priority": 1,
        "statement": limit,
        "action": {"block": {}},
        "visibilityConfig": seen,
    }
    return {
        "name": name,
        "scope": "REGIONAL",
        "defaultAction": {"allow": {}},
        "visibilityConfig": seen,
        "rules": [rule],
    }


@life(
    "aws:wafv2/webAcl:WebAcl",
    change={"description": "other", "tags": OTHER_TAGS},
    replace={"name": "other"},
)
def _web_acl(world: World) -> Inputs:
    return {**acl_inputs(), "tags": TAGS}


@life("aws:wafv2/webAclAssociation:WebAclAssociation", replace={"webAclArn": "arn:aws:x"})
def _web_acl_association(world: World) -> Inputs:
    _, balancer, _ = balanced(world)
    acl = world.make("aws:wafv2/webAcl:WebAcl", **acl_inputs())
    return {"resourceArn": balancer.id, "webAclArn": acl["arn"]}
