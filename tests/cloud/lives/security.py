"""Security groups, and launch templates."""

from tests.cloud.lives.base import OTHER_TAGS, TAGS, Inputs, life
from tests.cloud.world import Made, World


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
