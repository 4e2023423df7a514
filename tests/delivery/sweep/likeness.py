"""When two moments are alike: then the ways on from them are, too."""

import json
from typing import Any

from tests.delivery.sweep.bench import Bench, Watched
from tests.delivery.sweep.inventory import inventory

TIMES = ("since", "started", "held_until")  # of a rollout; these may differ
WHOLE = ("lease", "releases")  # of which only counts who is named, not the words in it


def likeness(bench: Bench) -> str:
    """Everything that a way on from now depends on; the same for moments that are alike."""
    document = json.loads(Watched(bench.tier).document.model_dump_json())
    rollout: dict[str, Any] = document["rollout"] or {}
    document["rollout"] = {
        key: value for key, value in rollout.items() if key not in (*TIMES, "start")
    }
    for each in WHOLE:
        document[each] = sorted(document[each] or {})
    state = bench.state()
    known = sorted((each["urn"], bool(each.get("protect"))) for each in state["resources"])
    pending = sorted(
        (each["type"], each["resource"]["urn"]) for each in state.get("pending_operations") or []
    )
    stands = str(inventory(bench))
    return json.dumps([stands, document, known, pending, bool(bench.locks())])
