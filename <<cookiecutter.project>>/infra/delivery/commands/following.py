"""One admin process, followed to its end: what it says, whether it is to end, whether it can."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from stack.refusal import Refused

from ..driving.endings import NeedsPerson
from ..live.live import Live
from .protection import Protection
from .run_command import DELIVERY, RunCommand, State
from .tail import Tail, is_cut

LOOK = 1.0  # seconds between two looks at it
EVERY = 10  # looks between two at its instance
LAST_LOOKS = 10  # at the log, for what is on its way there when the command has ended
QUIET = 3  # of them without anything new are the end, where only the log has all of it
ENDS = ("Success", "Failed", "Cancelled", "ExecutionTimedOut")  # of what had a beginning


class Stopping(Protocol):
    """Whether somebody wants it to end."""

    @property
    def wanted(self) -> bool:
        """Tell."""
        ...

    def wait(self, seconds: float) -> None:
        """Wait, unless it is to end."""
        ...


@dataclass
class Following:
    """A command that was sent, and everything that is done with it."""

    live: Live
    instance: str
    sender: RunCommand
    sent: str
    protection: Protection
    stop: Stopping
    tell: Callable[[str], None]
    tails: tuple[Tail, Tail]  # of stdout and stderr
    cancelled: bool = field(default=False, init=False)
    silent: bool = field(default=False, init=False)  # whether it is so because of its agent

    def to_the_end(self) -> State:
        """Write what it says, until it has ended; tell when we lose sight of it before that."""
        try:
            state = self._followed()
        except NeedsPerson:
            raise
        except Refused as trouble:  # AWS is away, or our credentials have run out
            raise NeedsPerson(
                [f"The command may still run: {trouble.problems[0]}"],
                f"See how it stands: aws ssm get-command-invocation --command-id {self.sent} "
                f"--instance-id {self.instance}",
            ) from trouble
        return self._judged(state)

    def _followed(self) -> State:
        looks = 0
        while True:
            state = self.sender.look(self.sent)
            self._pull()
            if state.over:
                self._finish(state)
                return state
            looks += 1
            self._heed(state, looks)
            if self.cancelled:
                self.live.call.sleep(LOOK)
            else:
                self.stop.wait(LOOK)

    def _heed(self, state: State, looks: int) -> None:
        """See to what is around it: people, its agent, its instance."""
        if self.stop.wanted and not self.cancelled:
            self._cancel("cancelling it; once more leaves it as it is")
        if not state.begun and looks >= DELIVERY and not self.cancelled:
            self._cancel(f"its agent has not taken it in {DELIVERY} s; cancelling it")
            self.silent = True
        if looks % EVERY == 0 and not self.protection.renew():
            raise NeedsPerson(
                [
                    f"{self.instance} has gone out of service; how far the command came is not "
                    "known."
                ],
                "An admin process can be run again. What it said is in log group "
                f"{self.live.names.log_group}, streams {self.sent}/...",
            )

    def _cancel(self, why: str) -> None:
        self.tell(why)
        self.sender.cancel(self.sent)
        self.cancelled = True

    def _pull(self) -> bool:
        stdout, stderr = (tail.pull() for tail in self.tails)
        return stdout or stderr

    def _finish(self, state: State) -> None:
        """Wait for what is on its way to the log; of what never comes AWS has the beginning."""
        pairs = list(zip(self.tails, state.said, strict=True))
        enough = QUIET if any(map(is_cut, state.said)) else 1
        quiet = 0
        for _ in range(LAST_LOOKS):
            quiet = 0 if self._pull() else quiet + 1
            if quiet >= enough and not any(tail.lacks(said) for tail, said in pairs):
                break
            self.live.call.sleep(LOOK)
        for tail, said in pairs:
            if not tail.finish(said):
                self.tell(f"the rest of it is in the journal of {self.instance} alone")

    def _judged(self, state: State) -> State:
        """Refuse to call that an end which had no beginning."""
        if state.details in ENDS and not (self.silent and state.status == "Cancelled"):
            return state
        raise Refused(
            [f"The agent of {self.instance} did not take the command: {state.details}."],
            "Nothing was run. Try again: another instance may answer.",
        )
