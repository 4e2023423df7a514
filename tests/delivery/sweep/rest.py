"""A tier at rest: what its document says, what is on the cloud, what the engine keeps."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from tests.delivery.sweep.bench import Bench, Watched
from tests.delivery.sweep.inventory import Inventory, inventory


@dataclass(frozen=True)
class Rest:
    """How a rollout leaves a tier, whichever way it went."""

    weights: dict[str, int]  # by the document
    stands: Inventory
    known: tuple[str, ...]  # resources in the engine's state


def at_rest(bench: Bench) -> Rest:
    """Look at it."""
    return Rest(
        weights=dict(Watched(bench.tier).document.weights),
        stands=inventory(bench),
        known=tuple(sorted(each["urn"] for each in bench.state()["resources"])),
    )


def restless(bench: Bench, *allowed: Rest) -> list[str]:
    """List what is not as in one of these; which of them is meant, the document's weights say."""
    document = Watched(bench.tier).document
    found = at_rest(bench)
    meant = [each for each in allowed if each.weights == found.weights]
    if not meant:
        return [f"the document has the weights {found.weights}"]
    problems = [
        *(["a rollout is under way"] if document.rollout else []),
        *(["the lease was not given back"] if _holds(bench, document) else []),
        *_differing(found, meant[0]),
        *(f"the state has a lock, {each.name}" for each in bench.locks()),
        *(
            f"{each['resource']['urn'].rpartition('::')[2]} is pending in the state: {each['type']}"
            for each in bench.state().get("pending_operations") or []
        ),
    ]
    return problems or [
        f"a preview would {each.op} {each.name}" for each in bench.tier.engine.changes(document)
    ]


def _holds(bench: Bench, document: Any) -> bool:
    """Tell whether somebody has the lease; one that could not be given back runs out."""
    lease = document.lease
    return bool(lease) and datetime.fromisoformat(lease["expires"]) > bench.cloud.clock.now()


def _differing(found: Rest, meant: Rest) -> list[str]:
    problems = [
        f"{each.name}: {_said(now, wanted)}"
        for each in fields(Inventory)
        if (now := getattr(found.stands, each.name)) != (wanted := getattr(meant.stands, each.name))
    ]
    more = {*found.known} ^ {*meant.known}
    names = sorted(each.rpartition("::")[2] for each in more)
    return [*problems, *([f"the state differs by {', '.join(names)}"] if names else [])]


def _said(now: Any, wanted: Any) -> str:
    if isinstance(now, dict):
        keys = [key for key in sorted({*now, *wanted}) if now.get(key) != wanted.get(key)]
        return "; ".join(f"{key} is {now.get(key)}, not {wanted.get(key)}" for key in keys)
    return f"{now}, not {wanted}"
