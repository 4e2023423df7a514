"""What a step does, as data. Whoever carries it out can do each again: none adds to another."""

from dataclasses import dataclass

from ..document.record import Sizes


@dataclass(frozen=True)
class Up:
    """Run the engine: the document's fleets exist afterwards, and no others.

    It may touch `adds` and `removes` and what follows the weights; a preview that shows anything
    else is refused. Just before it removes, look once more: while the balancer gives traffic to one
    of `removes` (and the document has weights), do not act, and ask for the next step.
    """

    adds: tuple[str, ...] = ()
    removes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SetSizes:
    """Set a fleet's bounds. AWS moves the desired size into them, and nothing else moves it.

    So load that scaled the fleet since we looked is respected. ("UpdateAutoScalingGroup" in the
    Amazon EC2 Auto Scaling API Reference: a minimum above the size raises it.)
    """

    fleet: str
    min_size: int
    max_size: int


@dataclass(frozen=True)
class SetScheduledSizes:
    """Set the sizes that the clock means now; where it is off, the desired size is 0, too."""

    fleet: str
    sizes: Sizes


@dataclass(frozen=True)
class SetWeights:
    """Move traffic: one call to the balancer. Zero seconds means not sticky."""

    weights: tuple[tuple[str, int], ...]
    sticky_seconds: int = 0


@dataclass(frozen=True)
class SuspendSchedules:
    """Keep the clock from a fleet's sizes."""

    fleet: str


@dataclass(frozen=True)
class ResumeSchedules:
    """Let the clock set a fleet's sizes again."""

    fleet: str


@dataclass(frozen=True)
class RunAdmin:
    """Run a command of a release's own on one instance of its fleet; it must end with 0.

    Of two at once one waits, and a second run does no harm: both are the command's own duty.
    """

    fleet: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Unprotect:
    """Let the engine delete a fleet."""

    fleet: str


@dataclass(frozen=True)
class UnprotectTraffic:
    """Let the engine delete the traffic rule: the first release of a tier is being undone."""


@dataclass(frozen=True)
class RemoveTraffic:
    """Remove the traffic rule by its place: the engine may not know that it is there."""


@dataclass(frozen=True)
class RemoveLeftovers:
    """Remove by name what is left of a fleet and the engine does not know; often nothing."""

    fleet: str


Action = (
    Up
    | SetSizes
    | SetScheduledSizes
    | SetWeights
    | SuspendSchedules
    | ResumeSchedules
    | RunAdmin
    | Unprotect
    | UnprotectTraffic
    | RemoveTraffic
    | RemoveLeftovers
)
