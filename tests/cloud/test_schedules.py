"""Scheduled actions happen by the cloud's clock: nights, events, the change to summer time."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.cloud import Cloud
from tests.cloud.cron import Cron, CronError
from tests.cloud.fleets import Service
from tests.cloud.world import World


@pytest.fixture
def service(cloud: Cloud) -> Service:
    cloud.clock.set("2026-11-20T12:00:00Z")  # a Friday
    made = Service(World(cloud))
    made.fleet("web")
    made.share(web=1)
    return made


def schedule(service: Service, name: str, **more: Any) -> None:
    service.world.make(
        "aws:autoscaling/schedule:Schedule",
        scheduledActionName=name,
        autoscalingGroupName="web",
        **{"minSize": -1, "maxSize": -1, "desiredCapacity": -1, **more},
    )


def sizes(service: Service) -> tuple[int, int, int, int]:
    group = service.described("web")
    shown = len(group["Instances"])
    return group["MinSize"], group["DesiredCapacity"], group["MaxSize"], shown


def at_night(service: Service) -> None:
    berlin = {"timeZone": "Europe/Berlin"}
    schedule(service, "off", recurrence="0 20 * * *", minSize=0, desiredCapacity=0, **berlin)
    schedule(service, "on", recurrence="0 7 * * 1-5", minSize=1, desiredCapacity=2, **berlin)


def test_at_night_nothing_runs_and_the_next_workday_it_does(cloud: Cloud, service: Service) -> None:
    at_night(service)
    cloud.clock.advance_to("2026-11-20T18:59:00Z")  # 19:59 in Berlin
    assert sizes(service) == (0, 2, 4, 2)
    cloud.clock.advance_to("2026-11-20T19:00:00Z")
    assert sizes(service) == (0, 0, 4, 0)
    cloud.clock.advance_to("2026-11-23T05:59:00Z")  # Monday: the weekend stayed off
    assert sizes(service) == (0, 0, 4, 0)
    cloud.clock.advance_to("2026-11-23T06:00:00Z")
    assert sizes(service) == (1, 2, 4, 2)
    assert service.health("web") == {"healthy": 2}


def test_all_that_lies_between_happens_in_order(cloud: Cloud, service: Service) -> None:
    at_night(service)
    cloud.clock.advance_to("2026-11-24T12:00:00Z")  # off and on, twice
    assert sizes(service) == (1, 2, 4, 2)
    activities = service.world.aws.autoscaling.describe_scaling_activities(
        AutoScalingGroupName="web"
    )["Activities"]
    assert len(activities) == 2 + 2 * 2 + 2 * 2


def test_suspended_schedules_are_lost(cloud: Cloud, service: Service) -> None:
    at_night(service)
    scaling = service.world.aws.autoscaling
    process = {"AutoScalingGroupName": "web", "ScalingProcesses": ["ScheduledActions"]}
    scaling.suspend_processes(**process)
    cloud.clock.advance_to("2026-11-20T21:00:00Z")
    assert sizes(service) == (0, 2, 4, 2)
    scaling.resume_processes(**process)
    cloud.clock.advance_to("2026-11-21T12:00:00Z")
    assert sizes(service) == (0, 2, 4, 2)
    cloud.clock.advance_to("2026-11-21T19:00:00Z")
    assert sizes(service) == (0, 0, 4, 0)


def test_an_event_comes_once_and_is_then_forgotten(cloud: Cloud, service: Service) -> None:
    schedule(service, "sale", startTime="2026-11-27T06:00:00Z", minSize=3, maxSize=9)
    cloud.clock.advance_to("2026-11-27T05:59:59Z")
    assert sizes(service) == (0, 2, 4, 2)
    cloud.clock.advance_to("2026-11-27T06:00:00Z")
    assert sizes(service) == (3, 3, 9, 3)
    scaling = service.world.aws.autoscaling
    assert scaling.describe_scheduled_actions()["ScheduledUpdateGroupActions"] == []


def test_a_recurrence_has_a_first_and_a_last_time(cloud: Cloud, service: Service) -> None:
    schedule(
        service,
        "peak",
        recurrence="0 9 * * *",
        startTime="2026-11-22T09:00:00Z",
        endTime="2026-11-23T10:00:00Z",
        desiredCapacity=4,
    )
    cloud.clock.advance_to("2026-11-21T10:00:00Z")
    assert sizes(service)[1] == 2
    cloud.clock.advance_to("2026-11-22T09:00:00Z")
    assert sizes(service)[1] == 4
    service.scale("web", 1)
    cloud.clock.advance_to("2026-11-23T12:00:00Z")
    assert sizes(service)[1] == 4
    service.scale("web", 1)
    cloud.clock.advance_to("2026-11-25T12:00:00Z")
    assert sizes(service)[1] == 1


def test_sizes_that_are_not_given_stay(cloud: Cloud, service: Service) -> None:
    schedule(service, "least", recurrence="0 13 * * *", minSize=3)
    cloud.clock.advance_to("2026-11-20T13:00:00Z")
    assert sizes(service) == (3, 3, 4, 3)


def test_nothing_happens_while_the_clock_jumps(cloud: Cloud, service: Service) -> None:
    at_night(service)
    cloud.clock.set("2026-11-20T23:00:00Z")
    assert sizes(service) == (0, 2, 4, 2)


def test_time_does_not_run_backwards(cloud: Cloud) -> None:
    cloud.clock.freeze()
    with pytest.raises(ValueError, match="is over"):
        cloud.clock.advance(-1)


@pytest.mark.parametrize("text", ["0 20 * *", "60 * * * *", "0 0 * * funday", "5-1 * * * *"])
def test_what_is_no_cron_is_refused(service: Service, text: str) -> None:
    with pytest.raises(CronError):
        Cron.parse(text)
    scaling = service.world.aws.autoscaling
    with pytest.raises(Exception, match="ValidationError"):
        scaling.put_scheduled_update_group_action(
            AutoScalingGroupName="web", ScheduledActionName="a", MinSize=0, Recurrence=text
        )
    assert scaling.describe_scheduled_actions()["ScheduledUpdateGroupActions"] == []


@pytest.mark.parametrize(
    ("text", "zone", "after", "due"),
    [
        ("0 20 * * *", "UTC", "2026-11-20T20:00", "2026-11-21T20:00"),
        ("0 20 * * *", "UTC", "2026-11-20T19:59", "2026-11-20T20:00"),
        ("*/20 9-17 * * *", "UTC", "2026-11-20T17:40", "2026-11-21T09:00"),
        ("0 0 1 jan *", "UTC", "2026-11-20T00:00", "2027-01-01T00:00"),
        ("0 0 29 2 *", "UTC", "2026-11-20T00:00", "2028-02-29T00:00"),
        ("0 0 * * 7", "UTC", "2026-11-20T00:00", "2026-11-22T00:00"),
        ("0 0 13 * fri", "UTC", "2026-11-19T00:00", "2026-11-20T00:00"),  # either day will do
        ("0 8 * * *", "Europe/Berlin", "2026-03-28T08:00", "2026-03-29T06:00"),  # summer begins
        ("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00", "2026-03-30T00:30"),  # skipped hour
    ],
)
def test_when_a_cron_is_due(text: str, zone: str, after: str, due: str) -> None:
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)
    found = Cron.parse(text).next_after(moment, zone)
    assert found == datetime.fromisoformat(due).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("service", "operation"),
    [("elbv2", "describe_load_balancers"), ("s3", "list_buckets"), ("ssm", "describe_parameters")],
)
def test_every_answer_says_the_cloud_s_time(cloud: Cloud, service: str, operation: str) -> None:
    cloud.clock.set("2026-11-20T12:00:00Z")

    answer = getattr(cloud.client(service), operation)()

    date = answer["ResponseMetadata"]["HTTPHeaders"]["date"]
    assert date == "Fri, 20 Nov 2026 12:00:00 GMT"
