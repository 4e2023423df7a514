"""The way through the tiers: a tier runs no build that the tier before it has not proven.

Proven means: there it carries all the traffic, and no rollout is under way. There is no way round
it, a hot fix takes the same one: in the first tiers it is a matter of minutes, and a fix that
nothing has run yet is what outages are made of. What goes back to a release that the tier itself
has had does not ask: it was proven.

The document of the tier before is read where the tier's own is, so by credentials for one account:
all tiers share the artifact bucket.
"""

from stack.document import Build, Document
from stack.names import Names
from stack.refusal import Refused
from stack.tiers import TIERS

from ..builds.manifest import SHORT
from ..document.past import only_release, weighted
from ..document.record import rollout_of
from ..document.store import Store
from ..place import Place
from ..showing.sentences import weights_said


def previous_tier(tier: str) -> str | None:
    """Name the tier that a change comes from; the first has none."""
    at = TIERS.index(tier)
    return TIERS[at - 1] if at else None


def promoted(place: Place) -> Build:
    """Give the build that is live in the tier before, as its document says."""
    before = previous_tier(place.names.tier)
    if before is None:
        raise Refused(
            [f"{place.names.tier} is the first tier; no other comes before it."],
            f"Deploy a build there: `deliver deploy {place.names.tier}`.",
        )
    store = _document_of(place, before)
    return proven_build(store.read().document, store.where)


def check_promotion(place: Place, sha256: str) -> None:
    """Refuse a build that the tier before does not run. One that the tier itself runs was proven.

    So changed settings go out with the build that is live, wherever the tiers before are by then.
    """
    before = previous_tier(place.names.tier)
    if before is None or _runs(place.store.read().document, sha256):
        return
    live = promoted(place)
    if live.sha256 != sha256:
        raise Refused(
            [f"Build {sha256[:SHORT]} is not live in {before}; {live.sha256[:SHORT]} is, "
             f"{live.version}."],
            f"Carry it through {before} first: no tier runs what the one before it has not proven.",
        )  # fmt: skip


def proven_build(document: Document, where: str) -> Build:
    """Give the build that carries all of a tier's traffic; refuse while that may change."""
    advice = f"`deliver status {document.tier}` shows it as it is."
    rollout = rollout_of(document)
    if rollout:
        raise Refused(
            [f"{document.tier}: a rollout of {rollout.release} is under way, by {rollout.who}."],
            "Wait until it is done, or end it: `deliver resume` or `deliver abort` there.",
        )
    weights = weighted(document)
    if not weights:
        raise Refused([f"{document.tier} has no release yet, as {where} says."], advice)
    only = only_release(document)
    if only is None:
        raise Refused(
            [f"{document.tier}: no release has all the traffic: {weights_said(weights)}."], advice
        )
    return document.releases[only].build


def _runs(document: Document, sha256: str) -> bool:
    """Tell whether a tier's only release is of this build."""
    only = only_release(document)
    return only is not None and document.releases[only].build.sha256 == sha256


def _document_of(place: Place, tier: str) -> Store:
    names = Names(place.names.service, tier)
    return Store(names, place.account, place.contract.artifact_bucket)
