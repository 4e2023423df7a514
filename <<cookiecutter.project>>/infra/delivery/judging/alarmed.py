"""The alarms of a tier's fleets that are in ALARM. What is OK, or has no data, says nothing."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stack.account import Account
from stack.names import RELEASE_NAME, Names

from ..live.calling import Caller


@dataclass(frozen=True)
class Alarmed:
    """An alarm of a fleet, in ALARM."""

    name: str
    release: str
    watch: str  # what it watches, as the runbook is called; a team's own may have any name
    meaning: str  # its description; stack/alarms.py puts the runbook's address into it
    since: datetime  # when it went off
    value: float | None = None  # the highest that it saw
    threshold: float | None = None

    @property
    def words(self) -> str:
        """Say what it means, what it saw, and where to read on, as its description does."""
        if self.value is None or self.threshold is None:
            return f"alarm {self.name}: {self.meaning}"
        return f"alarm {self.name} (at {self.value:.3g}, from {self.threshold:g}): {self.meaning}"


def read_alarms(names: Names, account: Account, call: Caller) -> list[Alarmed]:
    """Read which alarms of the tier's fleets are in ALARM, those of a team's own included."""
    pages = account.client("cloudwatch").get_paginator("describe_alarms")
    found = call(
        f"The alarms of {names.base} cannot be read",
        lambda: list(
            pages.paginate(
                AlarmNamePrefix=names.fleet("v"),
                AlarmTypes=["MetricAlarm", "CompositeAlarm"],  # without it, of metrics only
            )
        ),
    )
    told = [
        _told(names, each)
        for page in found
        for each in page.get("MetricAlarms", []) + page.get("CompositeAlarms", [])
        if each["StateValue"] == "ALARM"
    ]
    return [each for each in told if each]


def _told(names: Names, alarm: dict[str, Any]) -> Alarmed | None:
    """Read what AWS says of an alarm; None if it is of no fleet."""
    name = alarm["AlarmName"]
    release, _, watch = name.removeprefix(f"{names.base}-").partition("-")
    if not RELEASE_NAME.fullmatch(release) or not watch:
        return None
    # The first is when it came into the state, the second also when it got a new reason for it.
    since = alarm.get("StateTransitionedTimestamp") or alarm["StateUpdatedTimestamp"]
    return Alarmed(
        name=name,
        release=release,
        watch=watch,
        meaning=alarm.get("AlarmDescription") or "It has no description.",
        since=since.astimezone(UTC),
        value=_worst(alarm.get("StateReasonData") or "{}"),
        threshold=alarm.get("Threshold"),
    )


def _worst(reason: str) -> float | None:
    """Read the highest value that an alarm was decided from, if CloudWatch tells it.

    StateReasonData of a metric alarm is JSON with recentDatapoints ("Alarm events and EventBridge"
    in the CloudWatch User Guide); that of others, or of a state set by hand, has none.
    """
    try:
        values = json.loads(reason).get("recentDatapoints") or []
    except (ValueError, AttributeError):
        return None
    return max((value for value in values if isinstance(value, int | float)), default=None)
