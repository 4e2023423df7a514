"""AWS Systems Manager's Run Command: a script sent to one instance, and how it stands there."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from stack.refusal import Refused

from ..live.calling import passing
from ..live.live import Live
from .host import Host

DOCUMENT = "AWS-RunShellScript"
PLUGIN = "aws-runShellScript"  # as it is in the names of log streams
DELIVERY = 60  # seconds that an agent gets to take a command
LOOKS = 10  # for a command that was sent, and of which AWS does not know yet
PAUSE = 1.0  # seconds between them
# "Understanding command statuses" in the AWS Systems Manager User Guide; the others go on.
OVER = ("Success", "Failed", "Cancelled", "TimedOut")


@dataclass(frozen=True)
class State:
    """How a command stands."""

    status: str
    details: str  # tells an execution that took too long from one that never began
    code: int
    said: tuple[str, str]  # the beginning of its stdout and stderr; empty until it has ended

    @property
    def over(self) -> bool:
        """Tell whether it has ended, or never will begin."""
        return self.status in OVER

    @property
    def begun(self) -> bool:
        """Tell whether an agent has taken it."""
        return self.status not in ("Pending", "Delayed")


class RunCommand:
    """Sends commands to one instance; what they say goes to the tier's log group."""

    def __init__(self, live: Live, host: Host) -> None:
        self._live = live
        self._host = host
        self._client: Any = live.account.client("ssm")

    def send(self, script: str, comment: str, seconds: int) -> str:
        """Send a script, once; `comment` is another for each.

        The call knows no token by which AWS would tell a second try from a second command. So after
        a lost answer we look whether it has arrived before it is tried again.
        """
        once = self._live.account.client("ssm", tries=1)
        trouble: Exception | None = None
        for _ in range(LOOKS):
            if trouble:
                self._live.call.sleep(PAUSE)
            try:
                answer = once.send_command(
                    InstanceIds=[self._host.instance],
                    DocumentName=DOCUMENT,
                    Comment=comment,
                    TimeoutSeconds=DELIVERY,
                    Parameters={"commands": [script], "executionTimeout": [str(seconds)]},
                    CloudWatchOutputConfig={
                        "CloudWatchOutputEnabled": True,
                        "CloudWatchLogGroupName": self._live.names.log_group,
                    },
                )
                return str(answer["Command"]["CommandId"])
            except (BotoCoreError, ClientError) as error:
                if not passing(error):
                    raise self._not_taken(error) from error
                trouble = error
            arrived = self._arrived(comment)
            if arrived:
                return arrived
        assert trouble  # noqa: S101 the loop ran
        raise self._not_taken(trouble) from trouble

    def _arrived(self, comment: str) -> str | None:
        """Find a command by its comment."""
        answer = self._live.call(
            f"The commands of {self._host.instance} cannot be read",
            lambda: self._client.list_commands(InstanceId=self._host.instance),
        )
        found = [each for each in answer["Commands"] if each["Comment"] == comment]
        return found[0]["CommandId"] if found else None

    def _not_taken(self, error: Exception) -> Refused:
        return Refused(
            [
                f"Run Command does not take a command for {self._host.instance}: "
                f"{str(error).rstrip('.')}."
            ],
            "Nothing was run.",
        )

    def look(self, command: str) -> State:
        """Ask how a command stands; AWS may not know of it for a moment."""
        answer = self._live.call(
            f"Command {command} cannot be read",
            lambda: self._client.get_command_invocation(
                CommandId=command, InstanceId=self._host.instance
            ),
            {"InvocationDoesNotExist": None},
        )
        if answer is None:
            return State("Pending", "Pending", -1, ("", ""))
        return State(
            answer["Status"],
            answer["StatusDetails"].replace(" ", ""),
            answer["ResponseCode"],
            (answer["StandardOutputContent"], answer["StandardErrorContent"]),
        )

    def cancel(self, command: str) -> None:
        """Have its process killed, or never begun."""
        self._live.call(
            f"Command {command} cannot be cancelled",
            lambda: self._client.cancel_command(CommandId=command),
        )

    def streams(self, command: str) -> tuple[str, str]:
        """Name the log streams of its stdout and stderr."""
        stem = f"{command}/{self._host.instance}/{PLUGIN}"
        return f"{stem}/stdout", f"{stem}/stderr"
