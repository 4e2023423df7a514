"""Networks."""

from tests.cloud.lives.base import OTHER_TAGS, TAGS, Inputs, life
from tests.cloud.world import Made, World


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
