"""Run Command's side of an instance: a command that was sent really runs, as a local process.

What its agent does is in the agent's own source, github.com/aws/amazon-ssm-agent, and on the pages
that are named here.
"""

import codecs
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO

UPLOAD = 0.1  # seconds of real time between two uploads to CloudWatch; the agent's are 1
KILLED = 137  # the code the agent gives to what it has ended itself

# Starts a shell script as root of the machine would, in a process group of its own.
type Start = Callable[[str], "subprocess.Popen[bytes]"]
# Takes a stream's name (stdout, stderr) and lines, as one event of CloudWatch Logs.
type Publish = Callable[[str, str], None]


@dataclass
class Invocation:
    """A command on one instance, as it stands."""

    command: str
    instance: str
    document: str
    comment: str
    script: str
    delivery_seconds: int
    execution_seconds: int
    log_group: str | None
    requested: datetime
    status: str = "Pending"
    details: str = "Pending"
    code: int = -1
    said: dict[str, str] = field(default_factory=lambda: {"stdout": "", "stderr": ""})

    @property
    def over(self) -> bool:
        return self.status not in ("Pending", "InProgress", "Cancelling")

    def become(self, status: str, details: str = "", code: int = -1) -> None:
        self.status, self.details, self.code = status, details or status, code


class Running:
    """The process of an invocation, and what watches it."""

    def __init__(self, invocation: Invocation, start: Start, publish: Publish) -> None:
        self.of = invocation.instance
        self._invocation = invocation
        self._publish = publish
        self._gone = False  # the machine, and with it whoever would tell the end
        self._popen = start(invocation.script)
        invocation.become("InProgress")
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """https://docs.aws.amazon.com/systems-manager/latest/userguide/cancel-run-command.html"""
        self._invocation.become("Cancelling")
        self._kill()

    def lose(self) -> None:
        """The machine is gone: nobody tells any more."""
        self._gone = True
        self._kill()
        self._thread.join(10)

    def _kill(self) -> None:
        """The agent ends the whole process group, without asking."""
        if self._popen.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._popen.pid, signal.SIGKILL)

    def _watch(self) -> None:
        pipes = {"stdout": self._popen.stdout, "stderr": self._popen.stderr}
        streams = [_Stream(name, pipe, self._publish) for name, pipe in pipes.items() if pipe]
        try:
            code = self._popen.wait(self._invocation.execution_seconds)
        except subprocess.TimeoutExpired:
            self._kill()
            self._popen.wait()
            ended = ("TimedOut", "ExecutionTimedOut", KILLED)
        else:
            code = max(code, -1)  # of one that a signal has ended
            ended = ("Success", "Success", 0) if code == 0 else ("Failed", "Failed", code)
            if self._invocation.status == "Cancelling":
                ended = ("Cancelled", "Cancelled", KILLED)
        said = {each.name: each.finish(*ended) for each in streams}
        if not self._gone:
            if ended[0] in ("Success", "Failed"):
                self._invocation.said = said  # of others AWS keeps nothing
            self._invocation.become(*ended)


class _Stream:
    """One of a process's two streams, read to its end and uploaded line by line."""

    def __init__(self, name: str, pipe: IO[bytes], publish: Publish) -> None:
        self.name = name
        self._pipe = pipe
        self._publish = publish
        self._text = ""
        self._sent = 0
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=act, daemon=True) for act in (self._read, self._upload)
        ]
        for each in self._threads:
            each.start()

    def finish(self, status: str, _details: str, code: int) -> str:
        """Wait for the last of it; the agent adds a line to what a failed command said."""
        self._threads[0].join(5)
        if status == "Failed" and self.name == "stderr":
            self._text += f"failed to run commands: exit status {code}"
        self._over.set()
        self._threads[1].join(5)
        return self._text

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        while chunk := os.read(self._pipe.fileno(), 65536):
            self._text += decoder.decode(chunk)
        self._pipe.close()

    def _upload(self) -> None:
        """Lines that are whole, several in one event; at the end what is left, without its end."""
        while not self._over.wait(UPLOAD):
            whole = self._text.rfind("\n") + 1
            if whole > self._sent:
                self._publish(self.name, self._text[self._sent : whole])
                self._sent = whole
        left = self._text[self._sent :].removesuffix("\n")
        if left:
            self._publish(self.name, left)


class Agents:
    """The instances that have a machine behind them, on which commands run.

    An instance without one is unknown to Systems Manager, as one without its agent.
    """

    def __init__(self) -> None:
        self._starts: dict[str, Start | None] = {}
        self._running: dict[str, Running] = {}

    def attach(self, instance: str, start: Start) -> None:
        """Give an instance a machine."""
        self._starts[instance] = start

    def lose(self, instance: str) -> None:
        """Let its agent be heard of no more; what it runs ends, and nobody learns of it."""
        self._starts[instance] = None
        for running in [each for each in self._running.values() if each.of == instance]:
            running.lose()

    def known(self) -> dict[str, bool]:
        """The instances that have an agent, and whether it answers."""
        return {instance: start is not None for instance, start in self._starts.items()}

    def run(self, invocation: Invocation, publish: Publish) -> None:
        """Run a command, if the agent answers."""
        start = self._starts.get(invocation.instance)
        if start:
            self._running[invocation.command] = Running(invocation, start, publish)

    def cancel(self, command: str) -> None:
        """Cancel a command that runs."""
        self._running[command].cancel()

    def forget(self) -> None:
        """No machine is left."""
        for instance in self._starts:
            self.lose(instance)
        self._starts, self._running = {}, {}
