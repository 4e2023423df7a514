"""A run's own record: each event a line of JSON in a file, as it happens.

A resumed rollout goes on in the same file, and a timeline is drawn from it.
"""

from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from stack.refusal import Refused, problems_of

from ..driving.events import Began, Ended, Event, Seen, Stepped, Turned
from .progress import on_stderr, print_line

ADVICE = "Give a file that `--record` has written, or a new one."


class _Line(BaseModel):
    """One event under its name; the others are not there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    began: Began | None = None
    stepped: Stepped | None = None
    seen: Seen | None = None
    turned: Turned | None = None
    ended: Ended | None = None

    @property
    def events(self) -> list[Event]:
        every = (self.began, self.stepped, self.seen, self.turned, self.ended)
        return [each for each in every if each is not None]


class Recorder:
    """As a context it takes events and keeps them; each is in the file before the run goes on.

    A file that is no record is refused before anything happens. Later trouble with it, as a full
    disk, is told once and ends the record: it must not end a rollout half-way.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = path.open("ab+", buffering=0)
        except OSError as error:
            raise Refused([f"{path}: it cannot be written: {error.strerror}."]) from error
        try:
            self._file.seek(0)
            kept = self._file.read()
            _parsed(kept, path)
            # The line that a run was killed over would spoil the next one.
            self._file.truncate(kept.rfind(b"\n") + 1)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._file.close()

    def __call__(self, event: Event) -> None:
        """Keep an event."""
        if self._file.closed:
            return
        line = _Line.model_validate({type(event).__name__.lower(): event})
        try:
            self._file.write(line.model_dump_json(exclude_unset=True).encode() + b"\n")
        except OSError as error:
            self._file.close()
            print_line(on_stderr(), f"{self._path}: the record ends here: {error.strerror}.")


def read_record(path: Path) -> list[Event]:
    """Read a record; refuse what is none."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Refused([f"{path}: it cannot be read: {error.strerror}."], ADVICE) from error
    events = _parsed(content, path)
    if not events:
        raise Refused([f"{path}: it has no rollout in it."], ADVICE)
    return events


def _parsed(content: bytes, path: Path) -> list[Event]:
    """Read the events; the end of a line that was never finished is none."""
    events: list[Event] = []
    for number, line in enumerate(content.split(b"\n")[:-1], 1):
        where = f"{path}, line {number}"
        try:
            found = _Line.model_validate_json(line).events
        except ValidationError as error:
            raise Refused(problems_of(error, where, _Line.model_fields), ADVICE) from error
        if len(found) != 1:
            raise Refused([f"{where}: it has {len(found)} events; it must have one."], ADVICE)
        events += found
    if events and not isinstance(events[0], Began):
        raise Refused([f"{path}, line 1: a record begins with a rollout's beginning."], ADVICE)
    return events
