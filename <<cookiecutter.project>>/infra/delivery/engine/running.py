"""One run of the engine, with a program in this process; its words as lines for a person."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from pulumi.automation import (
    CommandError,
    ConcurrentUpdateError,
    EngineEvent,
    LocalWorkspace,
    OutputMap,
    Stack,
    StackNotFoundError,
    StepEventMetadata,
    UpdateSummary,
)
from pulumi.automation._stack import StackInitMode

from stack.refusal import Refused, ToldError

from ..children import in_one_line
from .command import Command
from .parting import part_in_order
from .urns import Urn

COLORS = re.compile(r"<\{%\w+%\}>|\x1b\[[0-9;]*m")
# Said of the stack as a whole, after what went wrong with a resource.
SUMMARY = re.compile(r"(preview|update) (failed|canceled|cancelled)")


class Trouble(Exception):  # noqa: N818 it is told as what it holds
    """A run has failed: what the program refused, or what the engine says."""

    def __init__(self, problems: list[str], refusal: Refused | None) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
        self.refusal = refusal


class Run:
    """Runs the engine for one stack, again and again."""

    def __init__(
        self, command: Command, infra: Path, tier: str, program: Callable[[], None]
    ) -> None:
        self._program = program
        self._refusal: Refused | None = None
        workspace = _Workspace(work_dir=str(infra), program=self._heeded, pulumi_command=command)
        self._stack = _Stack(tier, workspace, StackInitMode.SELECT)

    def preview(self, hear: Callable[[StepEventMetadata], None]) -> None:
        """Look what an `up` would do."""
        self._told(self._stack.preview, hear)

    def up(self) -> None:
        """Do it."""
        self._told(self._stack.up, lambda _: None)

    def _heeded(self) -> None:
        """Run the program, and keep what it refuses: the engine would tell it with much noise."""
        part_in_order()
        try:
            self._program()
        except ToldError as error:
            told = error.__context__
            self._refusal = told if isinstance(told, Refused) else None
            raise

    def _told(self, run: Callable[..., object], hear: Callable[[StepEventMetadata], None]) -> None:
        problems: list[str] = []
        self._refusal = None

        def on_event(event: EngineEvent) -> None:
            if event.resource_pre_event:
                hear(event.resource_pre_event.metadata)
            told = event.diagnostic_event
            if told and told.severity == "error":
                problems.append(_line(told.message, told.urn))

        try:
            run(on_event=on_event, color="never")
        except (ConcurrentUpdateError, StackNotFoundError):
            raise
        except CommandError as error:
            heard = [each for each in dict.fromkeys(problems) if not SUMMARY.search(each)]
            raise Trouble(heard or [in_one_line(str(error))], self._refusal) from error


def _line(message: str, urn: str | None) -> str:
    text = in_one_line(COLORS.sub("", message))
    return f"{Urn(urn).name}: {text}" if urn and Urn(urn).kind != "pulumi:pulumi:Stack" else text


class _Workspace(LocalWorkspace):
    """The project's folder, without choosing a stack: that choice is the person's."""

    def select_stack(self, stack_name: str) -> None:
        """Leave the choice of the person at the keyboard as it is."""


class _Stack(Stack):
    """A stack whose runs are not followed by others of the CLI, for what nobody asks."""

    def outputs(self) -> OutputMap:
        """Give none."""
        return {}

    def info(self, show_secrets: bool | None = None) -> UpdateSummary:  # noqa: ARG002, FBT001
        """Say that there was a run."""
        config: Mapping[str, dict[str, object]] = {}
        return UpdateSummary("update", datetime.now(UTC), "", {}, config, "succeeded")
