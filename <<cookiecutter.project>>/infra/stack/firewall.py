"""Security groups: clients reach the balancer, it reaches the fleets, they reach HTTPS."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

WORLD = "0.0.0.0/0"
HTTPS = 443


@dataclass(frozen=True, kw_only=True)
class FirewallArgs:
    """What may talk to what."""

    base_name: str  # <service>-<tier>
    vpc_id: str
    allowed_networks: Sequence[str]  # who may reach the balancer
    balancer_ports: Sequence[int]
    service_port: int  # where instances listen
    tags: Mapping[str, str]


class Firewall(pulumi.ComponentResource):
    """One group for the balancer and one for all fleets, every rule a resource of its own."""

    def __init__(
        self, name: str, args: FirewallArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:firewall:Firewall", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        # Not protected: a network goes when the setting changes.
        removable = pulumi.ResourceOptions(parent=self, protect=False)
        self.balancer = _group("balancer", "Balancer: reached from outside", args, child)
        self.fleet = _group("fleet", "Instances: reached from the balancer only", args, child)
        for port in args.balancer_ports:
            for network in args.allowed_networks:
                _from_network(port, network, self.balancer, args, removable)
        _balancer_to_fleet(self.balancer, self.fleet, args, child)
        _to_https(self.fleet, args, child)
        self.register_outputs({"balancer": self.balancer.id, "fleet": self.fleet.id})


def _group(
    role: str, description: str, args: FirewallArgs, opts: pulumi.ResourceOptions
) -> aws.ec2.SecurityGroup:
    name = f"{args.base_name}-{role}"
    return aws.ec2.SecurityGroup(
        f"{role}-security-group",
        name=name,
        description=description,  # cannot be changed later without replacing the group
        vpc_id=args.vpc_id,
        tags={**args.tags, "Name": name},
        opts=opts,
    )


def _from_network(
    port: int,
    network: str,
    group: aws.ec2.SecurityGroup,
    args: FirewallArgs,
    opts: pulumi.ResourceOptions,
) -> None:
    aws.vpc.SecurityGroupIngressRule(
        f"balancer-{port}-from-{network}",
        security_group_id=group.id,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        cidr_ipv4=network,
        description="Clients; who they may be is the setting allowed_networks",
        tags=args.tags,
        opts=opts,
    )


def _balancer_to_fleet(
    balancer: aws.ec2.SecurityGroup,
    fleet: aws.ec2.SecurityGroup,
    args: FirewallArgs,
    opts: pulumi.ResourceOptions,
) -> None:
    aws.vpc.SecurityGroupEgressRule(
        "balancer-to-fleet",
        security_group_id=balancer.id,
        ip_protocol="tcp",
        from_port=args.service_port,
        to_port=args.service_port,
        referenced_security_group_id=fleet.id,
        description="Requests and health checks",
        tags=args.tags,
        opts=opts,
    )
    aws.vpc.SecurityGroupIngressRule(
        "fleet-from-balancer",
        security_group_id=fleet.id,
        ip_protocol="tcp",
        from_port=args.service_port,
        to_port=args.service_port,
        referenced_security_group_id=balancer.id,
        description="Requests and health checks",
        tags=args.tags,
        opts=opts,
    )


def _to_https(
    fleet: aws.ec2.SecurityGroup, args: FirewallArgs, opts: pulumi.ResourceOptions
) -> None:
    aws.vpc.SecurityGroupEgressRule(
        "fleet-to-https",
        security_group_id=fleet.id,
        ip_protocol="tcp",
        from_port=HTTPS,
        to_port=HTTPS,
        cidr_ipv4=WORLD,
        # DNS and time come from the VPC itself and pass no security group.
        description="AWS APIs, Session Manager, packages",
        tags=args.tags,
        opts=opts,
    )
