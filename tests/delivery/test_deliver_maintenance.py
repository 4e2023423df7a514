"""`deliver maintenance` in stage: the page comes, changes and goes, and touches nothing else."""

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any

import pytest

from tests.delivery.conftest import PROJECT
from tests.delivery.deploying import Deliver
from tests.delivery.engines import error_of
from tests.delivery.living import machines
from tests.delivery.released import edited
from tests.delivery.test_by_the_clock import rules, target_of

pytestmark = pytest.mark.engine
TOKEN = "0123456789abcdef" * 2
NO_MORE = {"text": None, "until": None, "token": None}


@pytest.fixture
def switch_on(deliver: Deliver) -> Callable[..., Any]:
    """`deliver maintenance on`."""
    on = import_module("delivery.driving.maintenance").switch_on
    return lambda **given: on(deliver.desk(), **{**NO_MORE, **given})


def switch_off(deliver: Deliver) -> bool:
    return bool(import_module("delivery.driving.maintenance").switch_off(deliver.desk()))


def shown(deliver: Deliver) -> tuple[str, str, str]:
    """What everybody reads, the token that gets through, and where to."""
    found = rules(deliver.cloud, "stage")
    page = found["2"]["Actions"][0]["FixedResponseConfig"]["MessageBody"]
    [condition] = found["1"]["Conditions"]
    return page, condition["HttpHeaderConfig"]["Values"][0], target_of(found["1"])


def test_the_page_comes_changes_and_goes_and_no_fleet_or_weight_does(
    deliver: Deliver, switch_on: Callable[..., Any]
) -> None:
    cloud = deliver.cloud
    before = (deliver.weights, deliver.sizes, machines(cloud, "stage"), rules(cloud, "stage"))
    leading = cloud.client("elbv2").describe_target_groups(Names=[f"{PROJECT}-stage-v1"])
    target = leading["TargetGroups"][0]["TargetGroupArn"]

    on = switch_on(until=datetime(2026, 11, 23, 10, 30), token=TOKEN)  # noqa: DTZ001 the tier's own

    text = "We are doing maintenance. Back by 2026-11-23 10:30 UTC."
    assert (on.text, on.token, on.changed) == (text, TOKEN, True)
    assert shown(deliver) == (text, TOKEN, target)
    assert deliver.document.maintenance.text == text

    assert switch_on(text="Back soon.").changed
    assert shown(deliver) == ("Back soon.", TOKEN, target), "the token stays what testers have"
    cloud.calls.clear()
    assert not switch_on().changed
    assert {str(each) for each in cloud.calls.of(mutating=True)} == {"s3.PutObject"}, "a lease only"

    assert switch_off(deliver)
    assert deliver.document.maintenance is None
    after = (deliver.weights, deliver.sizes, machines(cloud, "stage"), rules(cloud, "stage"))
    assert after == before


def test_a_time_that_is_over_is_refused(deliver: Deliver, switch_on: Callable[..., Any]) -> None:
    with pytest.raises(error_of("Refused", "stack.refusal"), match="is over"):
        switch_on(until=datetime(2026, 11, 23, 7, 59))  # noqa: DTZ001 the tier's own

    assert deliver.document.maintenance is None


def test_during_a_rollout_it_is_refused(deliver: Deliver, switch_on: Callable[..., Any]) -> None:
    rolling = import_module("delivery.driving.rolling")
    desk = deliver.desk()
    propose, seen = import_module("delivery.driving.proposing").restart, deliver.seen(desk)
    with rolling.leased(desk) as holder:
        plan = propose(seen, strategy=None, why=None).plan
        holder.write(plan.begun(desk, holder.document), instead_of=holder.document)
    deliver.cloud.calls.clear()

    for attempt in (switch_on, lambda: switch_off(deliver)):
        with pytest.raises(
            error_of("Refused", "stack.refusal"), match="rollout of v2 is under way"
        ):
            attempt()

    assert deliver.cloud.calls.of(who="provider") == []
    assert deliver.document.maintenance is None


def test_where_another_change_waits_nothing_is_done_and_the_document_is_as_it_was(
    deliver: Deliver, switch_on: Callable[..., Any]
) -> None:
    before, change = deliver.document, error_of("ForeignChange", "delivery.engine.changes")

    with edited(deliver.tier, log_retention_days=60), pytest.raises(change, match="log-group"):
        switch_on()

    assert deliver.document == before
    assert deliver.cloud.calls.of(who="provider", mutating=True) == []
