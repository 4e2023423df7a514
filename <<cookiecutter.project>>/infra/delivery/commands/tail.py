"""What a command says, as it comes in its log stream.

Run Command itself gives it only at the end, and then the first 24,000 characters of stdout and
8,000 of stderr ("GetCommandInvocation" in the AWS Systems Manager API Reference). Its agent sends
whole lines, several in one event, and leaves out the end of the last.
"""

import re
from collections.abc import Callable
from typing import Any

from ..live.live import Live

# What the agent itself adds: to a failed command's stderr, and in place of what it cuts off.
FAILED = re.compile(r"failed to run commands: exit status [0-9]+\n?\Z")
CUT = "--output truncated--"
ENOUGH = 30_000  # characters that are kept to be compared; AWS gives no more


def is_cut(content: str) -> bool:
    """Tell whether Run Command has only the beginning."""
    return content.endswith(CUT)


class Tail:
    """Writes one stream's new lines, each time it is asked."""

    def __init__(self, live: Live, stream: str, write: Callable[[str], None]) -> None:
        self._live = live
        self._logs: Any = live.account.client("logs")
        self._stream = stream
        self._write = write
        self._token: str | None = None
        self._shown = ""  # the beginning of it
        self._held = ""  # a line that may be the agent's own, if nothing follows

    def pull(self) -> bool:
        """Write what is new; tell whether there was anything."""
        found = False
        while True:
            answer = self._live.call(
                f"Log stream {self._stream} of {self._live.names.log_group} cannot be read",
                self._next,
                {"ResourceNotFoundException": None},  # it has said nothing yet
            )
            if answer is None:
                return found
            for event in answer["events"]:
                self._take(event["message"])
                found = True
            token, self._token = self._token, answer["nextForwardToken"]
            if token == self._token:  # the end, for now ("GetLogEvents" in the API Reference)
                return found

    def _next(self) -> dict[str, Any]:
        more = {"nextToken": self._token} if self._token else {}
        return self._logs.get_log_events(
            logGroupName=self._live.names.log_group,
            logStreamName=self._stream,
            startFromHead=True,
            **more,
        )

    def lacks(self, content: str) -> bool:
        """Tell whether Run Command knows of more than has come."""
        return bool(self._rest(content))

    def finish(self, content: str) -> bool:
        """Write the rest of what Run Command gives at the end; tell if that is all there is."""
        rest = self._rest(content)
        if rest:
            self._take(rest)
        self._show(FAILED.sub("", self._held))
        self._held = ""
        return not (rest and is_cut(content))

    def _rest(self, content: str) -> str:
        """Give the end of the content after what has come; line ends are as the log has them."""
        whole = content.replace("\r\n", "\n").removesuffix(CUT)
        come = (self._shown + self._held)[:ENOUGH]
        if whole.startswith(come):
            return whole[len(come) :].removesuffix("\n") and whole[len(come) :]
        return ""  # the log has had more, or all but the last line end

    def _take(self, lines: str) -> None:
        """Write lines, but hold back what may be the agent's own."""
        text = self._held + lines if lines.endswith("\n") else f"{self._held}{lines}\n"
        own = FAILED.search(text)
        self._held = text[own.start() :] if own else ""
        self._show(text[: own.start()] if own else text)

    def _show(self, text: str) -> None:
        if text:
            self._shown = (self._shown + text)[:ENOUGH]
            self._write(text if text.endswith("\n") else f"{text}\n")
