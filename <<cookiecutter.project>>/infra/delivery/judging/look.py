"""What a gate looks like now: what a judge answers with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..deciding.gates import Gate, Verdict
from ..deciding.observed import Observed
from ..driving.events import Measured


@dataclass(frozen=True)
class Look:
    """What a gate looks like now. Without a verdict it goes on."""

    verdict: Verdict | None = None
    measured: Mapping[str, Measured] = field(default_factory=dict)  # by release
    alarms: tuple[str, ...] = ()  # of all the tier's fleets: names of those in ALARM
    waits_for: str = ""


def failed(gate: Gate, *reasons: str) -> Look:
    """Give the look of a gate that does not hold."""
    return Look(Verdict(gate, passed=False, reason="; ".join(reasons)))


def lacking(floors: Mapping[str, int], observed: Observed) -> str:
    """Say which fleets have too few healthy instances."""
    return ", ".join(
        f"{name}: {healthy} of {floor} healthy"
        for name, floor in floors.items()
        if (healthy := healthy_of(name, observed)) < floor
    )


def healthy_of(name: str, observed: Observed) -> int:
    """Tell how many healthy instances a fleet has; one that is half made has none."""
    fleet = observed.fleets.get(name)
    return fleet.healthy if fleet and fleet.made == "whole" else 0
