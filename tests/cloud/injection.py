"""What goes wrong when a test wants it to: failures before or after the effect, lost answers.

A fault sees requests, and a request is one attempt. The cloud's own clients and the provider's try
once, so they fail with the first. A boto3 client of a program tries again by its own settings
(five attempts in its legacy mode, three in standard) after a 5xx, a throttling code and a lost
answer: let the fault hit that often, or set AWS_MAX_ATTEMPTS=1, for the failure to come through.
https://docs.aws.amazon.com/boto3/latest/guide/retries.html
"""

import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal, Self, TypedDict, Unpack

from tests.cloud.calls import Call, Calls
from tests.cloud.faults import failure

if TYPE_CHECKING:
    from tests.cloud.server import Wsgi

type When = Literal["before", "after"]
type Where = Callable[[dict[str, Any]], bool]
type Strike = Callable[[Call, Answer], Iterable[bytes]]

# The status that AWS gives a code; any other is 400.
# https://docs.aws.amazon.com/awssupport/latest/user/CommonErrors.html
STATUSES = {
    "InternalFailure": "500 Internal Server Error",
    "InternalError": "500 Internal Server Error",
    "ServiceUnavailable": "503 Service Unavailable",
    "RequestLimitExceeded": "503 Service Unavailable",
    "SlowDown": "503 Slow Down",
    "AccessDenied": "403 Forbidden",
    "ExpiredToken": "403 Forbidden",
}
THROTTLING = "Throttling"


class Turns(TypedDict, total=False):
    """Which calls of a kind are hit, where not the next one by anybody."""

    nth: int  # the first to hit; 1 is the next
    times: int | None  # how many from there on; None: all
    where: Where  # a predicate on the parameters
    who: str  # provider, platform or program


@dataclass(frozen=True)
class Selection:
    """The calls that go wrong."""

    service: str
    operation: str
    nth: int = 1
    times: int | None = 1
    where: Where | None = None
    who: str = ""

    def is_of_kind(self, call: Call) -> bool:
        return (
            fnmatchcase(call.service, self.service)
            and fnmatchcase(call.operation, self.operation)
            and self.who in ("", call.who)
            and (self.where is None or self.where(call.parameters))
        )

    def is_turn(self, number: int) -> bool:
        """Whether the call of the kind with this number, from 1, is hit."""
        return self.nth <= number and (self.times is None or number < self.nth + self.times)


class Fault:
    """One thing that goes wrong; as a context it ends with the block, else by `stop`."""

    def __init__(self, owner: "Faults", strike: Strike, selection: Selection, name: str) -> None:
        self.strike = strike
        self.name = name
        self.hits: list[Call] = []
        self._owner = owner
        self._selection = selection
        self._seen = 0
        self._lock = threading.Lock()

    def concerns(self, call: Call) -> bool:
        """Count the call if it is of this kind, and say whether it is its turn."""
        if not self._selection.is_of_kind(call):
            return False
        with self._lock:
            self._seen += 1
            if not self._selection.is_turn(self._seen):
                return False
            self.hits.append(call)
        return True

    def stop(self) -> None:
        """Let nothing more go wrong."""
        self._owner.forget(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Answer:
    """What the cloud would do with a request, and the line on which it would answer."""

    def __init__(
        self, app: "Wsgi", environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> None:
        self.environ, self.start_response = environ, start_response
        self._app = app

    def give(self) -> Iterable[bytes]:
        return self._app(self.environ, self.start_response)

    def swallow(self) -> None:
        """Let the request take effect and drop what it answers."""
        body = self._app(self.environ, lambda *_: None)
        for _ in body:
            pass
        close = getattr(body, "close", None)
        if close:
            close()

    def fail(self, code: str, message: str) -> Iterable[bytes]:
        status = STATUSES.get(code, "400 Bad Request")
        return failure(self.environ, self.start_response, message, code, status)

    def hang_up(self) -> Iterable[bytes]:
        """End the connection without a word; the server drops the request quietly."""
        connection = self.environ.get("werkzeug.socket")
        if connection is not None:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        raise ConnectionAbortedError("the answer is lost on purpose")


class Faults:
    """Make calls go wrong. `service` and `operation` are boto3's names, `*` stands for anything."""

    def __init__(self) -> None:
        self._active: list[Fault] = []

    def fail(
        self,
        service: str,
        operation: str = "*",
        *,
        when: When = "before",
        code: str = "InternalFailure",
        message: str = "a failure that a test asked for",
        **turns: Unpack[Turns],
    ) -> Fault:
        """Answer with an error, before the call takes effect or after it has."""
        strike = _instead(when, lambda answer: answer.fail(code, message))
        return self._add(
            strike, Selection(service, operation, **turns), f"{code} {when} the effect"
        )

    def lose(
        self,
        service: str,
        operation: str = "*",
        *,
        when: When = "after",
        **turns: Unpack[Turns],
    ) -> Fault:
        """Close the connection without an answer, after the effect or before it."""
        strike = _instead(when, Answer.hang_up)
        name = f"answer lost {when} the effect"
        return self._add(strike, Selection(service, operation, **turns), name)

    def delay(
        self,
        service: str,
        operation: str = "*",
        *,
        seconds: float,
        when: When = "before",
        **turns: Unpack[Turns],
    ) -> Fault:
        """Take longer, in real time, before the effect or between it and the answer; every call."""
        turns.setdefault("times", None)
        strike = _beside(when, lambda _: time.sleep(seconds))
        name = f"{seconds:g} s of delay {when} the effect"
        return self._add(strike, Selection(service, operation, **turns), name)

    def call_back(
        self,
        service: str,
        operation: str = "*",
        *,
        do: Callable[[Call], object],
        when: When = "before",
        **turns: Unpack[Turns],
    ) -> Fault:
        """Do something of the test's own when the call arrives, as killing who made it."""
        selection = Selection(service, operation, **turns)
        return self._add(_beside(when, do), selection, f"call back {when}")

    def _add(self, strike: Strike, selection: Selection, name: str) -> Fault:
        fault = Fault(self, strike, selection, name)
        self._active = [*self._active, fault]
        return fault

    def meet(self, call: Call) -> Fault | None:
        """The fault that the call meets; the oldest first."""
        return next((each for each in self._active if each.concerns(call)), None)

    def forget(self, fault: Fault) -> None:
        self._active = [each for each in self._active if each is not fault]

    def restart(self) -> None:
        """Nothing goes wrong."""
        self._active = []


def _instead(when: When, end: Callable[[Answer], Iterable[bytes]]) -> Strike:
    """End the call so, with its effect or without."""

    def strike(call: Call, answer: Answer) -> Iterable[bytes]:
        if when == "after":
            answer.swallow()
        return end(answer)

    return strike


def _beside(when: When, do: Callable[[Call], object]) -> Strike:
    """Answer as ever, and do something before the effect or between it and the answer."""

    def strike(call: Call, answer: Answer) -> Iterable[bytes]:
        if when == "before":
            do(call)
            return answer.give()
        body = answer.give()
        do(call)
        return body

    return strike


def watched(app: "Wsgi", calls: Calls, faults: Faults) -> "Wsgi":
    """Enter every request in the list of calls, and let happen to it what a test wants."""

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        call = calls.take(environ)

        def start(status: str, *rest: Any) -> Any:
            call.status = int(status[:3])
            return start_response(status, *rest)

        answer = Answer(app, environ, start)
        fault = faults.meet(call)
        if fault is None:
            return answer.give()
        call.fault = fault.name
        return fault.strike(call, answer)

    return serve
