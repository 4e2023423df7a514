"""A tier's network: public subnets for balancers, private ones for fleets, and the ways out."""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

# The range is cut into sixteenths: public subnets from the first on, private ones from the ninth.
# So a zone added later takes a place that is free, and no subnet that exists is moved.
SUBNET_BITS = 4
FIRST_PRIVATE = 8
ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """What a tier's network depends on."""

    region: str
    cidr: str
    zones: Sequence[str]  # names of availability zones
    nat: str  # none, one or per-zone
    tags: Mapping[str, str]


class Network(pulumi.ComponentResource):
    """Network with a public and a private subnet per zone.

    Without NAT the private subnets reach nothing but the network itself and S3, so fleets stand
    in the public ones.
    """

    def __init__(
        self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:network:Network", name, None, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        self.vpc = ec2.Vpc(
            name,
            cidr_block=args.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self._named(name),
            opts=self._child,
        )
        # what AWS makes by itself admits its members to each other: closed
        ec2.DefaultSecurityGroup(
            f"{name}-default",
            vpc_id=self.vpc.id,
            ingress=[],
            egress=[],
            tags=self._named(f"{name}-default"),
            opts=self._child,
        )
        self.gateway = ec2.InternetGateway(
            name, vpc_id=self.vpc.id, tags=self._named(name), opts=self._child
        )
        self.public = self._subnets(f"{name}-public", 0)
        self.private = self._subnets(f"{name}-private", FIRST_PRIVATE)
        tables = [
            self._public_routes(f"{name}-public"),
            *self._private_routes(name, self._nats(name)),
        ]
        ec2.VpcEndpoint(
            f"{name}-s3",
            vpc_id=self.vpc.id,
            service_name=f"com.amazonaws.{args.region}.s3",
            # free, and keeps builds and packages off the NAT gateway's bill
            vpc_endpoint_type="Gateway",
            route_table_ids=[table.id for table in tables],
            tags=self._named(f"{name}-s3"),
            opts=self._child,
        )
        self.fleet_public_ips = args.nat == "none"
        self.fleet = self.public if self.fleet_public_ips else self.private
        self.register_outputs({"vpc_id": self.vpc.id})

    def _named(self, name: str) -> dict[str, str]:
        return {**self._args.tags, "Name": name}

    def _subnets(self, name: str, first: int) -> list[ec2.Subnet]:
        ranges = list(ipaddress.IPv4Network(self._args.cidr).subnets(prefixlen_diff=SUBNET_BITS))
        return [
            ec2.Subnet(
                f"{name}-{number + 1}",
                vpc_id=self.vpc.id,
                availability_zone=zone,
                cidr_block=str(ranges[first + number]),
                # who needs a public address asks for it in its launch template
                map_public_ip_on_launch=False,
                tags=self._named(f"{name}-{number + 1}"),
                # AWS may list zones otherwise one day (one withdrawn, one added); that must not
                # move a subnet.
                opts=pulumi.ResourceOptions(parent=self, ignore_changes=["availabilityZone"]),
            )
            for number, zone in enumerate(self._args.zones)
        ]

    def _nats(self, name: str) -> list[ec2.NatGateway]:
        count = {"none": 0, "one": 1, "per-zone": len(self._args.zones)}[self._args.nat]
        return [
            self._nat(f"{name}-nat-{number + 1}", self.public[number]) for number in range(count)
        ]

    def _nat(self, name: str, subnet: ec2.Subnet) -> ec2.NatGateway:
        address = ec2.Eip(name, domain="vpc", tags=self._named(name), opts=self._child)
        return ec2.NatGateway(
            name,
            allocation_id=address.id,
            subnet_id=subnet.id,
            tags=self._named(name),
            # AWS makes it in any order, but it reaches nothing before the internet gateway is
            # there.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.gateway]),
        )

    def _public_routes(self, name: str) -> ec2.RouteTable:
        table = self._table(name, self.public)
        ec2.Route(
            name,
            route_table_id=table.id,
            destination_cidr_block=ANYWHERE,
            gateway_id=self.gateway.id,
            opts=self._child,
        )
        return table

    def _private_routes(self, name: str, nats: Sequence[ec2.NatGateway]) -> list[ec2.RouteTable]:
        tables = []
        for number, subnet in enumerate(self.private):
            own = f"{name}-private-{number + 1}"
            table = self._table(own, [subnet])
            tables.append(table)
            if nats:
                ec2.Route(
                    own,
                    route_table_id=table.id,
                    destination_cidr_block=ANYWHERE,
                    nat_gateway_id=nats[number % len(nats)].id,
                    opts=self._child,
                )
        return tables

    def _table(self, name: str, subnets: Sequence[ec2.Subnet]) -> ec2.RouteTable:
        table = ec2.RouteTable(name, vpc_id=self.vpc.id, tags=self._named(name), opts=self._child)
        for number, subnet in enumerate(subnets):
            ec2.RouteTableAssociation(
                name if len(subnets) == 1 else f"{name}-{number + 1}",
                route_table_id=table.id,
                subnet_id=subnet.id,
                opts=self._child,
            )
        return table
