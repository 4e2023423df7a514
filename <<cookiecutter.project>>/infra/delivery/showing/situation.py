"""Where a rollout stands, from what its run has told so far."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from ..document.record import Stage
from ..driving.events import Began, Ended, Event, Seen, Stepped, Turned
from .sentences import weights_said

type State = Literal["done", "now", "next", "not done"]


@dataclass(frozen=True)
class Mark:
    """A step on the way, as a person counts them."""

    words: str
    watched_seconds: int
    state: State


@dataclass(frozen=True)
class Situation:
    """All that a view of a rollout needs."""

    began: Began
    stage: Stage | None = None
    shift: int = 0
    actions: tuple[str, ...] = ()
    seen: Seen | None = None
    turned: Turned | None = None
    ended: Ended | None = None

    @property
    def at(self) -> datetime:
        """Give the time of the newest thing known."""
        known = (self.began, self.seen, self.turned, self.ended)
        return max(each.at for each in known if each)

    @property
    def back(self) -> bool:
        """Tell whether it goes back to its start."""
        return self.turned is not None or self.stage == "returning"

    def after(self, event: Event) -> "Situation":
        """Give the situation when this has been told, too."""
        match event:
            case Began(resumed=True) if event.release == self.began.release:
                return replace(self, began=event, ended=None)
            case Began():
                return Situation(event)
            case Stepped():
                return replace(self._onward(event), actions=event.actions)
            case Seen():
                return replace(self, seen=event)
            case Turned():
                return replace(self, turned=self.turned or event)
            case Ended():
                return replace(self, ended=event)

    def _onward(self, event: Stepped) -> "Situation":
        """Go to the step's stage; what the one before waited for is over."""
        if (event.stage, event.shift) == (self.stage, self.shift):
            return self
        seen = self.seen and replace(self.seen, gate=None, waits_for="")
        return replace(self, stage=event.stage, shift=event.shift, seen=seen)


def situation_after(situation: Situation | None, event: Event) -> Situation | None:
    """Give the situation after an event; none as long as nothing has begun."""
    if situation:
        return situation.after(event)
    return Situation(event) if isinstance(event, Began) else None


def track(situation: Situation) -> list[Mark]:
    """List the steps of the rollout: those that are over, that of now, and what is to come."""
    began = situation.began
    labels = [
        (f"make {began.release} ready", 0),
        *((weights_said(weights), seconds) for weights, seconds in began.shifts),
    ]
    reached, closing = _reached(situation), situation.stage in ("closing", "settling")
    marks = [
        Mark(words, seconds, _state(place, reached, back=situation.back))
        for place, (words, seconds) in enumerate(labels)
    ]
    over = situation.ended is not None and situation.ended.outcome in ("done", "undone")
    if situation.back:
        state: State = "done" if over or closing else "now"
        marks.append(Mark("traffic back to where it was", 0, state))
    state = "done" if over else "now" if closing else "next"
    return [*marks, Mark("remove what has no part any more", 0, state)]


def _reached(situation: Situation) -> int:
    """Give the place of the step that the way forward has come to."""
    match situation.stage:
        case None:
            return -1
        case "adding":
            return 0
        case "closing" | "settling" if not situation.back:
            return 1 + len(situation.began.shifts)
        case _:
            return 1 + situation.shift


def _state(place: int, reached: int, *, back: bool) -> State:
    if place < reached:
        return "done"
    if back:
        return "not done"
    return "now" if place == reached else "next"
