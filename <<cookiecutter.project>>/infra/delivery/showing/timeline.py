"""What became of a tier over time, from the record of its rollouts: weights, sizes, and why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from ..deciding.observed import Fleet
from ..document.record import at
from ..driving.events import Began, Ended, Event, Seen, Stepped, Turned
from .sentences import ordered, plain, weights_said
from .situation import Situation, situation_after

type Kind = Literal["begin", "step", "alarm", "turn", "end"]


@dataclass(frozen=True)
class Sight:
    """The tier from a moment on, until the next sight."""

    at: datetime
    weights: Mapping[str, int]  # those above 0
    fleets: Mapping[str, Fleet]


@dataclass(frozen=True)
class Mark:
    """Something that a person would want to see the time of."""

    at: datetime
    kind: Kind
    words: str


@dataclass(frozen=True)
class Timeline:
    """All that is drawn. Its sights and marks are in the order of time."""

    title: str
    sights: tuple[Sight, ...]
    marks: tuple[Mark, ...]
    versions: Mapping[str, str]  # of the releases that came while it was recorded

    @property
    def start(self) -> datetime:
        """Give the time at which it begins."""
        return self.marks[0].at

    @property
    def end(self) -> datetime:
        """Give the time at which it ends; it is never empty."""
        last = [self.marks[-1].at, *(each.at for each in self.sights[-1:])]
        return max(*last, self.start + timedelta(seconds=1))

    @property
    def releases(self) -> list[str]:
        """Give the releases that had traffic or a fleet, the oldest first."""
        names = {name for each in self.sights for name in (*each.weights, *each.fleets)}
        return ordered(dict.fromkeys(names))

    @property
    def most(self) -> int:
        """Give the largest size that a fleet had or should have had."""
        sizes = (
            max(fleet.desired, fleet.healthy)
            for each in self.sights
            for fleet in each.fleets.values()
        )
        return max([1, *sizes])

    @property
    def data(self) -> dict[str, Any]:
        """Tell it to a program."""
        return {
            "title": self.title,
            "marks": [
                {"at": at(mark.at), "kind": mark.kind, "words": mark.words} for mark in self.marks
            ],
            "sights": [
                {
                    "at": at(each.at),
                    "weights": dict(each.weights),
                    "fleets": {name: asdict(fleet) for name, fleet in each.fleets.items()},
                }
                for each in self.sights
            ],
        }

    def spans(self) -> Iterator[tuple[Sight, datetime, datetime]]:
        """Give each sight with its beginning and its end."""
        ends = [*(each.at for each in self.sights[1:]), self.end]
        for sight, end in zip(self.sights, ends, strict=True):
            yield sight, sight.at, end

    def sight(self, moment: datetime) -> Sight | None:
        """Give what was seen last at that moment."""
        return next((each for each in reversed(self.sights) if each.at <= moment), None)


def timeline_of(events: Sequence[Event]) -> Timeline:
    """Make the timeline of a record, of one rollout or of several in a row."""
    begun = [each for each in events if isinstance(each, Began)]
    tiers = list(dict.fromkeys(each.tier for each in begun))
    which = list(dict.fromkeys(f"{each.strategy} of {each.release}" for each in begun))
    events = list(_in_order(events))
    return Timeline(
        title=plain(f"{', '.join(tiers)}: {', '.join(which)}"),
        sights=tuple(_sights(events)),
        marks=tuple(_marks(events)),
        versions={each.release: each.version for each in begun},
    )


def _in_order(events: Iterable[Event]) -> Iterator[Event]:
    """Let no event be before the one that was told before: clocks are whole seconds."""
    last: datetime | None = None
    for event in events:
        last = max(last, event.at) if last else event.at
        yield replace(event, at=last)


def _sights(events: Iterable[Event]) -> list[Sight]:
    """Give what was seen, once for as long as it stayed so; of one moment the last."""
    sights: list[Sight] = []
    for event in events:
        fleets = sights[-1].fleets if sights else {}
        if isinstance(event, Seen):
            sight = Sight(event.at, _some(event.weights or {}), event.fleets)
        elif isinstance(event, Ended):
            sight = Sight(event.at, _some(event.weights), fleets)
        else:
            continue
        if sights and sights[-1].at == sight.at:
            sights.pop()
        if not sights or (sight.weights, sight.fleets) != (sights[-1].weights, sights[-1].fleets):
            sights.append(sight)
    return sights


def _some(weights: Mapping[str, int]) -> dict[str, int]:
    return {name: weight for name, weight in weights.items() if weight}


def _marks(events: Iterable[Event]) -> Iterator[Mark]:
    situation: Situation | None = None
    told: set[str] = set()  # alarms of this rollout
    for event in events:
        before, situation = situation, situation_after(situation, event)
        match event:
            case Began():
                told = told if event.resumed else set()
                goes = " goes on" if event.resumed else f": {event.why}"
                what = f"{event.strategy} of {event.release} ({event.version}){goes}"
                yield Mark(event.at, "begin", plain(what))
            case Stepped() if words := _step(event, before):
                yield Mark(event.at, "step", words)
            case Seen():
                new = [each for each in event.alarms if each not in told]
                yield from (Mark(event.at, "alarm", plain(f"ALARM {each}")) for each in new)
                told.update(new)
            case Turned() if before is None or before.turned is None:
                yield Mark(event.at, "turn", plain(f"going back: {event.reason}"))
            case Ended(outcome="undone") if situation:  # why is said where it turned
                yield Mark(event.at, "end", f"{situation.began.release} is undone")
            case Ended():
                yield Mark(event.at, "end", plain(event.words))


def _step(event: Stepped, before: Situation | None) -> str:
    """Say a step that moves traffic, migrates or removes fleets; others prepare one of these."""
    if before is None or (event.stage, event.shift) == (before.stage, before.shift):
        return ""
    match event.stage:
        case "shifting":
            return weights_said(before.began.shifts[event.shift][0])
        case "migrating":
            return "; ".join(event.actions)
        case "returning":
            return "traffic goes back to where it was"
        case "closing":
            return "fleets that have no part any more are removed"
        case _:
            return ""
