"""Load balancing."""

from typing import Any

from tests.cloud.lives.base import OTHER_TAGS, TAGS, Inputs, life
from tests.cloud.world import Made, Network, World


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
