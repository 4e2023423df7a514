"""What a step of a rollout is decided from, and what a step is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from stack.document import Document

from ..document.record import Rollout, Shift, Stage, Weights, changed, rollout_of
from .actions import Action, SetWeights, Up
from .gates import Gate
from .observed import Observed, Policy
from .turning import turned_back

FORWARD = ("adding", "raising", "migrating", "shifting")  # stages before the close


@dataclass(frozen=True)
class Step:
    """Write the document, then act, then wait for the gate."""

    document: Document
    actions: tuple[Action, ...]
    gate: Gate
    urgent: bool = False  # users suffer now: act even if the document cannot be written in 2 s


@dataclass(frozen=True)
class View:
    """What a step is decided from."""

    document: Document
    rollout: Rollout
    observed: Observed
    policy: Policy

    def reason_to_abort(self) -> str | None:
        """Say why the release must not go on, if so."""
        rollout, live, verdict = self.rollout, self.observed.weights, self.observed.verdict
        if not self.forward or not self._can_turn:
            return None
        if verdict and not verdict.passed:
            return verdict.reason or "a gate failed"
        expected = self.document.weights.get(rollout.release, 0)
        # No rule at all is no decision against the release: the engine has yet to make it.
        if live is not None and live.get(rollout.release, 0) < expected:
            return (
                f"{rollout.release} has {live.get(rollout.release, 0)} % of the traffic, less than "
                f"the document's {expected} %: it was taken back"
            )
        return None

    @property
    def forward(self) -> bool:
        """Tell whether it is on its way to the goal."""
        return self.rollout.intent == "forward"

    @property
    def _can_turn(self) -> bool:
        """Tell whether all that an abort goes back to is there."""
        return self.rollout.stage in FORWARD or (
            self.rollout.stage == "closing"
            and all(
                name in self.observed.fleets and self.observed.fleets[name].made == "whole"
                for name in self.rollout.start.weights
            )
        )

    @property
    def shift(self) -> Shift:
        """Give the shift that is prepared or watched."""
        return self.rollout.shifts[self.rollout.shift]

    def loose(self, names: Iterable[str]) -> list[str]:
        """List which of these fleets the clock may resize."""
        fleets = self.observed.fleets
        return [name for name in names if name in fleets and not fleets[name].suspended]

    def half_made(self, name: str) -> bool:
        """Tell whether a new release's fleet is there in part only."""
        fleet = self.observed.fleets.get(name)
        return self.rollout.intent == "abort" and fleet is not None and fleet.made == "part"

    def lacking(self, floors: Mapping[str, int]) -> list[str]:
        """List which of these fleets have too few healthy instances."""
        return [name for name, floor in floors.items() if self.healthy(name) < floor]

    def healthy(self, name: str) -> int:
        """Tell how many instances of a fleet are healthy; one that is half made has none."""
        fleet = self.observed.fleets.get(name)
        return fleet.healthy if fleet and fleet.made == "whole" else 0

    def passed(self, gate: Gate) -> bool:
        """Tell whether this very gate was passed."""
        verdict = self.observed.verdict
        return verdict is not None and verdict.passed and verdict.gate == gate

    def enter(self, stage: Stage, shift: int | None = None) -> "View":
        """Go to another stage."""
        rollout = self.rollout.model_copy(
            update={
                "stage": stage,
                "shift": self.rollout.shift if shift is None else shift,
                "since": self.observed.now,
                "held_until": None,
            }
        )
        return replace(self, rollout=rollout)

    def back(self, reason: str) -> "View":
        """Turn round, towards the start."""
        document = turned_back(self.document, reason, self.observed.now)
        rollout = rollout_of(document)
        assert rollout  # noqa: S101 it was there a line ago
        return replace(self, document=document, rollout=rollout)

    def step(self, *actions: Action, gate: Gate, **parts: object) -> Step:
        """Make the step, with the stage and other parts in its document."""
        return Step(changed(self.document, rollout=self.rollout, **parts), actions, gate)

    def moving(self, weights: Weights, sticky_seconds: int = 0) -> list[Action]:
        """List what moves traffic: a call, the engine where the rule is missing, or nothing."""
        live = self.observed
        if live.weights is None:
            return [Up()] if weights else []
        if not weights:
            return []  # a rule forwards somewhere: it goes with its fleet
        if dict(live.weights) == weights and live.sticky_seconds == sticky_seconds:
            return []
        return [SetWeights(tuple(weights.items()), sticky_seconds)]
