"""The sizes that settings and hour want for living fleets: only `deliver scale` carries them there.

A fleet keeps the sizes it was made with, and scaling moves within them. The actions by the clock
follow the settings with every `pulumi up`.
"""

from dataclasses import dataclass

from stack.document import Document
from stack.refusal import Refused

from ..document.past import weighted
from ..document.record import Sizes, rollout_of
from .actions import SetScheduledSizes
from .capacity import bounded, roomy
from .observed import Fleet, Observed


@dataclass(frozen=True)
class Resize:
    """A fleet whose bounds are to change."""

    release: str
    fleet: Fleet
    sizes: Sizes
    wanted: Sizes  # what was asked for; `sizes` has room for the instances of now

    @property
    def action(self) -> SetScheduledSizes:
        """Give what does it."""
        return SetScheduledSizes(self.release, self.sizes)

    @property
    def line(self) -> str:
        """Tell it to a person."""
        old = f"{self.fleet.min_size} to {self.fleet.max_size}"
        said = f"{self.release}: {old} -> {self.sizes.min_size} to {self.sizes.max_size} instances"
        if self.sizes == self.wanted:
            return said
        return (
            f"{said}; it has {self.fleet.desired} now, and none is taken from its users. "
            f"Once scaling lets them go, scale again for {self.wanted.max_size}"
        )


def resized(document: Document, observed: Observed, scheduled: Sizes) -> list[Resize]:
    """List the fleets with traffic whose bounds are not what they should be now.

    `scheduled` is what the clock means now, as the tier's policy has it.
    """
    if rollout_of(document):
        raise Refused(
            [f"{document.tier}: a rollout is under way; it sets the sizes when it closes."],
            "`deliver status` shows it.",
        )
    found = []
    for name in weighted(document):
        fleet = observed.fleets.get(name)
        if fleet is None or fleet.made != "whole":
            raise Refused(
                [f"The fleet of {name} has traffic, and is not whole."],
                f"Bring the tier up: `pulumi up --stack {document.tier}`.",
            )
        wanted = bounded(scheduled, document.floors.get(name, 0))
        sizes = roomy(wanted, fleet.desired)
        if (fleet.min_size, fleet.max_size) != (sizes.min_size, sizes.max_size):
            found.append(Resize(name, fleet, sizes, wanted))
    return found
