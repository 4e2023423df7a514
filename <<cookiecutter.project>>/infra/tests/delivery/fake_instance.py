"""One instance of a fleet as AWS's services see it, and a command on it, told look by look."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError
from fake_account import FakeAccount
from samples import names

from delivery.live.calling import Caller
from delivery.live.live import Live

INSTANCE = "i-0123456789abcdef0"
COMMAND = "11111111-2222-3333-4444-555555555555"
type Look = tuple[str, str, int, str, str]  # status, details, code, stdout, stderr
RUNS: Look = ("InProgress", "InProgress", -1, "", "")
WAITS: Look = ("Pending", "Pending", -1, "", "")


def ended(code: int = 0, out: str = "", err: str = "") -> Look:
    status = "Failed" if code else "Success"
    return status, status, code, out, err


@dataclass
class FakeInstance(FakeAccount):
    """Plays Auto Scaling, Systems Manager and CloudWatch Logs."""

    looks: list[Look] = field(default_factory=lambda: [ended()])  # the last one stays
    events: dict[str, list[list[str]]] = field(default_factory=dict)  # by stream, look by look
    in_service: bool = True
    protected: bool = False
    ping: str | None = "Online"
    lost_answers: int = 0  # to SendCommand, which arrives
    unheard: list[Exception] = field(default_factory=list)  # of SendCommands that do not arrive
    away: bool = False  # whether nobody is told how a command stands
    refuse: set[str] = field(default_factory=set)  # operations
    sent: list[dict[str, Any]] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    region: str = "eu-west-1"

    @property
    def live(self) -> Live:
        """Give what looks at the tier: every wait takes no time."""
        live = Live(names(), self)
        live.call = Caller(self.region, lambda _: None)
        return live

    def client(self, service: str, tries: int | None = None) -> "FakeInstance":
        """Give the client of any service."""
        del service, tries
        return self

    def _check(self, operation: str) -> None:
        self.done.append(operation)
        if operation in self.refuse:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation)

    def describe_auto_scaling_instances(self, InstanceIds: list[str]) -> dict[str, Any]:  # noqa: N803 as boto3 names them
        """Show the instance in its group."""
        state = {"InstanceId": InstanceIds[0], "ProtectedFromScaleIn": self.protected}
        found = [{**state, "LifecycleState": "InService"}] if self.in_service else []
        return {"AutoScalingInstances": found}

    def set_instance_protection(self, *, ProtectedFromScaleIn: bool, **_: object) -> None:  # noqa: N803
        """Protect it, or not; one that is refused arrives all the same, as a lost answer does."""
        self.protected = ProtectedFromScaleIn
        self._check(f"protect={ProtectedFromScaleIn}")

    def send_command(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401
        """Take a command."""
        self._check("SendCommand")
        if self.unheard:
            raise self.unheard.pop(0)
        self.sent.append(given)
        if self.lost_answers:
            self.lost_answers -= 1
            raise ReadTimeoutError(endpoint_url="https://ssm")
        return {"Command": {"CommandId": COMMAND}}

    def list_commands(self, InstanceId: str) -> dict[str, Any]:  # noqa: N803
        """List what was taken."""
        del InstanceId
        return {"Commands": [{"Comment": e["Comment"], "CommandId": COMMAND} for e in self.sent]}

    def get_command_invocation(self, **_: object) -> dict[str, Any]:
        """Show how it stands, each time a look further."""
        if self.away:
            raise ReadTimeoutError(endpoint_url="https://ssm")
        status, details, code, out, err = (
            self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        )
        return {
            "Status": status,
            "StatusDetails": details,
            "ResponseCode": code,
            "StandardOutputContent": out,
            "StandardErrorContent": err,
        }

    def cancel_command(self, **_: object) -> None:
        """Cancel it."""
        self._check("CancelCommand")
        self.looks = [("Cancelled", "Cancelled", 137, "", "")]

    def get_log_events(self, *, logStreamName: str, nextToken: str = "", **_: object) -> Any:  # noqa: ANN401, N803
        """Give what came since the last call, if the stream is there."""
        name = logStreamName.rpartition("/")[2]
        if name not in self.events:
            raise ClientError(
                {"Error": {"Code": "ResourceNotFoundException", "Message": ""}}, "GetLogEvents"
            )
        number = int(nextToken or 0)
        given = self.events[name]
        new = given[number : number + 1]
        return {
            "events": [{"message": each} for group in new for each in group],
            "nextForwardToken": str(number + len(new)),
        }


def lines(written: list[str]) -> Iterator[str]:
    """Give what was written, line by line."""
    yield from "".join(written).splitlines()
