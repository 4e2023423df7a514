"""A fleet of the model tier, which follows its sizes as a group of AWS does."""

from dataclasses import dataclass
from typing import Literal

from delivery.deciding.actions import ResumeSchedules, SetScheduledSizes, SetSizes, SuspendSchedules
from delivery.deciding.observed import Fleet

Sizing = SetSizes | SetScheduledSizes | SuspendSchedules | ResumeSchedules


@dataclass
class Machine:
    """A fleet that lives."""

    made: Literal["part", "whole"]
    min_size: int
    desired: int
    max_size: int
    healthy: int = 0
    suspended: bool = False
    protected: bool = True

    def bounded(self) -> None:
        """Move the desired size into the bounds, as AWS does."""
        self.desired = min(max(self.desired, self.min_size), self.max_size)
        self.healthy = min(self.healthy, self.desired)

    def seen(self) -> Fleet:
        """Give what one sees of it."""
        return Fleet(
            self.made, self.min_size, self.desired, self.max_size, self.healthy, self.suspended
        )

    def size(self, action: Sizing) -> None:
        """Take other sizes, or hear of the clock, or no longer."""
        match action:
            case SuspendSchedules():
                self.suspended = True
            case ResumeSchedules():
                self.suspended = False
            case SetSizes():
                self.min_size, self.max_size = action.min_size, action.max_size
                self.bounded()
            case SetScheduledSizes():
                self.min_size, self.max_size = action.sizes.min_size, action.sizes.max_size
                if action.sizes.off:
                    self.desired = self.healthy = 0
                else:
                    self.bounded()
