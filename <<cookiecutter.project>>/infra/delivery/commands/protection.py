"""Keeping one instance from being scaled in, for as long as something runs on it.

Scaling leaves a protected instance alone. An instance that turns unhealthy, a Spot interruption,
capacity rebalancing and the removal of its group do not ("Use instance scale-in protection" in the
Amazon EC2 Auto Scaling User Guide).
"""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from stack.refusal import Refused

from ..live.live import Live
from .host import Host


class Protection:
    """As a context it protects an instance; one that was protected before stays so."""

    def __init__(self, live: Live, host: Host, tell: Callable[[str], None]) -> None:
        self._live = live
        self._host = host
        self._tell = tell
        self._ours = False

    def __enter__(self) -> Self:
        """Begin; whatever keeps it from that, nothing of it stays."""
        try:
            there = self.renew()
        except BaseException:
            self._take_back()
            raise
        if not there:
            raise Refused(
                [f"{self._host.instance} has just gone out of service."], "Run the command again."
            )
        return self

    def renew(self) -> bool:
        """Protect it where it is not, as when another run was done with it; tell if it is gone."""
        found = self._look()
        if found is None or found["LifecycleState"] != "InService":
            return False
        if not found["ProtectedFromScaleIn"]:
            self._ours = True  # before the call: of one whose answer is lost, nobody knows
            self._set(wanted=True)
        return True

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take it back; what went wrong before is not hidden by it."""
        self._take_back()

    def _take_back(self) -> None:
        if not self._ours:
            return
        try:
            self._set(wanted=False)
        except Refused as refusal:
            it = self._host
            self._tell(f"{it.instance} is still protected from scale-in: {refusal}")
            self._tell(
                f"by hand: aws autoscaling set-instance-protection --instance-ids {it.instance} "
                f"--auto-scaling-group-name {it.group} --no-protected-from-scale-in"
            )

    def _look(self) -> dict[str, Any] | None:
        answer = self._live.call(
            f"Instance {self._host.instance} cannot be read",
            lambda: self._live.scaling.describe_auto_scaling_instances(
                InstanceIds=[self._host.instance]
            ),
        )
        return next(iter(answer["AutoScalingInstances"]), None)

    def _set(self, *, wanted: bool) -> None:
        self._live.call(
            f"Instance {self._host.instance} cannot be {'' if wanted else 'un'}protected",
            lambda: self._live.scaling.set_instance_protection(
                AutoScalingGroupName=self._host.group,
                InstanceIds=[self._host.instance],
                ProtectedFromScaleIn=wanted,
            ),
            {} if wanted else {"ValidationError": None},  # it has left the group
        )
