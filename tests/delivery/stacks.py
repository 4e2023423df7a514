"""One tier's stack of a baked project, run inline by the real engine on the simulated cloud."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml
from pulumi import automation

# Steps of the engine that leave a resource as it is.
QUIET = frozenset({"same", "read", "refresh"})


class TierStack:
    """What a person does with `pulumi` in a tier; every method is one run of the engine."""

    def __init__(
        self,
        infra: Path,
        tier: str,
        program: Callable[[], None],
        environment: Mapping[str, str],
        project: str,
        overrides: Mapping[str, Any] | None = None,
    ) -> None:
        self.tier = tier
        self._project = project
        self._stack = automation.create_or_select_stack(
            stack_name=tier,
            project_name=project,
            program=program,
            opts=automation.LocalWorkspaceOptions(
                env_vars=dict(environment),
                secrets_provider="passphrase",
                project_settings=automation.ProjectSettings(
                    name=project,
                    runtime="python",
                    backend=automation.ProjectBackend(environment["PULUMI_BACKEND_URL"]),
                ),
            ),
        )
        written = yaml.safe_load((infra / f"Pulumi.{tier}.yaml").read_text()).get("config") or {}
        for key, value in written.items():
            self._set(key, value)
        self.configure(**(overrides or {}))

    def configure(self, **settings: Any) -> None:
        """Set settings of the service, as `pulumi config set` would."""
        for key, value in settings.items():
            self._set(f"{self._project}:{key}", value)

    def up(self, *, refresh: bool = False) -> dict[str, int]:
        """Bring the tier up; returns how many resources each kind of step touched."""
        summary = self._stack.up(refresh=refresh, on_output=_drop).summary
        return _changes(summary.resource_changes)

    def preview(self, *, refresh: bool = False) -> dict[str, int]:
        """What `up` would do; returns how many resources each kind of step would touch."""
        return _changes(self._stack.preview(refresh=refresh, on_output=_drop).change_summary)

    def destroy(self) -> dict[str, int]:
        """Take the tier down."""
        return _changes(self._stack.destroy(on_output=_drop).summary.resource_changes)

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, as plain values."""
        return {name: output.value for name, output in self._stack.outputs().items()}

    def forget(self) -> None:
        """Lose the engine's state of this stack without touching the cloud."""
        self._stack.workspace.remove_stack(self.tier, force=True)

    def _set(self, key: str, value: Any) -> None:
        flat = isinstance(value, str | int | float | bool)
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if flat:
            self._stack.set_config(key, automation.ConfigValue(text))
        else:
            for path, leaf in _leaves(key, value):
                self._stack.set_config(path, automation.ConfigValue(str(leaf)), path=True)


def _leaves(path: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, Mapping):
        return [leaf for key, inner in value.items() for leaf in _leaves(f"{path}.{key}", inner)]
    if isinstance(value, list):
        return [leaf for at, inner in enumerate(value) for leaf in _leaves(f"{path}[{at}]", inner)]
    return [(path, value)]


def _changes(summary: Mapping[Any, int] | None) -> dict[str, int]:
    named = {str(getattr(step, "value", step)): count for step, count in (summary or {}).items()}
    return {step: count for step, count in named.items() if step not in QUIET}


def _drop(_line: str) -> None:
    """The engine's words; a failure carries them in its exception as well."""
