"""What Pulumi has in its state of a tier. It holds secrets as ciphertext, and stays in memory."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from .urns import Urn

ROOT = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class Resource:
    """A resource that the state knows."""

    urn: Urn
    protected: bool


@dataclass(frozen=True)
class Pending:
    """What the engine was doing to a resource when it was killed."""

    urn: Urn
    what: str  # creating, updating, deleting and so on

    def __str__(self) -> str:
        """Tell it to a person."""
        return f"{self.urn} was left {self.what}"


@dataclass(frozen=True)
class State:
    """The state as it was exported."""

    text: str = field(repr=False)
    resources: tuple[Resource, ...]
    pending: tuple[Pending, ...]
    outputs: Mapping[str, Any]  # of the last `up`

    @property
    def made(self) -> bool:
        """Tell whether there is anything of the tier."""
        return any(each.urn.component.startswith("slipway:") for each in self.resources)

    @property
    def root(self) -> Urn | None:
        """Give the stack as a resource, once it was brought up."""
        return next((each.urn for each in self.resources if each.urn.kind == ROOT), None)

    def has_traffic(self, release: str) -> bool:
        """Tell whether the last `up` knew the release with a weight."""
        return bool(self.outputs.get("releases", {}).get(release))

    def protected(
        self, *, release: str | None = None, components: Collection[str] = ()
    ) -> list[str]:
        """List what is protected of a release's fleet, or of components."""
        return [
            each.urn.text
            for each in self.resources
            if each.protected
            and (
                each.urn.component in components
                or (release is not None and each.urn.release == release)
            )
        ]


def parse_state(text: str) -> State:
    """Read what `pulumi stack export` writes."""
    deployment = json.loads(text).get("deployment") or {}
    resources = deployment.get("resources") or []
    pending = deployment.get("pending_operations") or []
    roots = [each for each in resources if each["type"] == ROOT]
    return State(
        text=text,
        resources=tuple(
            Resource(Urn(each["urn"]), bool(each.get("protect"))) for each in resources
        ),
        pending=tuple(Pending(Urn(each["resource"]["urn"]), each["type"]) for each in pending),
        outputs=(roots[0].get("outputs") or {}) if roots else {},
    )
