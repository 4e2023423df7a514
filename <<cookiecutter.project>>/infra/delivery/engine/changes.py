"""What a preview shows, and what of it may be done by a rollout.

A rollout brings fleets and takes them away. With them some of the rest follows the document: it is
listed here, by Pulumi's names. Everything else is a change of settings, of the project's code or of
the SDK: it goes by an `up` of its own, so that nothing but the release can be the cause of what the
gates see. docs/delivery.md tells it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from stack.document import Document
from stack.refusal import Refused

from .state import State
from .urns import Urn

if TYPE_CHECKING:
    from pulumi.automation import StepEventMetadata

UNTOUCHED = ("same", "read", "refresh")
REPLACEMENT = ("replace", "create-replacement", "delete-replaced")
# The sizes of an action by the clock are the fleet's floor, which the document may set.
SIZES = frozenset({"minSize", "maxSize", "desiredCapacity"})
TAGS = frozenset({"tags", "tagsAll"})
WOULD = {"create": "made", "update": "changed", "delete": "deleted", "replace": "replaced"}


class ForeignChange(Refused):
    """The preview shows what does not belong to the rollout."""


@dataclass(frozen=True)
class Change:
    """One resource that the engine would touch."""

    urn: Urn
    op: str  # create, update, delete, replace, or one of the engine's rarer words
    because: tuple[str, ...] = ()  # the properties that differ
    starts: datetime | None = None  # of an action by the clock that happens once

    @property
    def name(self) -> str:
        """Give the name that the program has for it."""
        return self.urn.name

    @property
    def line(self) -> str:
        """Tell it to a person."""
        why = f" because of {', '.join(self.because)}" if self.because else ""
        return f"{self.urn} would be {WOULD.get(self.op, self.op)}{why}."


class Heard:
    """Takes the steps that the engine tells, and gives them as changes."""

    def __init__(self) -> None:
        self._found: dict[str, Change] = {}

    def step(self, step: "StepEventMetadata") -> None:
        """Take one. Of a replacement there are several; components are nothing on AWS."""
        state = step.new or step.old
        if step.op.value in UNTOUCHED or not (state and state.custom):
            return
        kind = "replace" if step.op.value in REPLACEMENT else step.op.value
        keys = step.keys if kind == "replace" else (step.detailed_diff or step.diffs)
        self._found.setdefault(
            step.urn,
            Change(
                Urn(step.urn),
                kind,
                tuple(sorted({_property(key) for key in keys or ()})),
                _moment((step.old.inputs if step.old else None) or {}),
            ),
        )

    @property
    def changes(self) -> list[Change]:
        """Give them by name."""
        return sorted(self._found.values(), key=lambda each: (each.name, each.urn.text))


def _property(path: str) -> str:
    """Give tags of tags.team, and defaultActions of defaultActions[0].type."""
    return path.replace("[", ".").partition(".")[0]


def _moment(inputs: Mapping[str, object]) -> datetime | None:
    start = inputs.get("startTime")
    return datetime.fromisoformat(start) if isinstance(start, str) else None


@dataclass(frozen=True)
class Bounds:
    """What a run of the engine may touch."""

    document: Document
    state: State
    adds: tuple[str, ...] = ()
    removes: tuple[str, ...] = ()

    def check(self, changes: Iterable[Change], tier: str) -> None:
        """Refuse what is outside, all of it at once."""
        foreign = [each for each in changes if not self.has(each)]
        if foreign:
            raise ForeignChange(
                [each.line for each in foreign],
                "It does not belong to the rollout: look at it, and bring it about first, with "
                f"`pulumi up --stack {tier}`.",
            )

    def has(self, change: Change) -> bool:
        """Tell whether a change belongs to the rollout, or follows from its document."""
        release = change.urn.release
        if change.op == "replace":
            return False
        if change.op == "delete":
            return release in self.removes or self._follows(change)
        return release in (*self.adds, *self.removes) or self._follows(change)

    def _follows(self, change: Change) -> bool:  # noqa: PLR0911 a line for each component
        match change.urn.component:
            case "slipway:dashboard:Dashboard":
                return change.op == "update"
            case "slipway:role:Role":  # a secret comes with a release, or goes
                return change.name == "instance-rights" and change.because == ("policy",)
            case "slipway:traffic:Traffic":  # its weights are never the engine's to change
                return change.op == ("create" if self.document.weights else "delete")
            case "slipway:maintenance:Maintenance":
                return self._follows_maintenance(change)
            case "slipway:schedules:Schedules":
                return self._follows_schedules(change)
            case "slipway:scaling:Scaling" | "slipway:alarms:Alarms":
                # A close that was cut off begins with these; when it is undone they come back.
                return change.op == "create" and change.urn.release in self.document.releases
        return False

    def _follows_maintenance(self, change: Change) -> bool:
        """Tell whether it comes, goes or leads elsewhere because the document has it so."""
        on = self.document.maintenance is not None
        token = change.name == "maintenance-token"
        wanted = on and not (token and self.document.leading is None)
        if change.op == "update":
            return wanted and not TAGS & {*change.because}
        return change.op == ("create" if wanted else "delete")

    def _follows_schedules(self, change: Change) -> bool:
        """Tell whether it is about an event, which is for fleets with traffic and ends."""
        release = change.urn.release
        if release not in self.document.releases:
            return False
        if change.op == "update":
            return bool(change.because) and {*change.because} <= SIZES
        if change.op == "delete" and change.starts and change.starts <= datetime.now(UTC):
            return True
        has_traffic = bool(self.document.weights.get(release))
        return change.op == (
            "create" if has_traffic else "delete"
        ) and has_traffic != self.state.has_traffic(release)
