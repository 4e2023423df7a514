from datetime import UTC, datetime
from typing import Any

import pytest
from conftest import Deploy

from stack.calendar import Event
from stack.schedules import Schedules, SchedulesArgs

KEEP = -1  # AWS's word for "as it is"; said here again, so that the stack's own is tried
SALE = Event.model_validate(
    {"start": "2026-11-27T06:00", "end": "2026-11-28T02:00", "min_size": 6, "max_size": 20}
)


def actions(deploy: Deploy, **changes: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401
    args: dict[str, Any] = {
        "release_name": "v1",
        "fleet_name": "orders-prod-v1",
        "group_name": "orders-prod-v1",
        "min_size": 3,
        "max_size": 12,
        "time_zone": "Europe/Berlin",
        "night": "",
        "events": {},
        "now": datetime(2026, 11, 21, tzinfo=UTC),
    }
    made = deploy(lambda: Schedules("v1-schedules", SchedulesArgs(**{**args, **changes})))
    return {name: each.inputs for name, each in made.items() if each.custom}


def sizes(action: dict[str, Any]) -> tuple[int, int, int]:
    return action["minSize"], action["desiredCapacity"], action["maxSize"]


def test_without_night_and_events_there_is_no_action(deploy: Deploy) -> None:
    assert actions(deploy) == {}


def test_at_night_there_are_no_instances_and_the_ceiling_stays(deploy: Deploy) -> None:
    made = actions(deploy, night="20:00-07:00")

    assert sizes(made["v1-evening"]) == (0, 0, KEEP)
    assert sizes(made["v1-morning"]) == (3, 3, KEEP)
    assert made["v1-evening"]["recurrence"] == "0 20 * * *"
    assert {each["timeZone"] for each in made.values()} == {"Europe/Berlin"}


def test_an_event_raises_the_sizes_and_sets_them_back(deploy: Deploy) -> None:
    made = actions(deploy, events={"sale": SALE})

    assert sizes(made["v1-sale-starts"]) == (6, KEEP, 20)
    assert sizes(made["v1-sale-ends"]) == (3, KEEP, 12)
    assert made["v1-sale-starts"]["startTime"] == "2026-11-27T05:00:00Z"
    assert made["v1-sale-ends"]["startTime"] == "2026-11-28T01:00:00Z"


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (datetime(2026, 11, 27, 4, 59, tzinfo=UTC), {"v1-sale-starts", "v1-sale-ends"}),
        (datetime(2026, 11, 27, 5, 0, tzinfo=UTC), {"v1-sale-ends"}),
        (datetime(2026, 11, 28, 1, 0, tzinfo=UTC), set()),
    ],
)
def test_what_is_past_is_not_asked_for_since_aws_refuses_it(
    deploy: Deploy, now: datetime, left: set[str]
) -> None:
    assert set(actions(deploy, events={"sale": SALE}, now=now)) == left


def test_no_size_is_left_out_since_that_would_mean_none(deploy: Deploy) -> None:
    for action in actions(deploy, night="20:00-07:00", events={"sale": SALE}).values():
        assert {"minSize", "maxSize", "desiredCapacity"} <= action.keys()
