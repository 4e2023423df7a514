"""What must hold before the next step, as data. A verdict names the gate that it is about.

So a verdict on an earlier gate passes nothing, and a deployer that takes over judges anew.
"""

from dataclasses import dataclass
from datetime import datetime

from ..document.record import Sizes


@dataclass(frozen=True)
class Acted:
    """The step's actions have all succeeded; nothing else is asked."""

    stage: str
    sizes: tuple[tuple[str, Sizes], ...] = ()  # that were set: another hour has other ones


@dataclass(frozen=True)
class Ready:
    """Each fleet has so many healthy targets, in time; `probe` answers right when asked by header.

    It is judged by the balancer's target health, not by the group's opinion.
    """

    floors: tuple[tuple[str, int], ...]
    until: datetime
    probe: str | None = None  # the release, while it has no traffic


@dataclass(frozen=True)
class Bake:
    """From `since` to `until` the new fleet is as good as the old ones and within the limits.

    With fewer requests than `least_requests` it goes on until `latest`; then `pass_quiet` decides.
    """

    release: str
    baseline: tuple[str, ...]
    since: datetime
    until: datetime
    latest: datetime
    least_requests: int
    pass_quiet: bool


@dataclass(frozen=True)
class Hold:
    """Weights stay as they are until then; alarms stop it as they stop a bake."""

    release: str
    since: datetime
    until: datetime


Gate = Acted | Ready | Bake | Hold


@dataclass(frozen=True)
class Verdict:
    """What became of a gate whose step was carried out, by whoever carried it out."""

    gate: Gate
    passed: bool
    reason: str = ""  # of a failure, in words for a person
