"""The live state, as far as the next step depends on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ..document.record import Sizes
from .gates import Verdict


@dataclass(frozen=True)
class Fleet:
    """What AWS says of one fleet."""

    made: Literal["part", "whole"] = "whole"  # part: something of that name exists, not all
    min_size: int = 0
    desired: int = 0
    max_size: int = 0
    healthy: int = 0  # targets that the balancer calls healthy
    suspended: bool = False  # whether the clock is kept from its sizes


@dataclass(frozen=True)
class Observed:
    """The tier as it is now."""

    now: datetime
    weights: Mapping[str, int] | None  # of the traffic rule, those above 0; None: there is no rule
    fleets: Mapping[str, Fleet]  # also those that the document does not name
    sticky_seconds: int = 0
    verdict: Verdict | None = None  # on the gate of the step before, if this run carried it out


@dataclass(frozen=True)
class Policy:
    """What the tier's settings and the hour say."""

    scheduled: Sizes  # that the clock means now
    max_size: int  # of a fleet, in ordinary hours
    ready_seconds: int  # a fleet that is not healthy by then will not be
    least_requests: int  # fewer prove nothing about a share of failures
    quiet_seconds: int  # that a bake waits longer for them
    pass_quiet: bool  # whether a release passes that hardly anybody asked
    attended_seconds: int  # a longer wait is left to a later `resume`
