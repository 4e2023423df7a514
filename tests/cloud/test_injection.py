"""Calls are listed, and go wrong as a test asks: before their effect, after it, or unanswered."""

import time
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from pulumi_aws import ssm

from tests.cloud import Cloud
from tests.cloud.conftest import MakeStack
from tests.cloud.world import World


@pytest.fixture
def parameters(cloud: Cloud) -> Any:
    return cloud.client("ssm")


def put(parameters: Any, name: str = "/a") -> None:
    parameters.put_parameter(Name=name, Value="1", Type="String")


def names(parameters: Any) -> list[str]:
    return [each["Name"] for each in parameters.describe_parameters()["Parameters"]]


def test_a_call_fails_before_its_effect(cloud: Cloud, parameters: Any) -> None:
    with cloud.faults.fail("ssm", "PutParameter") as fault:
        with pytest.raises(ClientError, match="InternalFailure"):
            put(parameters)
        put(parameters, "/b")  # once, unless told otherwise
    assert names(parameters) == ["/b"]
    assert [str(call) for call in fault.hits] == ["ssm.PutParameter"]


def test_a_call_fails_after_its_effect(cloud: Cloud, parameters: Any) -> None:
    with (
        cloud.faults.fail("ssm", "PutParameter", when="after"),
        pytest.raises(ClientError, match="InternalFailure"),
    ):
        put(parameters)
    assert names(parameters) == ["/a"]


@pytest.mark.parametrize(("when", "left"), [("before", []), ("after", ["/a"])])
def test_an_answer_is_lost(cloud: Cloud, parameters: Any, when: Any, left: list[str]) -> None:
    with (
        cloud.faults.lose("ssm", "PutParameter", when=when),
        pytest.raises(ConnectionClosedError),
    ):
        put(parameters)
    assert names(parameters) == left
    [call] = cloud.calls.of("ssm", "PutParameter")
    assert (call.status, call.fault) == (None, f"answer lost {when} the effect")


def test_a_call_takes_longer(cloud: Cloud, parameters: Any) -> None:
    with cloud.faults.delay("ssm", "PutParameter", seconds=0.3):
        began = time.monotonic()
        put(parameters)
        assert time.monotonic() - began >= 0.3


def test_a_client_that_waits_no_longer_misses_the_answer(cloud: Cloud) -> None:
    impatient = client(cloud, "ssm", read_timeout=0.2, retries={"total_max_attempts": 1})
    with (
        cloud.faults.delay("ssm", "PutParameter", seconds=0.5, when="after"),
        pytest.raises(ReadTimeoutError),
    ):
        put(impatient)
    assert names(cloud.client("ssm")) == ["/a"]


def client(cloud: Cloud, service: str, **config: Any) -> Any:
    """A client as a program makes it."""
    return boto3.client(
        service,
        region_name=cloud.region,
        endpoint_url=cloud.endpoint,
        aws_access_key_id=cloud.environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=cloud.environment["AWS_SECRET_ACCESS_KEY"],
        config=Config(**config),
    )


def test_a_client_of_a_program_tries_again(cloud: Cloud) -> None:
    patient = client(cloud, "ssm", retries={"mode": "standard", "total_max_attempts": 3})
    with cloud.faults.fail("ssm", "PutParameter", code="ThrottlingException", times=2):
        put(patient)
    attempts = cloud.calls.of("ssm", "PutParameter")
    assert [call.status for call in attempts] == [400, 400, 200]
    with (
        cloud.faults.fail("ssm", "PutParameter", code="ThrottlingException", times=None),
        pytest.raises(ClientError, match="reached max retries"),
    ):
        put(patient, "/b")


@pytest.mark.parametrize(
    ("service", "call", "status"),
    [
        ("ec2", "describe_vpcs", 503),
        ("s3", "list_buckets", 503),
        ("elbv2", "describe_load_balancers", 503),
        ("route53", "list_hosted_zones", 503),
        ("logs", "describe_log_groups", 503),
    ],
)
def test_each_protocol_can_read_the_failure(
    cloud: Cloud, service: str, call: str, status: int
) -> None:
    with (
        cloud.faults.fail(service, code="ServiceUnavailable", message="busy & tired"),
        pytest.raises(ClientError) as caught,
    ):
        getattr(cloud.client(service), call)()
    assert caught.value.response["Error"] == {
        **caught.value.response["Error"],
        "Code": "ServiceUnavailable",
        "Message": "busy & tired",
    }
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_the_nth_call_and_those_with_a_parameter(cloud: Cloud, parameters: Any) -> None:
    with cloud.faults.fail("ssm", "PutParameter", nth=2, code="AccessDenied") as fault:
        put(parameters, "/a")
        with pytest.raises(ClientError, match="AccessDenied"):
            put(parameters, "/b")
        put(parameters, "/c")
    assert len(fault.hits) == 1
    only_d = cloud.faults.fail("ssm", "Put*", where=lambda given: given["Name"] == "/d")
    put(parameters, "/e")
    with only_d, pytest.raises(ClientError):
        put(parameters, "/d")
    assert sorted(names(parameters)) == ["/a", "/c", "/e"]


def test_a_fault_ends_with_its_block_and_with_the_test(cloud: Cloud, parameters: Any) -> None:
    with cloud.faults.fail("*", times=None):
        pass
    put(parameters)
    cloud.faults.fail("*", times=None)
    cloud.reset()
    put(parameters)


def test_something_of_the_test_s_own_happens(cloud: Cloud, parameters: Any) -> None:
    seen: list[list[str]] = []
    with cloud.faults.call_back(
        "ssm", "PutParameter", do=lambda _: seen.append(names(cloud.client("ssm"))), when="after"
    ):
        put(parameters)
    assert seen == [["/a"]]


def test_parameters_are_read_in_every_protocol(cloud: Cloud) -> None:
    world = World(cloud)
    network = world.network()
    world.aws.s3.create_bucket(
        Bucket="sample", CreateBucketConfiguration={"LocationConstraint": cloud.region}
    )
    world.aws.s3.put_object(Bucket="sample", Key="a/b", Body=b"text", IfNoneMatch="*")
    world.aws.s3.get_object(Bucket="sample", Key="a/b")
    world.aws.ec2.create_tags(Resources=[network.vpc.id], Tags=[{"Key": "a", "Value": "b"}])
    world.aws.route53.create_hosted_zone(Name="example.com", CallerReference="1")
    put(cloud.client("ssm"))

    def given(service: str, operation: str) -> dict[str, Any]:
        return cloud.calls.of(service, operation)[-1].parameters

    put_object = given("s3", "PutObject")
    assert (put_object["Bucket"], put_object["Key"]) == ("sample", "a/b")
    assert given("s3", "GetObject")["Key"] == "a/b"
    assert given("ec2", "CreateTags")["Tags"] == [{"Key": "a", "Value": "b"}]
    assert given("route53", "CreateHostedZone")["Name"] == "example.com"
    assert given("ssm", "PutParameter")["Value"] == "1"


def test_reads_and_writes_are_told_apart(cloud: Cloud, parameters: Any) -> None:
    put(parameters)
    names(parameters)
    assert [str(call) for call in cloud.calls.of(mutating=True)] == ["ssm.PutParameter"]
    assert [str(call) for call in cloud.calls.of(mutating=False)] == ["ssm.DescribeParameters"]
    cloud.calls.clear()
    assert len(cloud.calls) == 0


@pytest.mark.engine
def test_the_provider_s_calls_go_wrong_too(cloud: Cloud, make_stack: MakeStack) -> None:
    def program() -> None:
        ssm.Parameter("a", name="/a", type="String", value="1")

    stack = make_stack(program)
    with (
        cloud.faults.fail("ssm", "PutParameter", when="after", who="provider"),
        pytest.raises(Exception, match="PutParameter: InternalFailure"),
    ):
        stack.up(on_output=lambda _: None)
    assert names(cloud.client("ssm")) == ["/a"]
    assert {call.who for call in cloud.calls.of("ssm", "PutParameter")} == {"provider"}
    assert {call.who for call in cloud.calls.of("ssm", "DescribeParameters")} == {"program"}
