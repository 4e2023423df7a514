"""Sizes by the clock: a fleet's scheduled actions. They follow the settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pulumi
import pulumi_aws as aws

from .calendar import Event, moment, night_recurrences

KEEP = -1  # leaves a size as it is; a size that is not set would be set to 0


@dataclass(frozen=True, kw_only=True)
class SchedulesArgs:
    """A fleet, its sizes in ordinary hours, and the hours that are not."""

    release_name: str
    fleet_name: str
    group_name: pulumi.Input[str]
    min_size: int
    max_size: int
    time_zone: str
    night: str  # 20:00-07:00, or nothing
    events: Mapping[str, Event]
    now: datetime  # an action in the past cannot be made


class Schedules(pulumi.ComponentResource):
    """Actions for the night and for each event to come."""

    def __init__(
        self, name: str, args: SchedulesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:schedules:Schedules", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        if args.night:
            _night(args, child)
        for event, times in args.events.items():
            _event(event, times, args, child)
        self.register_outputs({})


def _night(args: SchedulesArgs, opts: pulumi.ResourceOptions) -> None:
    evening, morning = night_recurrences(args.night)
    for name, recurrence, size in (
        ("evening", evening, 0),
        ("morning", morning, args.min_size),
    ):
        aws.autoscaling.Schedule(
            f"{args.release_name}-{name}",
            scheduled_action_name=f"{args.fleet_name}-{name}",
            autoscaling_group_name=args.group_name,
            recurrence=recurrence,
            time_zone=args.time_zone,
            min_size=size,
            desired_capacity=size,
            max_size=KEEP,
            opts=opts,
        )


def _event(name: str, event: Event, args: SchedulesArgs, opts: pulumi.ResourceOptions) -> None:
    """Raise the sizes for an event, and set them back after it."""
    for end, at, least, most in (
        ("starts", event.start, event.min_size, event.max_size),
        ("ends", event.end, args.min_size, args.max_size),
    ):
        when = moment(at, args.time_zone)
        if when <= args.now:
            continue
        aws.autoscaling.Schedule(
            f"{args.release_name}-{name}-{end}",
            scheduled_action_name=f"{args.fleet_name}-{name}-{end}",
            autoscaling_group_name=args.group_name,
            start_time=when.strftime("%Y-%m-%dT%H:%M:%SZ"),
            min_size=least,
            max_size=most,
            desired_capacity=KEEP,  # it is moved into the new bounds
            opts=opts,
        )
