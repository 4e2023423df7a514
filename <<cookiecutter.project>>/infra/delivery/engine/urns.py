"""Pulumi's names of resources, and which release one belongs to."""

from dataclasses import dataclass

from stack.names import RELEASE_NAME

# What there is of each release; their resources are named <release>-<something>.
OF_A_RELEASE = frozenset(
    f"slipway:{part}"
    for part in ("fleet:Fleet", "scaling:Scaling", "alarms:Alarms", "schedules:Schedules")
)


@dataclass(frozen=True)
class Urn:
    """urn:pulumi:<stack>::<project>::<type of the component>$<type>::<name>."""

    text: str

    @property
    def name(self) -> str:
        """Give the name that the program has for it."""
        return self.text.split("::", 3)[-1]

    @property
    def kind(self) -> str:
        """Give its type."""
        return self._path[-1]

    @property
    def component(self) -> str:
        """Give the type of the outermost component that it is a part of, or is."""
        return self._path[0]

    @property
    def release(self) -> str | None:
        """Give the release whose fleet, or part of one, it is."""
        name = self.name.partition("-")[0]
        owned = self.component in OF_A_RELEASE and RELEASE_NAME.fullmatch(name)
        return name if owned else None

    @property
    def _path(self) -> list[str]:
        return self.text.split("::", 3)[2].split("$")

    def __str__(self) -> str:
        """Name it to a person."""
        return f"{self.name} ({self.kind})"
