"""Several accounts in one cloud, apart from each other but for what a bucket's policy allows."""

import json
from typing import Any

import boto3
import pulumi
import pytest
from botocore.exceptions import ClientError
from pulumi import automation
from pulumi_aws import Provider, ProviderAssumeRoleArgs, s3, ssm

from tests.cloud import Cloud
from tests.cloud.conftest import MakeStack

OTHER = "222222222222"


def names(client: Any) -> list[str]:
    return [each["Name"] for each in client.describe_parameters()["Parameters"]]


def test_accounts_see_nothing_of_each_other(cloud: Cloud) -> None:
    other = cloud.account_of(OTHER)
    for client in (cloud.client("ssm"), other.client("ssm")):
        client.put_parameter(Name="/same", Value="1", Type="String")
    other.client("ssm").put_parameter(Name="/theirs", Value="1", Type="String")
    assert names(cloud.client("ssm")) == ["/same"]
    assert sorted(names(other.client("ssm"))) == ["/same", "/theirs"]
    assert other.client("sts").get_caller_identity()["Account"] == OTHER
    assert cloud.client("sts").get_caller_identity()["Account"] == cloud.account
    assert {call.who for call in cloud.calls} == {"program"}


def test_the_cloud_s_own_account_is_one_of_them(cloud: Cloud) -> None:
    assert cloud.account_of(cloud.account).environment == cloud.environment


@pytest.mark.parametrize("number", ["1", "22222222222a", ""])
def test_what_is_no_account_is_refused(cloud: Cloud, number: str) -> None:
    with pytest.raises(ValueError, match="twelve digits"):
        cloud.account_of(number)


def test_a_role_of_another_account_leads_there(cloud: Cloud) -> None:
    given = cloud.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{OTHER}:role/deploy", RoleSessionName="try"
    )["Credentials"]
    there = boto3.client(
        "ssm",
        region_name=cloud.region,
        endpoint_url=cloud.endpoint,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    there.put_parameter(Name="/theirs", Value="1", Type="String")
    assert names(cloud.account_of(OTHER).client("ssm")) == ["/theirs"]


def test_a_bucket_is_open_to_others_only_by_its_policy(cloud: Cloud) -> None:
    mine, theirs = cloud.client("s3"), cloud.account_of(OTHER).client("s3")
    place = {"LocationConstraint": cloud.region}
    mine.create_bucket(Bucket="artifacts", CreateBucketConfiguration=place)
    mine.put_object(Bucket="artifacts", Key="rollouts/a.json", Body=b"{}")
    what = {"Bucket": "artifacts", "Key": "rollouts/a.json"}

    def denied(call: Any, **given: Any) -> None:
        with pytest.raises(ClientError, match=r"AccessDenied|403"):
            call(**given)

    denied(theirs.get_object, **what)
    denied(theirs.list_objects_v2, Bucket="artifacts")

    def statement(*actions: str, resource: str) -> dict[str, Any]:
        return {
            "Effect": "Allow",
            "Principal": {"AWS": [f"arn:aws:iam::{OTHER}:root"]},
            "Action": list(actions),
            "Resource": f"arn:aws:s3:::{resource}",
        }

    allow = [
        statement("s3:GetObject", resource="artifacts/*"),
        statement("s3:ListBucket", resource="artifacts"),
        statement("s3:PutObject", resource="artifacts/rollouts/*"),
    ]
    policy = {"Version": "2012-10-17", "Statement": allow}
    mine.put_bucket_policy(Bucket="artifacts", Policy=json.dumps(policy))
    assert theirs.get_object(**what)["Body"].read() == b"{}"
    assert theirs.head_object(**what)["ContentLength"] == 2
    assert theirs.list_objects_v2(Bucket="artifacts")["KeyCount"] == 1
    theirs.put_object(**what, Body=b"[]")
    denied(theirs.put_object, Bucket="artifacts", Key="builds/a", Body=b"")
    denied(theirs.delete_object, **what)
    denied(cloud.account_of("333333333333").client("s3").get_object, **what)
    assert mine.get_object(**what)["Body"].read() == b"[]"


def test_accounts_are_saved_and_forgotten(cloud: Cloud) -> None:
    other = cloud.account_of(OTHER).client("ssm")
    other.put_parameter(Name="/theirs", Value="1", Type="String")
    saved = cloud.save()
    cloud.reset()
    assert names(other) == []
    cloud.restore(saved)
    assert names(other) == ["/theirs"]


@pytest.mark.engine
def test_a_stack_lives_in_the_account_that_its_environment_names(
    cloud: Cloud, make_stack: MakeStack
) -> None:
    """Its default provider; the artifacts of the other account are there to be read."""
    place = {"LocationConstraint": cloud.region}
    cloud.client("s3").create_bucket(Bucket="artifacts", CreateBucketConfiguration=place)
    cloud.client("s3").put_object(Bucket="artifacts", Key="a", Body=b"a", ContentType="text/plain")
    allow = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::artifacts/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    cloud.client("s3").put_bucket_policy(Bucket="artifacts", Policy=policy)

    def program() -> None:
        read = s3.get_object(bucket="artifacts", key="a")
        made = ssm.Parameter("a", name="/a", type="String", value=read.body)
        pulumi.export("arn", made.arn)

    settings = {"aws:allowedAccountIds": json.dumps([OTHER])}
    stack = make_stack(program, "dev", settings)
    with pytest.raises(automation.CommandError, match=f"not allowed: {cloud.account}"):
        stack.up()
    known = stack.workspace.env_vars
    stack.workspace.env_vars = {**known, **cloud.account_of(OTHER).environment}
    arn = stack.up().outputs["arn"].value
    assert f":{OTHER}:parameter" in arn
    assert names(cloud.client("ssm")) == []
    assert names(cloud.account_of(OTHER).client("ssm")) == ["/a"]
    assert cloud.calls.of("ssm", "PutParameter", who="provider")


@pytest.mark.engine
def test_a_provider_of_its_own_leads_to_an_account(cloud: Cloud, make_stack: MakeStack) -> None:
    key = cloud.account_of(OTHER).environment["AWS_ACCESS_KEY_ID"]

    def program() -> None:
        role = ProviderAssumeRoleArgs(role_arn="arn:aws:iam::333333333333:role/deploy")
        by_key = Provider("key", region=cloud.region, access_key=key, secret_key="any")
        by_role = Provider("role", region=cloud.region, assume_roles=[role])
        for name, provider in (("key", by_key), ("role", by_role)):
            here = pulumi.ResourceOptions(provider=provider)
            ssm.Parameter(name, name=f"/{name}", type="String", value="1", opts=here)

    make_stack(program).up()
    assert names(cloud.client("ssm")) == []
    assert names(cloud.account_of(OTHER).client("ssm")) == ["/key"]
    assert names(cloud.account_of("333333333333").client("ssm")) == ["/role"]
