"""Rollouts of the model tier: begun, gone on with until some step, and written as tables."""

from datetime import datetime

from deployer import Deployer
from world import SETTINGS, World, content

from delivery.deciding.actions import (
    Action,
    RemoveLeftovers,
    RemoveTraffic,
    ResumeSchedules,
    RunAdmin,
    SetScheduledSizes,
    SetSizes,
    SetWeights,
    SuspendSchedules,
    Unprotect,
    UnprotectTraffic,
    Up,
)
from delivery.deciding.gates import Acted, Bake, Gate, Hold, Ready
from delivery.deciding.plan import shifts, split
from delivery.deciding.turning import begun, next_name
from delivery.document.record import Rollout, Shift, Sizes, Start, Strategy, rollout_of
from stack.document import Document, Release

SPLIT = split({"v1": 50, "v2": 50}, {"v1": 100}, seconds=7200, sticky_seconds=600)


def rolled(
    start: dict[str, int],
    strategy: Strategy = "canary",
    plan: list[Shift] | None = None,
    migration: str = "",
) -> Deployer:
    """Begin a rollout of the next release, where each fleet has six instances."""
    world = World.serving(start, dict.fromkeys(start, 6))
    return begin(world, strategy, plan, migration=migration)


def begin(
    world: World,
    strategy: Strategy = "canary",
    plan: list[Shift] | None = None,
    release: str = "",
    migration: str = "",
) -> Deployer:
    """Begin a rollout of the next release, or of one that stands by."""
    world.write(beginning(world, strategy, plan, release, migration))
    return Deployer(world)


def beginning(
    world: World,
    strategy: Strategy = "canary",
    plan: list[Shift] | None = None,
    release: str = "",
    migration: str = "",
) -> Document:
    """Give the document in which it begins."""
    start, added = world.document.weights, not release
    release = release or next_name(world.document)
    return begun(
        world.document,
        world.observe(),
        world.policy,
        strategy=strategy,
        release=release,
        shifts=plan or shifts(strategy, SETTINGS, start, release),
        content=content(int(release[1:])) if added else None,
        migration=migration,
        who="ann@laptop",
        why="a change",
    )


def canary(releases: dict[str, Release], sizes: Sizes, now: datetime, *percents: int) -> Rollout:
    """Give a canary of v2 beside v1, by these steps and to the end, as a document has it."""
    weights = [*({"v1": 100 - each, "v2": each} for each in percents), {"v2": 100}]
    return Rollout(
        strategy="canary",
        release="v2",
        shifts=tuple(Shift(weights=each, bake_seconds=60) for each in weights),
        start=Start(
            releases=releases, weights={"v1": 100}, floors={}, sizes={"v1": sizes}, scheduled=sizes
        ),
        since=now,
        started=now,
        who="ann@laptop",
        why="a change",
    )


def until(deployer: Deployer, words: str) -> None:
    """Go on until a step that says this is written and acted upon, or only written at the close."""
    for _ in range(200):
        assert deployer.advance()
        found = bool(deployer.steps) and words in table(deployer)[-1]
        if found and deployer.step and (not deployer.todo or _closing(deployer)):
            return
    raise AssertionError(words)


def _closing(deployer: Deployer) -> bool:
    rollout = rollout_of(deployer.world.document)
    return rollout is not None and rollout.stage == "closing"


def table(deployer: Deployer) -> list[str]:
    """Write the steps as lines: the weights of the document, what is done, what must hold."""
    return [
        f"{_weights(step.document.weights):<12}| "
        f"{', '.join(_said(each) for each in step.actions) or '-'} | {_gate(step.gate)}"
        for step in deployer.steps
    ]


def _weights(weights: dict[str, int]) -> str:
    return " ".join(f"{name}:{weight}" for name, weight in weights.items()) or "-"


def _said(action: Action) -> str:  # noqa: C901 a line for each action
    match action:
        case Up():
            parts = [
                *(f"+{each}" for each in action.adds),
                *(f"-{each}" for each in action.removes),
            ]
            words = " ".join(["up", *parts])
        case SetSizes():
            words = f"size {action.fleet} {action.min_size}-{action.max_size}"
        case SetScheduledSizes():
            words = f"size {action.fleet} {action.sizes.min_size}-{action.sizes.max_size} as usual"
        case SetWeights():
            sticky = f" sticky {action.sticky_seconds} s" if action.sticky_seconds else ""
            words = f"traffic {_weights(dict(action.weights))}{sticky}"
        case SuspendSchedules():
            words = f"suspend {action.fleet}"
        case ResumeSchedules():
            words = f"resume {action.fleet}"
        case RunAdmin():
            words = f"run {' '.join(action.words)} on {action.fleet}"
        case Unprotect():
            words = f"unprotect {action.fleet}"
        case UnprotectTraffic():
            words = "unprotect traffic"
        case RemoveTraffic():
            words = "sweep traffic"
        case RemoveLeftovers():
            words = f"sweep {action.fleet}"
    return words


def _gate(gate: Gate) -> str:
    match gate:
        case Acted():
            return "done"
        case Ready():
            healthy = " ".join(f"{name}:{floor}" for name, floor in gate.floors)
            return f"healthy {healthy}" + (f", probe {gate.probe}" if gate.probe else "")
        case Bake():
            against = " ".join(gate.baseline)
            minutes = (gate.until - gate.since).seconds // 60
            return f"bake {minutes} min" + (f" against {against}" if against else "")
        case Hold():
            return f"hold {(gate.until - gate.since).seconds // 60} min"
