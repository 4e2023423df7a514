"""Run Command: what is sent to an instance with a machine behind it runs there, and is told of."""

import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud import Cloud

PATIENCE = 20.0
GROUP = "/orders/dev"


@pytest.fixture
def instance(cloud: Cloud) -> str:
    """An instance on which commands run as processes of this machine."""
    id = launched(cloud)
    cloud.agents.attach(id, start)
    return id


def launched(cloud: Cloud) -> str:
    made = cloud.client("ec2").run_instances(
        ImageId="ami-0123456789abcdef0", MinCount=1, MaxCount=1, InstanceType="t4g.small"
    )
    return str(made["Instances"][0]["InstanceId"])


def start(script: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        ["sh", "-c", script],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def send(cloud: Cloud, instance: str, script: str, **more: Any) -> str:
    seconds = more.pop("executionTimeout", "60")
    sent = cloud.client("ssm").send_command(
        InstanceIds=[instance],
        DocumentName="AWS-RunShellScript",
        Parameters={"commands": [script], "executionTimeout": [seconds]},
        CloudWatchOutputConfig={"CloudWatchOutputEnabled": True, "CloudWatchLogGroupName": GROUP},
        **more,
    )
    assert sent["Command"]["Status"] == "Pending"
    return str(sent["Command"]["CommandId"])


def stands(cloud: Cloud, instance: str, command: str) -> dict[str, Any]:
    return cloud.client("ssm").get_command_invocation(CommandId=command, InstanceId=instance)


def waited(cloud: Cloud, instance: str, command: str) -> dict[str, Any]:
    return until(
        lambda: stands(cloud, instance, command),
        lambda it: it["Status"] not in ("Pending", "InProgress", "Cancelling"),
    )


def until[T](look: Callable[[], T], enough: Callable[[T], bool]) -> T:
    deadline = time.monotonic() + PATIENCE
    while not enough(found := look()):
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    return found


def logged(cloud: Cloud, instance: str, command: str) -> list[str]:
    """The lines of its stdout that are in the log group."""
    logs = cloud.client("logs")
    try:
        found = logs.get_log_events(
            logGroupName=GROUP,
            logStreamName=f"{command}/{instance}/aws-runShellScript/stdout",
            startFromHead=True,
        )
    except logs.exceptions.ResourceNotFoundException:
        return []
    return [line for each in found["events"] for line in each["message"].splitlines()]


def refused(call: Callable[[], object], code: str) -> None:
    with pytest.raises(ClientError) as caught:
        call()
    assert caught.value.response["Error"]["Code"] == code


def test_a_command_really_runs(cloud: Cloud, instance: str) -> None:
    command = send(cloud, instance, "echo one; echo two >&2; exit 3", Comment="to see")

    told = waited(cloud, instance, command)

    assert (told["Status"], told["StatusDetails"], told["ResponseCode"]) == ("Failed", "Failed", 3)
    assert told["StandardOutputContent"] == "one\n"
    # The second line is the agent's own.
    assert told["StandardErrorContent"] == "two\nfailed to run commands: exit status 3"
    assert logged(cloud, instance, command) == ["one"]
    [listed] = cloud.client("ssm").list_command_invocations(CommandId=command)["CommandInvocations"]
    assert (listed["InstanceId"], listed["Status"], listed["Comment"]) == (
        instance,
        "Failed",
        "to see",
    )


def test_success_is_not_told_before_the_end(cloud: Cloud, instance: str) -> None:
    command = send(cloud, instance, "echo first; sleep 0.6; echo last")

    during = stands(cloud, instance, command)
    assert (during["Status"], during["ResponseCode"]) == ("InProgress", -1)
    assert during["StandardOutputContent"] == ""
    early = until(lambda: logged(cloud, instance, command), bool)
    assert early == ["first"]
    assert stands(cloud, instance, command)["Status"] == "InProgress"

    assert waited(cloud, instance, command)["Status"] == "Success"
    assert logged(cloud, instance, command) == ["first", "last"]


def test_only_the_beginning_of_long_output_is_kept(cloud: Cloud, instance: str) -> None:
    command = send(cloud, instance, "seq 10000; seq 10000 >&2")

    told = waited(cloud, instance, command)

    assert len(told["StandardOutputContent"]) == 24_000
    assert told["StandardOutputContent"].endswith("--output truncated--")
    assert len(told["StandardErrorContent"]) == 8_000
    assert logged(cloud, instance, command)[-1] == "10000"


def test_a_cancelled_command_is_killed(cloud: Cloud, instance: str) -> None:
    command = send(cloud, instance, "echo begun; sleep 60; echo never")
    until(lambda: logged(cloud, instance, command), bool)

    cloud.client("ssm").cancel_command(CommandId=command)

    told = waited(cloud, instance, command)
    assert (told["Status"], told["StandardOutputContent"]) == ("Cancelled", "")
    assert logged(cloud, instance, command) == ["begun"]


def test_a_command_has_its_time(cloud: Cloud, instance: str) -> None:
    told = waited(cloud, instance, send(cloud, instance, "sleep 60", executionTimeout="1"))

    assert (told["Status"], told["StatusDetails"]) == ("TimedOut", "ExecutionTimedOut")
    refused(
        lambda: send(cloud, instance, "true", executionTimeout="172801"),
        "InvalidParameters",
    )


def test_an_instance_without_an_agent_is_unknown(cloud: Cloud) -> None:
    bare = launched(cloud)

    refused(lambda: send(cloud, bare, "true"), "InvalidInstanceId")
    assert cloud.client("ssm").describe_instance_information()["InstanceInformationList"] == []


def test_an_agent_that_is_not_heard_of_takes_nothing(cloud: Cloud, instance: str) -> None:
    cloud.clock.set("2026-11-21T12:00:00Z")
    describe = cloud.client("ssm").describe_instance_information
    [before] = describe()["InstanceInformationList"]
    cloud.agents.lose(instance)
    [after] = describe(Filters=[{"Key": "InstanceIds", "Values": [instance]}])[
        "InstanceInformationList"
    ]
    assert (before["PingStatus"], after["PingStatus"]) == ("Online", "ConnectionLost")

    command = send(cloud, instance, "true", TimeoutSeconds=30)

    cloud.clock.advance(89)
    assert stands(cloud, instance, command)["Status"] == "Pending"
    cloud.clock.advance(2)
    told = stands(cloud, instance, command)
    assert (told["Status"], told["StatusDetails"]) == ("TimedOut", "DeliveryTimedOut")


def test_a_command_that_waits_is_cancelled_at_once(cloud: Cloud, instance: str) -> None:
    cloud.agents.lose(instance)
    command = send(cloud, instance, "true")

    cloud.client("ssm").cancel_command(CommandId=command)

    assert stands(cloud, instance, command)["Status"] == "Cancelled"


def test_of_a_machine_that_is_lost_nothing_is_heard(cloud: Cloud, instance: str) -> None:
    command = send(cloud, instance, "sleep 60")

    cloud.agents.lose(instance)

    assert stands(cloud, instance, command)["Status"] == "InProgress"


def test_a_terminated_instance_takes_no_command(cloud: Cloud, instance: str) -> None:
    cloud.client("ec2").terminate_instances(InstanceIds=[instance])

    refused(lambda: send(cloud, instance, "true"), "InvalidInstanceId")


def test_what_aws_would_fill_in_is_refused(cloud: Cloud, instance: str) -> None:
    refused(lambda: send(cloud, instance, "echo '{{ssm:/a}}'"), "InvalidParameters")


def test_a_command_that_is_not_there_is_named(cloud: Cloud, instance: str) -> None:
    nobody = "00000000-0000-0000-0000-000000000000"

    refused(lambda: stands(cloud, instance, nobody), "InvalidCommandId")


def test_a_saved_cloud_knows_its_commands(cloud: Cloud, instance: str) -> None:
    command = send(cloud, instance, "echo done")
    before = waited(cloud, instance, command)

    cloud.restore(cloud.save())

    after = stands(cloud, instance, command)
    assert after["StandardOutputContent"] == before["StandardOutputContent"] == "done\n"
