"""What programs can ask, and the words for what they cannot have."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud import Cloud
from tests.cloud.lookups import LOOKUPS, LookupFailedError, look_up
from tests.cloud.schema import sdk_folder
from tests.cloud.world import World


@pytest.fixture
def world(cloud: Cloud) -> World:
    return World(cloud)


def ask(world: World, token: str, **asked: Any) -> dict[str, Any]:
    return look_up(world.aws, token, asked)


def test_identity_region_and_partition(world: World) -> None:
    identity = ask(world, "aws:index/getCallerIdentity:getCallerIdentity")
    assert identity["accountId"] == "123456789012"
    assert ask(world, "aws:index/getRegion:getRegion")["region"] == "eu-west-1"
    assert ask(world, "aws:index/getPartition:getPartition")["dnsSuffix"] == "amazonaws.com"


def test_zones_of_the_region(world: World) -> None:
    token = "aws:index/getAvailabilityZones:getAvailabilityZones"
    assert ask(world, token)["names"] == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    left = ask(world, token, state="available", excludeNames=["eu-west-1b"])
    assert left["names"] == ["eu-west-1a", "eu-west-1c"]
    assert len(left["zoneIds"]) == 2


def test_networks(world: World) -> None:
    network = world.network()
    found = ask(world, "aws:ec2/getVpc:getVpc", id=network.vpc.id)
    assert found["cidrBlock"] == "10.0.0.0/16"
    assert ask(world, "aws:ec2/getVpc:getVpc", default=True)["default"]
    here = [{"name": "vpc-id", "values": [network.vpc.id]}]
    ids = ask(world, "aws:ec2/getSubnets:getSubnets", filters=here)["ids"]
    assert set(ids) == set(network.subnet_ids)
    with pytest.raises(LookupFailedError, match="no matching EC2 VPC found"):
        ask(world, "aws:ec2/getVpc:getVpc", tags={"no": "such"})
    with pytest.raises(LookupFailedError, match="2 matching EC2 VPC found; use more specific"):
        ask(world, "aws:ec2/getVpc:getVpc")


def test_images_that_were_registered(world: World) -> None:
    token = "aws:ec2/getAmi:getAmi"
    named = [{"name": "name", "values": ["orders-*"]}]
    with pytest.raises(LookupFailedError, match="no matching EC2 AMI found"):
        ask(world, token, filters=named)
    ids = [world.aws.ec2.register_image(Name=name)["ImageId"] for name in ("orders-1", "orders-2")]
    found = ask(world, token, filters=named, owners=["self"], mostRecent=True)
    assert found["id"] in ids


def test_parameters(world: World) -> None:
    token = "aws:ssm/getParameter:getParameter"
    world.aws.ssm.put_parameter(Name="/a", Value="b", Type="String")
    found = ask(world, token, name="/a")
    assert (found["value"], found["version"]) == ("b", 1)
    with pytest.raises(ClientError, match="ParameterNotFound"):
        ask(world, token, name="/b")


def test_objects(world: World) -> None:
    made = world.make("aws:s3/bucket:Bucket", bucket="sample-objects")
    put = world.aws.s3.put_object
    put(Bucket=made.id, Key="a.json", Body=b"{}", ContentType="application/json")
    put(Bucket=made.id, Key="a.bin", Body=b"\x00", ContentType="application/octet-stream")
    token = "aws:s3/getObject:getObject"
    assert ask(world, token, bucket=made.id, key="a.json")["body"] == "{}"
    assert ask(world, token, bucket=made.id, key="a.bin")["body"] == ""


def policy(world: World, **asked: Any) -> dict[str, Any]:
    found = ask(world, "aws:iam/getPolicyDocument:getPolicyDocument", **asked)
    return dict(json.loads(found["json"]))


def test_a_policy_document_is_rendered(world: World) -> None:
    statement = {
        "sid": "read",
        "actions": ["s3:GetObject", "s3:ListBucket"],
        "resources": ["arn:aws:s3:::b"],
        "principals": [{"type": "Service", "identifiers": ["ec2.amazonaws.com"]}],
        "conditions": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]}],
    }
    assert policy(world, statements=[statement]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "read",
                "Effect": "Allow",
                "Action": ["s3:ListBucket", "s3:GetObject"],
                "Resource": "arn:aws:s3:::b",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Condition": {"Bool": {"aws:SecureTransport": "true"}},
            }
        ],
    }


def test_policy_documents_build_on_others(world: World) -> None:
    def source(sid: str, effect: str) -> str:
        return json.dumps({"Statement": {"Sid": sid, "Effect": effect}})

    found = policy(
        world,
        sourcePolicyDocuments=[source("a", "Allow")],
        statements=[{"sid": "b", "effect": "Deny", "actions": ["*"]}],
        overridePolicyDocuments=[source("a", "Deny")],
    )
    assert [(each["Sid"], each["Effect"]) for each in found["Statement"]] == [
        ("b", "Deny"),
        ("a", "Deny"),
    ]
    with pytest.raises(LookupFailedError, match='duplicate Sid \\("a"\\)'):
        policy(world, statements=[{"sid": "a"}], sourcePolicyDocuments=[source("a", "Allow")])


def test_anybody_as_principal(world: World) -> None:
    anybody = [{"type": "*", "identifiers": ["*"]}]
    [statement] = policy(world, statements=[{"principals": anybody}])["Statement"]
    assert statement["Principal"] == "*"


def test_an_unknown_lookup_names_its_neighbour(world: World) -> None:
    with pytest.raises(LookupFailedError, match=r"does not know the lookup .*did you mean"):
        ask(world, "aws:ec2/getVpcs:getVpcs")


@pytest.mark.parametrize("token", sorted(LOOKUPS))
def test_a_lookup_is_one_of_the_sdks(token: str) -> None:
    module, name = token.split(":")[1].split("/")
    folder = sdk_folder() if module == "index" else sdk_folder() / module
    assert any(f"'{token}'" in path.read_text() for path in folder.glob("get_*.py")), name
