"""The parts of one fleet, as AWS has them, and which of them are missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..deciding.observed import Fleet
from .forwarding import Rule, targets

CLOCK = "ScheduledActions"  # the process of a group by which its schedules set sizes
GONE = "ValidationError: AutoScalingGroup name not found"  # what AWS says where there is no group


@dataclass(frozen=True)
class Parts:
    """What there is of a fleet; at least one thing."""

    group: Mapping[str, Any] | None
    template: str | None  # its id
    target_group: str | None  # its ARN
    rule: Rule | None  # by which a request names the release

    @property
    def lacks(self) -> list[str]:
        """List what is not as the stack makes it; of a whole fleet nothing."""
        found = []
        if self.group is None:
            found.append("there is no group")
        elif leaving(self.group):
            found.append("its group is being removed")
        if self.template is None:
            found.append("there is no launch template")
        if self.target_group is None:
            return [*found, "there is no target group"]
        if self.group is not None and self.target_group not in self.group["TargetGroupARNs"]:
            found.append("its group is not attached to its target group")
        if self.rule is None:
            found.append("there is no release rule")
        elif self.target_group not in targets(self.rule):
            found.append("its release rule leads elsewhere")
        return found

    def fleet(self, health: Mapping[str, str]) -> Fleet:
        """Give the fleet as a rollout sees it; `health` is the balancer's word on each target."""
        if self.group is None:
            return Fleet("part")
        in_service = [
            each["InstanceId"]
            for each in self.group["Instances"]
            if each["LifecycleState"] == "InService"
        ]
        return Fleet(
            made="part" if self.lacks else "whole",
            min_size=self.group["MinSize"],
            desired=self.group["DesiredCapacity"],
            max_size=self.group["MaxSize"],
            healthy=sum(health.get(each) == "healthy" for each in in_service),
            suspended=CLOCK in {each["ProcessName"] for each in self.group["SuspendedProcesses"]},
        )


def leaving(group: Mapping[str, Any]) -> bool:
    """Tell whether a group is being deleted: only then it has a status."""
    return bool(group.get("Status"))
