"""Run Command: what is sent to an instance runs on the machine behind it. moto answers success."""

import json
from collections.abc import Iterator
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any

from moto.autoscaling.models import autoscaling_backends
from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.logs.models import logs_backends
from moto.moto_api._internal import mock_random
from moto.ssm.models import SimpleSystemManagerBackend
from moto.ssm.responses import SimpleSystemManagerResponse

from tests.cloud.commands import Invocation
from tests.cloud.simulation import SIMULATION
from tests.cloud.strict.autoscaling_references import template_data
from tests.cloud.strict.patch import RefusedError, added, instead

API = "https://docs.aws.amazon.com/systems-manager/latest/APIReference"
DOCUMENT = "AWS-RunShellScript"
PLUGIN = "aws:runShellScript"
# The defaults that the document and SendCommand state.
EXECUTION, DELIVERY = 3600, 3600
LONGEST = 172800  # seconds that the document lets a command run
KEPT = {"stdout": 24_000, "stderr": 8_000}  # characters that GetCommandInvocation gives
CUT = "--output truncated--"
# Of the agent, in this order: one that is refused, and nothing is streamed.
STREAMING = ("CreateLogGroup", "DescribeLogGroups", "CreateLogStream", "PutLogEvents")


@instead(SimpleSystemManagerResponse, "send_command", doc=f"{API}/API_SendCommand.html")
def command_runs(original: Any, response: SimpleSystemManagerResponse) -> ActionResult:
    """On one instance at a time, and of one document: no more is needed here."""
    given = json.loads(response.body)
    parameters = given.get("Parameters") or {}
    if given.get("DocumentName") != DOCUMENT:
        raise RefusedError("InvalidDocument", f"there is only {DOCUMENT} here")
    _parameters_fit(parameters)
    [instance] = given["InstanceIds"]
    if instance not in _managed(response.ssm_backend):
        raise RefusedError(
            "InvalidInstanceId",
            f"Instances [[{instance}]] not in a valid state for account "
            f"{response.ssm_backend.account_id}",
        )
    output = given.get("CloudWatchOutputConfig") or {}
    streamed = output.get("CloudWatchOutputEnabled")
    group = output.get("CloudWatchLogGroupName") or f"/aws/ssm/{DOCUMENT}"
    sent = Invocation(
        command=str(mock_random.uuid4()),
        instance=instance,
        document=DOCUMENT,
        comment=given.get("Comment", ""),
        script="\n".join(parameters["commands"]) + "\n",
        delivery_seconds=int(given.get("TimeoutSeconds") or DELIVERY),
        execution_seconds=int((parameters.get("executionTimeout") or [EXECUTION])[0]),
        log_group=group if streamed else None,
        requested=SIMULATION.clock.now(),
    )
    _sent(response.ssm_backend)[sent.command] = sent
    SIMULATION.agents.run(sent, _Publisher(response.ssm_backend, sent))
    return ActionResult({"Command": _command(sent, status="Pending")})


@instead(
    SimpleSystemManagerResponse,
    "get_command_invocation",
    doc=f"{API}/API_GetCommandInvocation.html",
)
def invocation_is_as_it_stands(
    original: Any, response: SimpleSystemManagerResponse
) -> ActionResult:
    found = _invocation(response, response._get_param("InstanceId"))
    said = {
        name: text if len(text) <= KEPT[name] else text[: KEPT[name] - len(CUT)] + CUT
        for name, text in found.said.items()
    }
    return ActionResult(
        {
            **_brief(found),
            "PluginName": PLUGIN,
            "ResponseCode": found.code,
            "StandardOutputContent": said["stdout"],
            "StandardErrorContent": said["stderr"],
        }
    )


@instead(SimpleSystemManagerResponse, "list_commands", doc=f"{API}/API_ListCommands.html")
def commands_are_as_they_stand(
    original: Any, response: SimpleSystemManagerResponse
) -> ActionResult:
    return ActionResult({"Commands": [_command(each) for each in _asked_for(response)]})


@added(SimpleSystemManagerResponse, doc=f"{API}/API_ListCommandInvocations.html")
def list_command_invocations(response: SimpleSystemManagerResponse) -> ActionResult:
    return ActionResult({"CommandInvocations": [_brief(each) for each in _asked_for(response)]})


@added(SimpleSystemManagerResponse, doc=f"{API}/API_CancelCommand.html")
def cancel_command(response: SimpleSystemManagerResponse) -> EmptyResult:
    """There is no guarantee that a command ends by that; one that is over stays as it was."""
    found = _invocation(response, None)
    if found.status == "Pending":
        found.become("Cancelled")
    elif found.status == "InProgress":
        SIMULATION.agents.cancel(found.command)
    return EmptyResult()


@added(SimpleSystemManagerResponse, doc=f"{API}/API_DescribeInstanceInformation.html")
def describe_instance_information(response: SimpleSystemManagerResponse) -> ActionResult:
    wanted = {
        value
        for each in response._get_param("Filters", [])
        if each["Key"] == "InstanceIds"
        for value in each["Values"]
    }
    return ActionResult(
        {
            "InstanceInformationList": [
                {
                    "InstanceId": instance,
                    "PingStatus": "Online" if answers else "ConnectionLost",
                    "LastPingDateTime": SIMULATION.clock.now(),
                    "AgentVersion": "3.3.3050.0",
                    "PlatformType": "Linux",
                    "ResourceType": "EC2Instance",
                }
                for instance, answers in _managed(response.ssm_backend).items()
                if not wanted or instance in wanted
            ]
        }
    )


def _parameters_fit(parameters: dict[str, list[str]]) -> None:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-command-ssm-plugin-reference.html"""
    [seconds] = parameters.get("executionTimeout") or [str(EXECUTION)]
    if not seconds.isdigit() or not 1 <= int(seconds) <= LONGEST:
        raise RefusedError(
            "InvalidParameters", f"executionTimeout {seconds}: it is 1 to {LONGEST} seconds"
        )
    if unknown := parameters.keys() - {"commands", "executionTimeout", "workingDirectory"}:
        raise RefusedError("InvalidParameters", f"{DOCUMENT} has no {', '.join(sorted(unknown))}")
    if any("{{" in each for each in parameters["commands"]):
        # AWS fills in parameters there, and refuses what it does not know.
        raise RefusedError("InvalidParameters", "a command has {{, which begins a parameter's name")


def _managed(backend: SimpleSystemManagerBackend) -> dict[str, bool]:
    """The instances of this account and region whose agent has registered, and still answers."""
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    there = {
        instance.id
        for reservation in ec2.all_reservations()
        for instance in reservation.instances
        if instance.state not in ("shutting-down", "terminated")
    }
    return {name: up for name, up in SIMULATION.agents.known().items() if name in there}


def _sent(backend: SimpleSystemManagerBackend) -> dict[str, Invocation]:
    return vars(backend).setdefault("sent", {})


def _asked_for(response: SimpleSystemManagerResponse) -> list[Invocation]:
    wanted = {
        "command": response._get_param("CommandId"),
        "instance": response._get_param("InstanceId"),
    }
    return [
        _in_time(each)
        for each in _sent(response.ssm_backend).values()
        if all(not value or getattr(each, name) == value for name, value in wanted.items())
    ]


def _invocation(response: SimpleSystemManagerResponse, instance: str | None) -> Invocation:
    found = _sent(response.ssm_backend).get(response._get_param("CommandId"))
    if found is None:
        raise RefusedError("InvalidCommandId", "")
    if instance and found.instance != instance:
        raise RefusedError("InvocationDoesNotExist", "")
    return _in_time(found)


def _in_time(sent: Invocation) -> Invocation:
    """What no agent took in time is given up.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html
    """
    whole = timedelta(seconds=sent.delivery_seconds + sent.execution_seconds)
    if not sent.over and SIMULATION.clock.now() > sent.requested + whole:
        sent.become("TimedOut", "DeliveryTimedOut")
    return sent


def _brief(sent: Invocation) -> dict[str, Any]:
    return {
        "CommandId": sent.command,
        "InstanceId": sent.instance,
        "Comment": sent.comment,
        "DocumentName": sent.document,
        "Status": sent.status,
        "StatusDetails": sent.details,
    }


def _command(sent: Invocation, status: str = "") -> dict[str, Any]:
    return {
        "CommandId": sent.command,
        "Comment": sent.comment,
        "DocumentName": sent.document,
        "InstanceIds": [sent.instance],
        "RequestedDateTime": sent.requested,
        "Status": status or sent.status,
        "StatusDetails": status or sent.details,
        "TimeoutSeconds": sent.delivery_seconds,
    }


class _Publisher:
    """Writes what a command says to its log group, as far as the instance's role may.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-rc-setting-up-cwlogs.html
    """

    def __init__(self, backend: SimpleSystemManagerBackend, sent: Invocation) -> None:
        self._backend = backend
        self._sent = sent

    def __call__(self, stream: str, lines: str) -> None:
        sent, group = self._sent, self._sent.log_group
        if group is None or not all(self._may(each, group) for each in STREAMING):
            return
        logs = logs_backends[self._backend.account_id][self._backend.region_name]
        if group not in logs.groups:
            logs.create_log_group(group, {})
        name = f"{sent.command}/{sent.instance}/{PLUGIN.replace(':', '-')}/{stream}"
        logs.ensure_log_stream(group, name)
        now = int(SIMULATION.clock.now().timestamp() * 1000)
        logs.groups[group].put_log_events(name, [{"timestamp": now, "message": lines}])

    def _may(self, action: str, group: str) -> bool:
        """An instance of a group has its template's role; any other may do everything."""
        rights = list(self._statements())
        if not rights:
            return True
        place = f"{self._backend.region_name}:{self._backend.account_id}"
        name = "" if action == "DescribeLogGroups" else group
        wanted = f"arn:aws:logs:{place}:log-group:{name}:log-stream:"
        return any(
            each["Effect"] == "Allow"
            and any(fnmatchcase(f"logs:{action}", one) for one in _listed(each["Action"]))
            and any(fnmatchcase(wanted, one) for one in _listed(each.get("Resource", [])))
            for each in rights
        )

    def _statements(self) -> Iterator[dict[str, Any]]:
        account, region = self._backend.account_id, self._backend.region_name
        for group in autoscaling_backends[account][region].autoscaling_groups.values():
            if self._sent.instance not in {each.instance.id for each in group.instance_states}:
                continue
            data = template_data(group.autoscaling_backend, None, group.mixed_instances_policy)
            arn = (data.get("IamInstanceProfile") or {}).get("Arn")
            for profile in iam_backends[account]["aws"].instance_profiles.values():
                if profile.arn == arn:
                    for policy in profile.roles[0].policies.values():
                        yield from json.loads(policy)["Statement"]


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
