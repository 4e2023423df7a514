"""How a tier stands: what its document says, beside what AWS says."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stack.document import Document
from stack.names import release_number

from ..deciding.observed import Fleet, Observed
from ..document.record import Lease, Rollout, at, lease_of, rollout_of


@dataclass(frozen=True)
class Line:
    """A release, or a fleet that no release of the document has."""

    name: str
    version: str | None  # None: the document does not name it
    weight: int  # by the balancer
    meant: int  # by the document
    fleet: Fleet | None  # None: there is none


@dataclass(frozen=True)
class Status:
    """A tier, as it is now."""

    tier: str
    now: datetime
    lines: tuple[Line, ...]
    rollout: Rollout | None
    lease: Lease | None  # None too where it has run out
    maintenance: bool
    sticky_seconds: int

    @property
    def data(self) -> dict[str, Any]:
        """Tell it to a program."""
        return {
            "tier": self.tier,
            "at": at(self.now),
            "releases": {each.name: _data(each) for each in self.lines},
            "sticky_seconds": self.sticky_seconds,
            "rollout": _rollout(self.rollout) if self.rollout else None,
            "lease": self.lease.model_dump(mode="json") if self.lease else None,
            "maintenance": self.maintenance,
        }

    @property
    def differs(self) -> list[str]:
        """List what the document and AWS do not agree on."""
        problems = []
        for each in self.lines:
            if each.version is None:
                problems.append(f"{each.name}: a fleet, or a part of one, that no release has.")
            elif each.fleet is None:
                problems.append(f"{each.name}: its fleet is not there.")
            elif each.fleet.made == "part":
                problems.append(f"{each.name}: only a part of its fleet is there.")
            if each.weight != each.meant:
                problems.append(
                    f"{each.name}: the balancer gives it {each.weight} %, "
                    f"the document {each.meant} %."
                )
        return problems


def status(document: Document, observed: Observed) -> Status:
    """Lay both side by side."""
    lease = lease_of(document)
    names = sorted(document.releases.keys() | observed.fleets.keys(), key=release_number)
    return Status(
        tier=document.tier,
        now=observed.now,
        lines=tuple(
            Line(
                name=name,
                version=document.releases[name].build.version
                if name in document.releases
                else None,
                weight=(observed.weights or {}).get(name, 0),
                meant=document.weights.get(name, 0),
                fleet=observed.fleets.get(name),
            )
            for name in names
        ),
        rollout=rollout_of(document),
        lease=lease if lease and lease.expires > observed.now else None,
        maintenance=document.maintenance is not None,
        sticky_seconds=observed.sticky_seconds,
    )


def _data(line: Line) -> dict[str, Any]:
    fleet = line.fleet
    return {
        "version": line.version,
        "weight": line.weight,
        "weight_in_document": line.meant,
        "fleet": fleet
        and {
            "made": fleet.made,
            "healthy": fleet.healthy,
            "desired": fleet.desired,
            "min_size": fleet.min_size,
            "max_size": fleet.max_size,
            "schedules_suspended": fleet.suspended,
        },
    }


def _rollout(rollout: Rollout) -> dict[str, Any]:
    return {
        "release": rollout.release,
        "strategy": rollout.strategy,
        "intent": rollout.intent,
        "stage": rollout.stage,
        "shift": rollout.shift + 1,
        "shifts": len(rollout.shifts),
        "since": at(rollout.since),
        "held_until": at(rollout.held_until) if rollout.held_until else None,
        "reason": rollout.reason,
        "who": rollout.who,
        "why": rollout.why,
        "started": at(rollout.started),
    }
