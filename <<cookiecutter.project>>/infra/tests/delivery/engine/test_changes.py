"""What a rollout may have the engine do, resource by resource."""

from datetime import UTC, datetime
from typing import Any

import pytest
from samples import document, release_data

from delivery.engine.changes import Bounds, Change, ForeignChange
from delivery.engine.state import State
from delivery.engine.urns import Urn

PAST, TO_COME = datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)
ON = {"text": "Back soon.", "token": "0" * 32}
OWN = "aws:sqs/queue:Queue"


def urn(path: str, name: str) -> Urn:
    return Urn(f"urn:pulumi:prod::orders::{path}::{name}")


def of(component: str, name: str, kind: str = "aws:some/thing:Thing") -> Urn:
    part = component.rpartition(":")[2].lower()
    return urn(f"slipway:{part}:{component}${kind}", name)


def allowed(
    where: Urn,
    op: str,
    because: tuple[str, ...] = (),
    *,
    starts: datetime | None = None,
    before: dict[str, int] | None = None,
    **parts: Any,  # noqa: ANN401
) -> bool:
    """Tell whether v2 may come and v1 go, with v3 beside them, so that this changes."""
    releases = {f"v{number}": release_data(number) for number in (2, 3, 20)}
    said = document("prod", releases=releases, **{"weights": {"v2": 10, "v3": 90}, **parts})
    state = State("", (), (), {"releases": before or {"v3": 100}})
    return Bounds(said, state, ("v2",), ("v1",)).has(Change(where, op, because, starts))


@pytest.mark.parametrize(
    ("where", "op", "because"),
    [
        (of("Fleet", "v2-group"), "create", ()),
        (of("Alarms", "v2-latency"), "create", ()),
        (of("Scaling", "v2-cpu"), "update", ("targetTrackingConfiguration",)),
        (of("Fleet", "v1-group"), "delete", ()),
        (of("Schedules", "v1-evening"), "delete", ()),
        (of("Dashboard", "tier-dashboard"), "update", ("dashboardBody",)),
        (of("Role", "instance-rights"), "update", ("policy",)),
        (of("Traffic", "traffic-rule"), "create", ()),
        (of("Schedules", "v3-morning"), "update", ("minSize", "desiredCapacity")),
        (of("Alarms", "v3-latency"), "create", ()),
        (of("Scaling", "v3-cpu"), "create", ()),
    ],
)
def test_the_fleets_and_what_follows_the_document_are_the_rollouts(
    where: Urn, op: str, because: tuple[str, ...]
) -> None:
    assert allowed(where, op, because)


@pytest.mark.parametrize(
    ("where", "op", "because"),
    [
        (of("Fleet", "v2-group"), "delete", ()),
        (of("Fleet", "v2-group"), "replace", ("name",)),
        (of("Fleet", "v1-group"), "replace", ("name",)),
        (of("Fleet", "v3-rule"), "update", ("tags",)),
        (of("Fleet", "v3-group"), "delete", ()),
        (of("Fleet", "v20-group"), "create", ()),
        (of("Scaling", "v3-cpu"), "update", ("targetTrackingConfiguration",)),
        (of("Alarms", "v4-latency"), "create", ()),
        (of("Scaling", "v3-cpu"), "delete", ()),
        (of("Dashboard", "tier-dashboard"), "create", ()),
        (of("Dashboard", "tier-dashboard"), "replace", ("dashboardName",)),
        (of("Role", "instance-rights"), "update", ("name", "policy")),
        (of("Role", "instance-role"), "update", ("tags",)),
        (of("Traffic", "traffic-rule"), "update", ("tags",)),
        (of("Traffic", "traffic-rule"), "delete", ()),
        (of("Schedules", "v3-morning"), "update", ("recurrence",)),
        (of("Schedules", "v3-morning"), "update", ("minSize", "timeZone")),
        (of("Schedules", "v3-morning"), "update", ()),
        (of("Schedules", "v3-sale-starts"), "create", ()),
        (urn(OWN, "v2-queue"), "create", ()),
        (urn(OWN, "v1-queue"), "delete", ()),
        (urn("pulumi:providers:aws", "default"), "update", ("version",)),
    ],
)
def test_everything_else_is_not(where: Urn, op: str, because: tuple[str, ...]) -> None:
    assert not allowed(where, op, because)


def test_events_come_and_go_with_a_fleets_traffic() -> None:
    sale = of("Schedules", "v3-sale-starts")
    none: dict[str, Any] = {"weights": {"v2": 100}}

    assert allowed(sale, "create", before={"v2": 100})
    assert not allowed(sale, "create", before={"v3": 100})
    assert allowed(sale, "delete", starts=TO_COME, before={"v3": 100}, **none)
    assert not allowed(sale, "delete", starts=TO_COME, before={"v2": 100}, **none)
    assert not allowed(sale, "delete", starts=TO_COME)


def test_an_event_that_began_meanwhile_is_no_change_by_anybody() -> None:
    assert allowed(of("Schedules", "v3-sale-starts"), "delete", starts=PAST)
    assert not allowed(of("Schedules", "v77-sale-starts"), "delete", starts=PAST)


def test_the_traffic_rule_goes_with_the_last_release() -> None:
    assert allowed(of("Traffic", "traffic-rule"), "delete", weights={})
    assert not allowed(of("Traffic", "traffic-rule"), "create", weights={})


def test_maintenance_is_there_while_the_document_has_it() -> None:
    page, token = of("Maintenance", "maintenance-page"), of("Maintenance", "maintenance-token")

    assert allowed(page, "create", maintenance=ON)
    assert allowed(page, "delete")
    assert not allowed(page, "create")
    assert not allowed(page, "delete", maintenance=ON)
    assert allowed(token, "update", ("actions",), maintenance=ON)
    assert not allowed(token, "update", ("actions", "tags"), maintenance=ON)
    assert allowed(token, "delete", maintenance=ON, weights={})
    assert not allowed(token, "delete", maintenance=ON)


def test_a_refusal_has_a_line_for_each_and_says_what_to_do() -> None:
    bounds = Bounds(document("prod"), State("", (), (), {}))
    changes = [
        Change(of("Logs", "log-group", "aws:cloudwatch/logGroup:LogGroup"), "update", ("tags",)),
        Change(urn(OWN, "mail"), "replace", ("name",)),
        Change(of("Dashboard", "tier-dashboard"), "update"),
    ]

    with pytest.raises(ForeignChange) as refused:
        bounds.check(changes, "prod")

    assert str(refused.value).splitlines() == [
        "log-group (aws:cloudwatch/logGroup:LogGroup) would be changed because of tags.",
        "mail (aws:sqs/queue:Queue) would be replaced because of name.",
        "It does not belong to the rollout: look at it, and bring it about first, with `pulumi up "
        "--stack prod`.",
    ]
