"""Carrying out actions by calls to AWS. Each can be carried out again and changes nothing more."""

import time
from collections.abc import Callable
from typing import Any

from stack.account import Account
from stack.names import Names
from stack.refusal import Refused

from ..commands.migrating import migrate
from ..deciding.actions import (
    RemoveLeftovers,
    RemoveTraffic,
    ResumeSchedules,
    RunAdmin,
    SetScheduledSizes,
    SetSizes,
    SetWeights,
    SuspendSchedules,
)
from .forwarding import forward, traffic_rule
from .leftovers import remove_leftovers, remove_traffic
from .live import Live
from .parts import CLOCK, GONE

type Move = (
    SetSizes
    | SetScheduledSizes
    | SetWeights
    | SuspendSchedules
    | ResumeSchedules
    | RunAdmin
    | RemoveTraffic
    | RemoveLeftovers
)


class Mover(Live):
    """Looks at one tier and moves it; `tell` hears what is waited for."""

    def __init__(
        self,
        names: Names,
        account: Account,
        tell: Callable[[str], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(names, account, sleep)
        self._tell = tell

    def carry_out(self, action: Move) -> None:
        """Do what takes calls to AWS only."""
        carry_out(self, action, self._tell)


def carry_out(live: Live, action: Move, tell: Callable[[str], None]) -> None:
    """Carry an action out; `tell` hears what is waited for."""
    match action:
        case SetWeights():
            _move(live, action)
        case SetSizes():
            _grow(live, action)
        case SetScheduledSizes():
            _resize(live, action)
        case SuspendSchedules():
            _schedules(live, action.fleet, "suspend_processes", "kept from its schedules")
        case ResumeSchedules():
            _schedules(live, action.fleet, "resume_processes", "given back to its schedules")
        case RunAdmin():
            migrate(live, action, tell)
        case RemoveTraffic():
            remove_traffic(live, tell)
        case RemoveLeftovers():
            remove_leftovers(live, action.fleet, tell)


def _move(live: Live, action: SetWeights) -> None:
    """Change the traffic rule; its conditions stay.

    "Any properties that you do not specify are unchanged" ("ModifyRule" in the Elastic Load
    Balancing API Reference, version 2).
    """
    rule = traffic_rule(live.addresses.rules())
    if rule is None:
        raise Refused(
            [f"{live.names.base} has no traffic rule in {live.account.region}."],
            f"`pulumi up --stack {live.names.tier}` makes it, from the document.",
        )
    weights = {release: weight for release, weight in action.weights if weight}
    arns = live.addresses.target_groups(weights)
    missing = [live.names.fleet(release) for release in weights if release not in arns]
    if missing:
        raise Refused(
            [f"There is no target group {', '.join(missing)} in {live.account.region}."],
            "`deliver drift` tells what is missing; the traffic was left as it is.",
        )
    shared = {arns[release]: weight for release, weight in weights.items()}
    live.call(
        f"The traffic of {live.names.base} cannot be moved",
        lambda: live.balancing.modify_rule(
            RuleArn=rule["RuleArn"], Actions=forward(shared, action.sticky_seconds)
        ),
    )


def _grow(live: Live, action: SetSizes) -> None:
    """Raise a fleet's bounds; what is higher already stays so."""
    group = live.group(action.fleet)
    if group is None:
        raise _gone(live, action.fleet)
    least = max(action.min_size, group["MinSize"])
    most = max(action.max_size, group["MaxSize"], least)
    if (least, most) != (group["MinSize"], group["MaxSize"]):
        _update(live, action.fleet, MinSize=least, MaxSize=most)


def _resize(live: Live, action: SetScheduledSizes) -> None:
    """Set a fleet's bounds as the clock means them; AWS moves the size into them."""
    sizes = action.sizes
    off = {"DesiredCapacity": 0} if sizes.off else {}
    _update(live, action.fleet, MinSize=sizes.min_size, MaxSize=sizes.max_size, **off)


def _update(live: Live, release: str, **sizes: int) -> None:
    name = live.names.fleet(release)
    _of_group(
        live,
        release,
        f"The group {name} cannot be resized",
        lambda: live.scaling.update_auto_scaling_group(AutoScalingGroupName=name, **sizes),
    )


def _schedules(live: Live, release: str, operation: str, done: str) -> None:
    name = live.names.fleet(release)
    _of_group(
        live,
        release,
        f"The group {name} cannot be {done}",
        lambda: getattr(live.scaling, operation)(
            AutoScalingGroupName=name, ScalingProcesses=[CLOCK]
        ),
    )


def _of_group(live: Live, release: str, what: str, call: Callable[[], Any]) -> None:
    if live.call(what, call, {GONE: None}) is None:
        raise _gone(live, release)


def _gone(live: Live, release: str) -> Refused:
    return Refused(
        [f"There is no group {live.names.fleet(release)} in {live.account.region}."],
        "`deliver drift` tells what is missing.",
    )
