"""What must hold at once, wherever a rollout was hit, before anybody has done anything about it."""

from contextlib import suppress
from importlib import import_module
from typing import Any

from pulumi.automation import CommandError

from tests.delivery.living import machines
from tests.delivery.sweep.bench import Bench, Watched
from tests.delivery.sweep.inventory import Inventory, inventory
from tests.delivery.sweep.recording import Recording

ALL = 100


def unserved(recording: Recording, stands: Inventory) -> list[str]:
    """List what the users would feel."""
    live = stands.weights
    problems: list[str] = []
    if not live and not recording.before.weights:
        return problems  # of a first release nobody has heard yet
    if len(stands.traffic) != 1:
        problems.append(f"there are {len(stands.traffic)} traffic rules")
    if sum(live.values()) != ALL:
        problems.append(f"the weights are {live}")
    for name in live:
        if name not in stands.whole:
            problems.append(f"{name} has traffic, and its fleet is not whole")
        elif not stands.target_groups[name]:
            problems.append(f"{name} has traffic, and no healthy target")
    if live != recording.after.weights:
        for name, healthy in recording.before.stands.target_groups.items():
            if name not in stands.whole or stands.target_groups[name] < healthy:
                problems.append(f"{name} is needed still, and has not its {healthy} targets")
    return problems


def untrue(bench: Bench, stands: Inventory) -> list[str]:
    """List where `status` does not say what is."""
    deliver = Watched(bench.tier)
    desk, document = deliver.desk(), deliver.document
    status = import_module("delivery.showing.status").status(document, desk.live.observe())
    told = {each.name: each for each in status.lines}
    problems = [
        f"status gives {name} {told[name].weight} %"
        for name in told
        if told[name].weight != stands.weights.get(name, 0)
    ]
    problems += [f"status leaves {name} out" for name in stands.parts - {*told}]
    if bool(status.rollout) != bool(document.rollout):
        problems.append("status and document do not agree whether a rollout is under way")
    differing = {each.partition(":")[0] for each in status.differs}
    wanted = _differing(document, stands)
    if differing != wanted:
        problems.append(f"status says that {differing or 'none'} differ, not {wanted or 'none'}")
    return problems


def _differing(document: Any, stands: Inventory) -> set[str]:
    return {
        name
        for name in {*document.releases, *stands.parts}
        if name not in document.releases
        or name not in stands.whole
        or document.weights.get(name, 0) != stands.weights.get(name, 0)
    }


def moved_by_hand(bench: Bench) -> list[str]:
    """List what a `pulumi up` by hand has moved of what has traffic; that it fails is allowed.

    Where there is no traffic rule yet, it makes it as the document has it: as in an empty account.
    """
    before = inventory(bench)
    made = machines(bench.cloud, bench.tier.tier)
    with suppress(CommandError):  # a lock, or half-made things: what counts is what has moved
        bench.tier.by_hand()
    after = inventory(bench)
    remade = machines(bench.cloud, bench.tier.tier)
    if not before.traffic and after.traffic:
        meant = dict(Watched(bench.tier).document.weights)
        return [] if after.weights == meant else [f"`up` by hand made the weights {after.weights}"]
    problems = []
    if after.weights != before.weights:
        problems.append(f"`up` by hand moved {before.weights} to {after.weights}")
    for name in before.weights:
        fleet = f"{bench.tier.service}-{bench.tier.tier}-{name}"
        sizes = [each.groups.get(name, {}).get("sizes") for each in (before, after)]
        if sizes[0] != sizes[1]:
            problems.append(f"`up` by hand resized {name} from {sizes[0]} to {sizes[1]}")
        if made.get(fleet) != remade.get(fleet):
            problems.append(f"`up` by hand changed the machines of {name}")
    return problems
