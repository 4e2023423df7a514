"""One difference between a tier and what is written about it, in words for a person."""

from dataclasses import dataclass
from typing import Literal

Cause = Literal["clock", "load", "rollout", "hand"]


@dataclass(frozen=True)
class Difference:
    """What differs, what explains it, what to do."""

    about: str  # a release, traffic or maintenance
    differs: str
    cause: Cause
    because: str
    todo: str = "nothing to do"

    @classmethod
    def hand(cls, about: str, differs: str, todo: str) -> "Difference":
        """Make one that nothing explains."""
        return cls(about, differs, "hand", "neither clock nor load nor a rollout does that", todo)

    @property
    def by_hand(self) -> bool:
        """Tell whether a person has to look at it."""
        return self.cause == "hand"

    @property
    def line(self) -> str:
        """Tell it to a person."""
        cause = "by hand" if self.by_hand else self.cause
        return f"{self.about}: {self.differs}. {cause.capitalize()}: {self.because}; {self.todo}."
