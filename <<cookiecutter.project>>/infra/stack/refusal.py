"""Input we will not act on: every problem at once, each one line, no traceback."""

import difflib
import os
import re
import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager

import pulumi
from pydantic import ValidationError
from pydantic_core import ErrorDetails

WORDS = {
    "a valid tuple": "a list",
    "a valid array": "a list",
    "valid dictionary": "table of names and values",
    "a valid boolean, unable to interpret input": "true or false",
    "a valid boolean": "true or false",
    "a valid string": "text, in quotes",
}
ALREADY_TOLD = 32  # exit code by which a program tells Pulumi's language host that the user knows
SHOWN = 60  # characters of a wrong value in a message: enough to find it by


class Refused(pulumi.RunError):
    """Wrong input: every problem, and what to do."""

    def __init__(self, problems: Sequence[str], advice: str = "") -> None:
        lines = (
            [f"{problems[0]} {advice}"] if len(problems) == 1 and advice else [*problems, advice]
        )
        super().__init__("\n".join(line for line in lines if line))
        self.problems = tuple(problems)


class Gathering:
    """Refusals that must not hide each other: each `with` takes one, `refuse` tells them all."""

    def __init__(self) -> None:
        self._refusals: list[Refused] = []

    @contextmanager
    def taken(self) -> Generator[None]:
        """Take a refusal, and go on after it."""
        try:
            yield
        except Refused as refusal:
            self._refusals.append(refusal)

    def refuse(self) -> None:
        """Refuse, if there was a refusal."""
        match self._refusals:
            case [only]:
                raise only
            case [_, *_]:
                raise Refused([str(each) for each in self._refusals])


class ToldError(pulumi.RunError):
    """Ends a program whose refusal has been told."""


@contextmanager
def told() -> Generator[None]:
    """Tell a refusal at once: later, something that AWS's provider has to say would hide it."""
    try:
        yield
    except Refused as refusal:
        pulumi.log.error(str(refusal))
        raise ToldError("What is wrong is said above.") from None


@contextmanager
def ended_at_once() -> Generator[None]:
    """End the process, where Pulumi runs this program as one of its own.

    What is declared is only queued until the program ends. Were it to end by an exception, Pulumi
    would still make all that, and add a line about the exit code.
    """
    try:
        yield
    except ToldError:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(ALREADY_TOLD)


def shown(value: object) -> str:
    """Give a value as a person would recognise it, cut where it would flood the line."""
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."


def nearest(name: str, known: Iterable[str]) -> str:
    """Name the known word that was probably meant, as the end of a sentence; or nothing."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


def problems_of(error: ValidationError, where: str, known: Iterable[str] = ()) -> list[str]:
    """Turn a model's errors into lines: where, path, value, rule."""
    known = list(known)
    return [line_of(each, where, known) for each in error.errors()]


def line_of(error: ErrorDetails, where: str, known: Iterable[str], joint: str = ": ") -> str:
    """Turn one error of a model into a line; `joint` stands between the place and the path."""
    path = ".".join(str(part) for part in error["loc"] if part != "[key]")
    match error["type"]:
        case "json_invalid":
            return f"{where}: it is not JSON: {error['ctx']['error']}."
        case "missing":
            return f"{where}{joint}{path} is missing."
        case "extra_forbidden":
            near = nearest(str(error["loc"][-1]), known)
            return f"{where}{joint}{path} is not known{near or '.'}"
    if not path:
        return f"{where}: it {_rule(error)}."
    return f"{where}{joint}{path} is {shown(error['input'])}; it {_rule(error)}."


def _rule(error: ErrorDetails) -> str:
    """Say the rule that a value broke, to stand after "it"."""
    message = error["msg"].removeprefix("Value error, ")
    for theirs, ours in WORDS.items():
        message = message.replace(theirs, ours)
    return re.sub(r"^\w+ should ", "must ", message)
