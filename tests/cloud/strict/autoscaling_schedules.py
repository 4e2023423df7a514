"""Scheduled actions take effect by the cloud's clock."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from moto.autoscaling.models import AutoScalingBackend, FakeScheduledAction, autoscaling_backends

from tests.cloud.clock import as_moment
from tests.cloud.cron import Cron, CronError
from tests.cloud.simulation import SIMULATION
from tests.cloud.strict.autoscaling import schedule_key  # which is to be around moto before us
from tests.cloud.strict.autoscaling_instances import suspended
from tests.cloud.strict.patch import RefusedError, instead
from tests.cloud.timeline import Event

API = "https://docs.aws.amazon.com/autoscaling/ec2/APIReference"
GUIDE = "https://docs.aws.amazon.com/autoscaling/ec2/userguide"


@instead(
    AutoScalingBackend,
    "put_scheduled_update_group_action",
    doc=f"{GUIDE}/ec2-auto-scaling-scheduled-scaling.html",
)
def schedule_begins_now(
    original: Any, backend: AutoScalingBackend, *args: Any, **kwargs: Any
) -> FakeScheduledAction:
    """What its times mean is checked; moto takes any text."""
    action: Any = original(backend, *args, **kwargs)
    action.past = SIMULATION.clock.now()  # until when its times have been seen to
    try:
        _next(action)
    except (CronError, ValueError, KeyError) as error:
        backend.scheduled_actions.pop(_key(action), None)
        raise RefusedError("ValidationError", f"Given schedule is invalid: {error}") from error
    return action


def _next(action: Any) -> datetime | None:
    """When it is due next; None when it never is again.

    With a recurrence, start and end are the bounds within which it recurs.
    """
    start, end = _moment(action.start_time), _moment(action.end_time)
    if not action.recurrence:
        return start if start and start > action.past else None
    after = action.past
    if start and start > after:
        # The first time may be the start itself.
        after = start.replace(microsecond=0) if start.second else start
        due = Cron.parse(action.recurrence).next_after(
            _just_before(after), action.time_zone or "UTC"
        )
    else:
        due = Cron.parse(action.recurrence).next_after(after, action.time_zone or "UTC")
    return due if due and not (end and due > end) else None


def _just_before(moment: datetime) -> datetime:
    return datetime.fromtimestamp(moment.timestamp() - 1, UTC)


def _moment(value: Any) -> datetime | None:
    """moto keeps a time as it came: text, or a time in UTC that does not say so."""
    if value in (None, ""):
        return None
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    return as_moment(str(value))


@SIMULATION.timeline.source
def schedules_fall_due(after: datetime, until: datetime) -> Event | None:
    """The next scheduled action of any group."""
    first: Event | None = None
    for account in list(autoscaling_backends.values()):
        for backend in list(account.values()):
            for action in list(backend.scheduled_actions.values()):
                due = _next(action)
                if due and due <= until and not (first and first.moment <= due):
                    first = Event(due, partial(_run, backend, action, due))
    return first


def _run(backend: AutoScalingBackend, action: Any, due: datetime) -> None:
    """Set the sizes that the action names, unless the group's schedules are suspended.

    A time that passes while they are is lost: as-suspend-resume-processes.html.
    """
    action.past = due
    group = backend.autoscaling_groups.get(action.auto_scaling_group_name)
    if group is not None and not suspended(group, "ScheduledActions"):
        least = action.min_size if action.min_size is not None else group.min_size
        most = action.max_size if action.max_size is not None else group.max_size
        wanted = action.desired_capacity
        if wanted is None:
            wanted = min(max(int(group.desired_capacity or 0), int(least or 0)), int(most or 0))
        if int(least or 0) <= int(wanted) <= int(most or 0):
            group.min_size, group.max_size = least, most
            group.set_desired_capacity(wanted)
    if _next(action) is None:  # AWS forgets what will not be due again
        backend.scheduled_actions.pop(_key(action), None)


def _key(action: Any) -> str:
    return schedule_key(action.auto_scaling_group_name, action.scheduled_action_name)
