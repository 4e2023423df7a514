"""One tier's stack of a baked project, run inline by the real engine on the simulated cloud."""

import shutil
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pulumi import automation

from tools.engine import find_engine

# Steps of the engine that leave a resource as it is.
QUIET = frozenset({"same", "read", "refresh"})


@dataclass(frozen=True)
class Baked:
    """A baked project, ready to be run by the engine."""

    name: str
    infra: Path
    program: Callable[[], None]


@dataclass(frozen=True)
class Planned:
    """A step that the engine would take, and the inputs whose change asks for it."""

    kind: str  # create, update, delete, and the parts of a replacement
    because: frozenset[str] = frozenset()


class TierStack:
    """What a person does with `pulumi` in a tier; `up` and the like are one run of the engine.

    `folder` is an empty one that takes the stack's settings.
    """

    def __init__(
        self, baked: Baked, tier: str, environment: Mapping[str, str], folder: Path
    ) -> None:
        self._baked = baked
        self._tier = tier
        written = yaml.safe_load((baked.infra / f"Pulumi.{tier}.yaml").read_text())
        self._config: dict[str, Any] = dict(written["config"] or {})
        shutil.copy(baked.infra / "Pulumi.yaml", folder)
        self._stack = automation.create_or_select_stack(
            stack_name=tier,
            project_name=baked.name,
            program=baked.program,
            opts=automation.LocalWorkspaceOptions(
                work_dir=str(folder),
                env_vars=dict(environment),
                pulumi_command=find_engine(progress=_drop).command(),
                secrets_provider="passphrase",
            ),
        )
        self.configure({})

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Set settings of the service, as an edit of `Pulumi.<tier>.yaml` would."""
        self._config |= {f"{self._baked.name}:{name}": value for name, value in settings.items()}
        self._save()

    @contextmanager
    def configured(self, settings: Mapping[str, Any]) -> Generator[None]:
        """Set settings for a while."""
        before = dict(self._config)
        self.configure(settings)
        yield
        self._config = before
        self._save()

    def _save(self) -> None:
        """Write the file as a person does: the SDK cannot read its own numbers back."""
        file = Path(self._stack.workspace.work_dir, f"Pulumi.{self._tier}.yaml")
        known = yaml.safe_load(file.read_text()) if file.exists() else {}
        file.write_text(yaml.safe_dump({**known, "config": self._config}))

    def up(self, *, refresh: bool = False) -> dict[str, int]:
        """Bring the tier up; returns how many resources each kind of step touched."""
        return _changes(self._stack.up(refresh=refresh, on_output=_drop).summary.resource_changes)

    def preview(
        self, *, refresh: bool = False, program: Callable[[], None] | None = None
    ) -> dict[str, int]:
        """What `up` would do; returns how many resources each kind of step would touch.

        `program` is run in place of the project's own.
        """
        done = self._stack.preview(refresh=refresh, on_output=_drop, program=program)
        return _changes(done.change_summary)

    def planned(self, *, refresh: bool = False) -> dict[str, Planned]:
        """What `up` would do, by the name of each resource that it would touch."""
        found: dict[str, Planned] = {}

        def hear(event: automation.EngineEvent) -> None:
            if event.resource_pre_event:
                step = event.resource_pre_event.metadata
                if step.op.value not in QUIET:
                    because = frozenset(step.detailed_diff or ())
                    found[step.urn.rpartition("::")[2]] = Planned(step.op.value, because)

        self._stack.preview(refresh=refresh, on_output=_drop, on_event=hear)
        return found

    def destroy(self) -> dict[str, int]:
        """Take the tier down."""
        return _changes(self._stack.destroy(on_output=_drop).summary.resource_changes)

    def resources(self) -> list[str]:
        """The types of what the state holds."""
        held = self._stack.export_stack().deployment or {}
        return [each["type"] for each in held.get("resources", [])]

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, as plain values."""
        return {name: output.value for name, output in self._stack.outputs().items()}


def _changes(summary: Mapping[Any, int] | None) -> dict[str, int]:
    named = {str(getattr(step, "value", step)): count for step, count in (summary or {}).items()}
    return {step: count for step, count in named.items() if step not in QUIET}


def _drop(_line: str) -> None:
    """The engine's words; a failure carries them in its exception as well."""
