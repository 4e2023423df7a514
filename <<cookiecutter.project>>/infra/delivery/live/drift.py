"""Where a tier differs from its document and settings, and what explains it.

The clock, load and rollouts change a living tier all the time: what they did is no trouble. What
none of them explains was done by hand, or left by something that died; a person decides on that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from stack.document import Document
from stack.names import release_number
from stack.rules import RELEASE_HEADER

from ..deciding.observed import Observed
from ..document.past import weighted
from ..document.record import Rollout, at, rollout_of
from ..showing.sentences import duration_said, ordered, weights_said
from .drift_sizes import Hours, sizes
from .drifted import Difference
from .forwarding import header_values, maintenance_page, maintenance_token
from .live import Sight


@dataclass(frozen=True)
class Drift:
    """All differences of a tier."""

    tier: str
    observed: Observed
    differences: tuple[Difference, ...]

    @property
    def explained(self) -> bool:
        """Tell whether nobody has to do anything."""
        return not any(each.by_hand for each in self.differences)

    @property
    def data(self) -> dict[str, Any]:
        """Tell it to a program."""
        return {
            "tier": self.tier,
            "at": at(self.observed.now),
            "explained": self.explained,
            "differences": [vars(each) for each in self.differences],
        }


def drift(document: Document, sight: Sight, observed: Observed, hours: Hours) -> Drift:
    """List where AWS differs from what document, settings and hour say."""
    differences = (
        *_traffic(document, observed),
        *_stickiness(document, observed),
        *_missing(document, sight),
        *_unnamed(document, sight, observed),
        *_labels(document, sight),
        *sizes(document, observed, hours),
        *_maintenance(document, sight),
    )
    return Drift(document.tier, observed, differences)


def _traffic(document: Document, observed: Observed) -> Iterator[Difference]:
    """Compare weights."""
    meant, live = weighted(document), observed.weights
    rollout, tier = rollout_of(document), document.tier
    if live is None and meant:
        what = "there is no traffic rule: everybody gets 503"
        if rollout and not rollout.start.weights:
            yield Difference("traffic", what, "rollout", "the first release is being made")
        else:
            yield Difference.hand("traffic", what, f"`pulumi up --stack {tier}` makes it")
    if live is None or dict(live) == meant:
        return
    what = f"the balancer gives {weights_said(live)}; the document says {weights_said(meant)}"
    if rollout and live.get(rollout.release, 0) < meant.get(rollout.release, 0):
        why = f"{rollout.release} was taken back; a rollout that finds that goes back to its start"
        yield Difference("traffic", what, "rollout", why, f"`deliver resume {tier}`")
    elif rollout and dict(live) in _steps(rollout):
        why = f"the rollout of {rollout.release} has yet to move it, or to write that it did"
        yield Difference("traffic", what, "rollout", why, f"`deliver resume {tier}`")
    else:
        todo = "set the traffic rule (priority 50000) back: no rollout begins until both agree"
        yield Difference.hand("traffic", what, todo)


def _steps(rollout: Rollout) -> list[dict[str, int]]:
    return [rollout.start.weights, *(each.weights for each in rollout.shifts)]


def _stickiness(document: Document, observed: Observed) -> Iterator[Difference]:
    """Look for clients that are kept where they are."""
    seconds, rollout = observed.sticky_seconds, rollout_of(document)
    if not seconds:
        return
    what = f"clients stay with the release that they met first, for {duration_said(seconds)}"
    if rollout and seconds in {each.sticky_seconds for each in rollout.shifts}:
        yield Difference("traffic", what, "rollout", f"a split with {rollout.release} is held")
    else:
        todo = "switch the stickiness of the traffic rule (priority 50000) off"
        yield Difference.hand("traffic", what, todo)


def _missing(document: Document, sight: Sight) -> Iterator[Difference]:
    """Look for fleets of the document that are not there, or not whole."""
    rollout = rollout_of(document)
    for name in ordered(document.releases):
        parts = sight.parts.get(name)
        lacks = ["there is nothing of its fleet"] if parts is None else parts.lacks
        if not lacks:
            continue
        what = ", ".join(lacks)
        if rollout and name in {rollout.release, *rollout.leaving}:
            why = f"the rollout of {rollout.release} is making or removing it"
            yield Difference(name, what, "rollout", why, f"`deliver resume {document.tier}`")
        else:
            todo = f"`pulumi up --stack {document.tier} --refresh` makes what is missing"
            yield Difference.hand(name, what, todo)


def _unnamed(document: Document, sight: Sight, observed: Observed) -> Iterator[Difference]:
    """Look for fleets that the document does not name."""
    rollout = rollout_of(document)
    for name in sorted(sight.parts.keys() - document.releases.keys(), key=release_number):
        share = (observed.weights or {}).get(name, 0)
        what = "a fleet, or a part of one, that no release of the document has"
        if share:
            todo = "move its traffic to a release of the document first"
            yield Difference.hand(name, f"{what}, with {share} % of the traffic", todo)
        elif rollout and name in {rollout.release, *rollout.start.releases}:
            why = f"the rollout of {rollout.release} is removing it"
            yield Difference(name, what, "rollout", why, f"`deliver resume {document.tier}`")
        else:
            todo = f"`pulumi up --stack {document.tier}` removes what Pulumi knows of it"
            yield Difference.hand(name, what, f"{todo}; what stays then is to be deleted by hand")


def _labels(document: Document, sight: Sight) -> Iterator[Difference]:
    """Look whether a release's own label leads to it."""
    for name, release in document.ordered:
        rule = sight.parts[name].rule if name in sight.parts else None
        if rule and release.label not in header_values(rule, RELEASE_HEADER):
            todo = f"`pulumi up --stack {document.tier} --refresh` sets it"
            yield Difference.hand(name, "its release rule asks for another label", todo)


def _maintenance(document: Document, sight: Sight) -> Iterator[Difference]:
    """Compare the page, and who gets through."""
    meant, tier = document.maintenance, document.tier
    page, token = maintenance_page(sight.rules), maintenance_token(sight.rules)
    if meant is None:
        if page is not None or token is not None:
            todo = f"`deliver maintenance off {tier}`"
            yield Difference.hand("maintenance", "it is on, the document says off", todo)
        return
    todo = f"`deliver maintenance on {tier}`, once the rules 1 and 2 are removed by hand"
    if page is None:
        on = f"`pulumi up --stack {tier} --refresh` puts the page there"
        yield Difference.hand("maintenance", "the document says on, but there is no page", on)
    elif page != meant.text:
        yield Difference.hand("maintenance", "people read another text than the document's", todo)
    if document.leading and token != meant.token:
        yield Difference.hand("maintenance", "the document's token lets nobody through", todo)
