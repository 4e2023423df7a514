"""A rollout in words: the same on a terminal, in a log, in a refusal and in a timeline."""

from collections.abc import Mapping
from datetime import datetime

from stack.names import MAX_RELEASE, RELEASE_NAME, release_number

from ..deciding.actions import (
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
from ..deciding.gates import Bake, Gate, Hold, Ready
from ..deciding.observed import Fleet
from ..document.record import Stage
from ..driving.events import Measured

MINUTE = 60
HOUR = 60 * MINUTE
ONE_DIGIT = 0.1  # per cent; less than that is told with as many digits as it takes


def said(action: Action) -> str:  # noqa: C901, PLR0911, PLR0912 a line for each action
    """Say what an action does."""
    match action:
        case Up(adds=(), removes=()):
            return "run the engine on the document"
        case Up(adds, removes):
            parts = [("make", adds), ("remove", removes)]
            return "run the engine: " + ", ".join(
                f"{verb} the fleet of {_listed(names)}" for verb, names in parts if names
            )
        case SetSizes(fleet, least, most):
            return f"size {fleet} {least} to {most}"
        case SetScheduledSizes(fleet, sizes) if sizes.off:
            return f"switch {fleet} off until its hours begin"
        case SetScheduledSizes(fleet, sizes):
            return f"size {fleet} {sizes.min_size} to {sizes.max_size}, as the hour has it"
        case SetWeights(weights, 0):
            return f"move the traffic to {weights_said(dict(weights))}"
        case SetWeights(weights, seconds):
            stays = f"each client stays where it is for {duration_said(seconds)}"
            return f"move the traffic to {weights_said(dict(weights))}; {stays}"
        case SuspendSchedules(fleet):
            return f"keep the clock from sizing {fleet}"
        case ResumeSchedules(fleet):
            return f"let the clock size {fleet} again"
        case RunAdmin(fleet, words):
            return f"run `{' '.join(words)}` on one instance of {fleet}"
        case Unprotect(fleet):
            return f"let the engine remove the fleet of {fleet}"
        case UnprotectTraffic():
            return "let the engine remove the traffic rule"
        case RemoveTraffic():
            return "remove the traffic rule"
        case RemoveLeftovers(fleet):
            return f"remove what may be left of the fleet of {fleet}"


def stage_said(  # noqa: PLR0911 a line for each stage
    stage: Stage, release: str, weights: Mapping[str, int]
) -> str:
    """Say what a stage is for; `weights` are those of its shift."""
    match stage:
        case "adding":
            return f"the fleet of {release} is made ready"
        case "raising":
            return f"fleets grow for {weights_said(weights)}, until they are healthy"
        case "migrating":
            return f"{release} adds to the schema what it needs"
        case "shifting":
            return f"traffic goes to {weights_said(weights)}, and is watched"
        case "returning":
            return "traffic goes back to where it was"
        case "closing":
            return "fleets that have no part any more are removed"
        case "settling":
            return "sizes are set as the hour has them"


def gate_said(gate: Gate) -> str:
    """Say what must hold before the next step; nothing where only the step must succeed."""
    match gate:
        case Ready(floors, until, probe):
            fleets = _listed([f"{count} of {name}" for name, count in floors])
            asked = f"; {probe} must answer when asked by its label" if probe else ""
            return f"must be healthy by {_clock(until)}: {fleets}{asked}"
        case Bake(release, baseline, until=until):
            than = f"no worse than {_listed(baseline)}" if baseline else "within its limits"
            return f"{release} must be {than} until {_clock(until)}"
        case Hold(until=until):
            return f"weights are held until {until:%Y-%m-%d %H:%M:%S} UTC"
        case _:
            return ""


def weights_said(weights: Mapping[str, int]) -> str:
    """Say who has how much of the traffic, the oldest release first."""
    shares = [f"{name} {weights[name]} %" for name in ordered(weights)]
    return ", ".join(shares) or "no traffic"


def fleet_said(fleet: Fleet) -> str:
    """Say how large a fleet is, and how much of it is well."""
    part = ", half made" if fleet.made == "part" else ""
    return f"{fleet.healthy}/{fleet.desired} healthy, {sizes_said(fleet)}{part}"


def sizes_said(fleet: Fleet) -> str:
    """Say the bounds of a fleet's size."""
    return f"{fleet.min_size} to {fleet.max_size}"


def measured_said(measured: Measured) -> str:
    """Say what was counted of a release."""
    parts = [f"{measured.requests:,} requests"]
    if measured.failed_percent is not None:
        parts.append(f"{percent_said(measured.failed_percent)} failed")
    if measured.p90_ms is not None:
        parts.append(f"p90 {measured.p90_ms:.0f} ms")
    return ", ".join(parts)


def percent_said(percent: float) -> str:
    """Say a share; a small one is not none."""
    return f"{percent:.1f} %" if percent >= ONE_DIGIT or not percent else f"{percent:.2g} %"


def duration_said(seconds: float) -> str:
    """Say how long something takes: 45 s, 10 min, 1 h 30 min."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, HOUR)
    minutes, left = divmod(rest, MINUTE)
    parts = ((hours, "h"), (minutes, "min"), (0 if hours else left, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"


def ordered(releases: Mapping[str, object]) -> list[str]:
    """Give the releases' names, the oldest first: v9 before v10; what is no release comes last."""
    return sorted(releases, key=_age)


def _age(name: str) -> int:
    return release_number(name) if RELEASE_NAME.fullmatch(name) else MAX_RELEASE + 1


def plain(text: str) -> str:
    """Give text from elsewhere without what would steer a terminal or break a drawing."""
    return "".join(each if each.isprintable() else " " for each in text)


def _listed(names: tuple[str, ...] | list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M:%S} UTC"
