"""A run's events as lines, for a log: what is new, and now and then that it goes on."""

from datetime import datetime, timedelta

from ..deciding.gates import Bake, Gate, Hold, Ready
from ..document.record import at
from ..driving.events import Began, Ended, Event, Seen, Stepped, Turned
from .sentences import (
    duration_said,
    fleet_said,
    gate_said,
    measured_said,
    ordered,
    plain,
    stage_said,
    weights_said,
)
from .situation import Situation, situation_after

EVERY = timedelta(minutes=1)


class Lines:
    """Gives the line that an event is worth, if it is."""

    def __init__(self) -> None:
        self._situation: Situation | None = None
        self._said: tuple[object, ...] = ()
        self._when: datetime | None = None  # the tier was last told of

    def of(self, event: Event) -> str | None:
        """Give the event's line; none where it says what was said before."""
        before = self._situation
        self._situation = situation_after(before, event)
        words = self._words(event, before)
        return plain(f"{at(event.at)}  {words}") if words else None

    def _words(self, event: Event, before: Situation | None) -> str | None:
        match event:
            case Began():
                return began_said(event)
            case Stepped():
                return self._step(event, before)
            case Seen():
                return self._sight(event)
            case Turned():
                return f"going back: {event.reason}"
            case Ended():
                return f"{event.words}; traffic: {weights_said(event.weights)}"

    def _step(self, event: Stepped, before: Situation | None) -> str | None:
        new = before is None or (event.stage, event.shift) != (before.stage, before.shift)
        if not new and not event.actions:
            return None
        parts = [self._stage(event)] if new else []
        return ": ".join([*parts, *(["; ".join(event.actions)] if event.actions else [])])

    def _stage(self, event: Stepped) -> str:
        if self._situation is None:
            return event.stage
        began = self._situation.began
        return stage_said(event.stage, began.release, began.shifts[event.shift][0])

    def _sight(self, event: Seen) -> str | None:
        this = (event.weights, event.fleets, event.gate, event.alarms)
        if this == self._said and self._when and event.at - self._when < EVERY:
            return None
        told = self._said[2:3] == (event.gate,)  # what must hold was said in full
        self._said, self._when = this, event.at
        fleets = [
            f"{name} {(event.weights or {}).get(name, 0)} %, {fleet_said(event.fleets[name])}"
            for name in ordered(event.fleets)
        ]
        counted = [
            f"{name} had {measured_said(event.measured[name])}" for name in ordered(event.measured)
        ]
        gate = [_left(event) if told else _gate(event), waits_said(event)]
        alarms = [f"ALARM {name}" for name in event.alarms]
        return "; ".join(each for each in (*alarms, *fleets, *counted, *gate) if each)


def began_said(event: Began) -> str:
    """Say what begins: which release goes where, how, by whom and why."""
    what = f"{event.strategy} of {event.release} ({event.version}) in {event.tier}"
    goes = " goes on" if event.resumed else ""
    steps = "; ".join(
        weights_said(weights) + (f" for {duration_said(seconds)}" if seconds else "")
        for weights, seconds in event.shifts
    )
    return f"{what}{goes}, by {event.who}: {event.why}. Steps: {steps}"


def left_said(gate: Gate, now: datetime) -> str:
    """Say how much time a gate still takes, if it has one."""
    if not isinstance(gate, Ready | Bake | Hold):
        return ""
    if isinstance(gate, Bake) and now >= gate.until:
        return f"at most {duration_said((gate.latest - now).total_seconds())} more"
    return f"{duration_said((gate.until - now).total_seconds())} left"


def waits_said(event: Seen) -> str:
    """Say what a gate lacks."""
    return f"waits for {event.waits_for}" if event.waits_for else ""


def _gate(event: Seen) -> str:
    return gate_said(event.gate) if event.gate else ""


def _left(event: Seen) -> str:
    return left_said(event.gate, event.at) if event.gate else ""
