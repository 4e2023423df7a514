"""What an engine that was killed left half done, as far as a rollout knows how to go on.

After that nobody can say whether AWS has done the last calls. Of a fleet that is being added it
does not matter: its parts have fixed names, so they are found and removed by name, and the content
goes out under the next number. A traffic rule that was made is taken in (adopting.py). A delete is
done again, and so is what is written whole each time it is written. Anything else is for a person.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ..driving.endings import NeedsPerson
from .state import Pending, State

# What else a rollout may touch, as changes.py has it.
DOCUMENTED = (
    "slipway:dashboard:Dashboard",
    "slipway:role:Role",
    "slipway:maintenance:Maintenance",
    "slipway:schedules:Schedules",
)
TRAFFIC = "slipway:traffic:Traffic"
# Put under their names: a second time is no second one ("PutScheduledUpdateGroupAction" and
# "PutScalingPolicy" in the Amazon EC2 Auto Scaling API Reference, "PutMetricAlarm" in that of
# CloudWatch).
PUT = frozenset(
    {
        "aws:autoscaling/schedule:Schedule",
        "aws:autoscaling/policy:Policy",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
    }
)


@dataclass(frozen=True)
class Interrupted:
    """The operations that were going on, all of them understood."""

    creates: tuple[Pending, ...] = ()  # of a fleet that was being added
    others: tuple[Pending, ...] = ()  # the next `up` does them again, once they are forgotten

    @property
    def all(self) -> tuple[Pending, ...]:
        """Give them all."""
        return (*self.creates, *self.others)

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self.all)


class Unfinished(NeedsPerson):
    """A create was interrupted, and nobody has removed yet what it may have made."""


def understood(
    state: State, tier: str, adds: Collection[str] = (), removes: Collection[str] = ()
) -> Interrupted:
    """Sort what is pending; refuse if something of it is not understood."""
    creates = [each for each in state.pending if _is_new(each, adds)]
    others = [
        each
        for each in state.pending
        if each not in creates and _is_done_again(each, {*adds, *removes})
    ]
    strange = [each for each in state.pending if each not in creates and each not in others]
    if strange:
        raise NeedsPerson([f"{each}: {each.urn.text}." for each in strange], _advice(tier))
    return Interrupted(tuple(creates), tuple(others))


def check_finished(state: State, tier: str) -> None:
    """Refuse where a create was interrupted: the engine would only make the same once more."""
    creates = [each for each in state.pending if each.what == "creating"]
    if creates:
        raise Unfinished([f"{each}." for each in creates], _advice(tier))


def _is_new(pending: Pending, adds: Collection[str]) -> bool:
    urn = pending.urn
    return pending.what == "creating" and urn.release in adds and urn.kind not in PUT


def _is_done_again(pending: Pending, releases: Collection[str]) -> bool:
    urn = pending.urn
    ours = urn.release in releases or urn.component in DOCUMENTED
    match pending.what:
        case "creating":
            # An abort also puts back what a close has taken from the fleet that stays.
            return urn.component == TRAFFIC or (urn.release is not None and urn.kind in PUT)
        case "updating":
            return ours
        case "deleting":
            return ours or urn.component == TRAFFIC
    return False


def _advice(tier: str) -> str:
    return (
        "Pulumi was killed meanwhile, and does not know whether AWS did it. Look for it on AWS, by "
        f"its name; then `pulumi refresh --stack {tier}` asks for each what to do."
    )


def names(pending: Iterable[Pending]) -> str:
    """Name what was interrupted, for a line."""
    return ", ".join(sorted(each.urn.name for each in pending))
