"""Admin processes (factor XII): one command of a release's own, once, on one of its instances."""

import shlex
import sys
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stack.refusal import Refused

from ..document.lease import who
from ..live.live import Live
from .following import Following, Stopping
from .host import find_host
from .protection import Protection
from .run_command import RunCommand, State
from .tail import Tail
from .words import comment, script

HOUR = 3600
CANCELLED, TOO_LONG = 130, 124  # exit codes, as a shell and timeout(1) have them


class Never:
    """Nobody wants it to end."""

    wanted = False

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self._sleep = sleep

    def wait(self, seconds: float) -> None:
        """Wait."""
        self._sleep(seconds)


def write_out(text: str) -> None:
    """Write to stdout at once."""
    sys.stdout.write(text)
    sys.stdout.flush()


def write_err(text: str) -> None:
    """Write to stderr at once."""
    sys.stderr.write(text)
    sys.stderr.flush()


@dataclass(frozen=True)
class Ways:
    """How it is run: for how long at most, why, who may stop it, where its words go."""

    seconds: int = HOUR
    why: str = ""
    stop: Stopping | None = None
    out: Callable[[str], None] = write_out
    err: Callable[[str], None] = write_err


@dataclass(frozen=True)
class Ran:
    """How it ended."""

    words: tuple[str, ...]
    release: str
    instance: str
    command_id: str
    status: str
    code: int

    @property
    def line(self) -> str:
        """Say it."""
        ends = {"Cancelled": "was cancelled", "TimedOut": "took too long and was ended"}
        how = ends.get(self.status, f"ended with {self.code}")
        return f"`{shlex.join(self.words)}` {how} on {self.instance} of {self.release}"


def run(
    live: Live,
    release: str,
    command: Sequence[str],
    tell: Callable[[str], None],
    ways: Ways | None = None,
) -> Ran:
    """Run a command of a release on an instance of its fleet; give how it ended."""
    words, ways = tuple(command), ways or Ways()
    stop = ways.stop or Never(live.call.sleep)
    text = script(words)
    host = find_host(live, release)
    tell(f"`{shlex.join(words)}` on {host.instance} of {release}")
    with Protection(live, host, tell) as protection:
        if stop.wanted:
            raise Refused(["Stopped before the command was sent; nothing was run."])
        sender = RunCommand(live, host)
        nonce = uuid.uuid4().hex[:8]
        sent = sender.send(text, comment(words, who(), ways.why, nonce), ways.seconds)
        tell(f"command {sent}, in log group {live.names.log_group}")
        stdout, stderr = sender.streams(sent)
        state = Following(
            live=live,
            instance=host.instance,
            sender=sender,
            sent=sent,
            protection=protection,
            stop=stop,
            tell=tell,
            tails=(Tail(live, stdout, ways.out), Tail(live, stderr, ways.err)),
        ).to_the_end()
    ran = Ran(words, release, host.instance, sent, state.status, _code(state))
    tell(ran.line)
    return ran


def _code(state: State) -> int:
    """Give the exit code that a person expects."""
    match state.status:
        case "Cancelled":
            return CANCELLED
        case "TimedOut":
            return TOO_LONG
    return state.code if state.code >= 0 else 1  # AWS knows of none
