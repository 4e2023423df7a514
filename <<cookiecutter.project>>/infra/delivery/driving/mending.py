"""What has to be put right before the engine runs again, where another deployer was killed."""

from collections.abc import Callable, Iterable, Iterator

from stack.document import Document
from stack.refusal import Refused

from ..deciding.actions import RemoveLeftovers
from ..deciding.view import FORWARD
from ..document.record import Rollout, lease_of, rollout_of
from ..document.store import Version
from .acting import Engine, Live


def mend(engine: Engine, live: Live, document: Document, gone: Iterable[str]) -> None:
    """Remove a dead deployer's lock, and finish or undo what its engine was at.

    Nobody can say whether what was being made is there. So a release on its way is refused, which
    turns the rollout back; on the way back its parts are removed by name, and the state told so.
    """
    rollout = rollout_of(document)
    assert rollout  # noqa: S101 only a rollout runs the engine
    removes = tuple(dict.fromkeys([rollout.release, *rollout.leaving]))
    found = engine.mend({*gone}, adds=(rollout.release,), removes=removes)
    if found.creates and rollout.intent == "forward" and rollout.stage in FORWARD:
        raise Refused([f"Making the fleet of {rollout.release} was interrupted."])
    if found.creates:
        live.carry_out(RemoveLeftovers(rollout.release))
    if found:
        engine.forget(found)


def refuse_half_removed(
    engine: Engine, document: Document, gone: Callable[[], Iterable[str]]
) -> None:
    """Refuse to abort while a former deployer's engine was at removing a fleet that an abort keeps.

    Nobody can say which of its parts are still there; to finish is the way that is known. Who was
    at work before is asked for at a close only: until then users wait for the traffic to go back.
    """
    rollout = rollout_of(document)
    if rollout is None or rollout.stage != "closing" or rollout.intent == "abort":
        return
    found = engine.mend({*gone()}, adds=(rollout.release,), removes=tuple(rollout.leaving))
    cut = sorted({each.urn.release for each in found.others if each.urn.release in rollout.leaving})
    if cut:
        raise Refused(
            [f"{', '.join(cut)} is being removed: it cannot be aborted."],
            "Finish it with `deliver resume`; then roll back.",
        )


def at_work_since(rollout: Rollout, versions: Iterable[Version]) -> Iterator[str]:
    """Name those who have had the lease since a rollout began; versions come the newest first."""
    for version in versions:
        if version.when < rollout.started:
            return
        lease = lease_of(version.document) if version.document else None
        if lease:
            yield lease.owner
