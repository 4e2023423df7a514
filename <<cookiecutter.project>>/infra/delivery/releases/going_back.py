"""Rollback: which release to go back to, and how fast that can be."""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Literal

from stack.document import Document, Release
from stack.names import release_number
from stack.refusal import Refused

from ..deciding.observed import Observed
from ..document.past import ever_live, settled, stood, weighted
from ..document.record import Rollout, rollout_of
from ..place import Place
from .releasing import again, check_still_there

# Releases that are looked back on: each is some twenty versions of the document to read, and this
# is a moment to be quick in. Further back is asked for by name.
REMEMBERED = 8

# abort    a rollout is under way and brought the release: it is aborted, one call to the balancer.
# weights  the fleet still stands: a rollout that only moves traffic.
# release  the fleet is gone: its content goes out again, under the next number.
Way = Literal["abort", "weights", "release"]


@dataclass(frozen=True)
class Return:
    """A way back."""

    way: Way
    name: str  # of the release whose content is meant
    content: Release  # for `release` a new one, else that which stands


def way_back(place: Place, document: Document, observed: Observed, to: str | None = None) -> Return:
    """Find the way back to the release before, or to the one that is named."""
    rollout = rollout_of(document)
    if rollout:
        return _out_of(document.tier, rollout, to)
    standing = _standing(document, observed)
    now = weighted(document)
    if not now:
        raise Refused(
            [f"{place.names.tier} has no release; there is nothing to go back from."],
            f"Deploy one: `deliver deploy {place.names.tier}`.",
        )
    if to and now.keys() == {to}:
        raise Refused([f"{to} has all the traffic already."], "Name another with --to.")
    if to is None:
        to = _last_before(document.leading or "", standing)
    if to in standing:
        return Return("weights", to, document.releases[to])
    name, former = _named(place, to) if to else _before(place, document)
    check_still_there(place, former)
    return Return("release", name, again(former, observed.now))


def _out_of(tier: str, rollout: Rollout, to: str | None) -> Return:
    """Go back from a rollout that is under way: to where it started."""
    start = rollout.start
    if not start.weights:
        raise Refused(
            [f"{rollout.release} is the tier's first release; there is none to go back to."],
            "`deliver abort` undoes it.",
        )
    leading = max(start.weights, key=lambda name: (start.weights[name], release_number(name)))
    if to not in (None, leading):
        raise Refused(
            [f"A rollout of {rollout.release} is under way; it can only go back to {leading}."],
            f"Abort it first: `deliver abort {tier}`.",
        )
    return Return("abort", leading, start.releases[leading])


def _standing(document: Document, observed: Observed) -> list[str]:
    """List the releases whose fleets are whole, the oldest first."""
    return [
        name
        for name, _ in document.ordered
        if name in observed.fleets and observed.fleets[name].made == "whole"
    ]


def _last_before(leading: str, standing: list[str]) -> str | None:
    """Name the newest standing release that is older than the one with the traffic."""
    older = [name for name in standing if release_number(name) < release_number(leading)]
    return older[-1] if older else None


def _before(place: Place, document: Document) -> tuple[str, Release]:
    """Find the last good release before the one that is live."""
    found = list(islice(settled(place.store.history()), REMEMBERED))
    good = [each for each in stood(reversed(found)) if each[0] not in weighted(document)]
    if not good:
        raise Refused(
            [f"{place.names.tier}: no former release is known that had all the traffic."],
            "`deliver history` tells what there was; name one with --to.",
        )
    return good[-1]


def _named(place: Place, name: str) -> tuple[str, Release]:
    """Find a former release by its name; one that never had traffic has proven nothing."""
    for found, release in ever_live(place.store.history()):
        if found == name:
            return name, release
    raise Refused(
        [f"{place.names.tier}: {name} never had traffic, or its history is gone."],
        "`deliver history` tells which ones had.",
    )


def restarted(place: Place, document: Document, now: datetime) -> Release:
    """Make the live release again: the same build, image, secrets and machines, new instances.

    What the settings say meanwhile does not enter it; `deploy` is for that.
    """
    if rollout_of(document):
        raise Refused(
            [f"{place.names.tier}: a rollout is under way."],
            "End it first: `deliver resume` or `deliver abort`.",
        )
    live = weighted(document)
    match list(live):
        case [only]:
            release = document.releases[only]
        case []:
            raise Refused([f"{place.names.tier} has no release; there is nothing to restart."])
        case _:
            raise Refused(
                [f"{place.names.tier}: {', '.join(live)} share the traffic."],
                "A restart needs one that has it all.",
            )
    check_still_there(place, release)
    return again(release, now)
