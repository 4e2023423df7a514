"""The one error that a user of the platform's programs can meet."""

import sys
from collections.abc import Generator
from contextlib import contextmanager

import pulumi

ALREADY_TOLD = 32  # exit code by which a program tells Pulumi's language host that the user knows


class PlatformError(pulumi.RunError):
    """Something the user can put right; Pulumi prints the message alone, one line per problem."""

    def __init__(self, problems: str | list[str]) -> None:
        self.problems = [problems] if isinstance(problems, str) else problems
        super().__init__("\n".join(self.problems))


@contextmanager
def told_once() -> Generator[None]:
    """Print an error and nothing else: without this, Pulumi adds a line about the exit code."""
    try:
        yield
    except PlatformError as error:
        pulumi.log.error(str(error))
        sys.exit(ALREADY_TOLD)
