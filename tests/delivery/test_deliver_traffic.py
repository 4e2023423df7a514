"""A rollout under the traffic there is: none, clients that hang up, more and more of it."""

from typing import Any

import pytest

from tests.delivery.conftest import PROJECT
from tests.delivery.deploying import Deliver
from tests.delivery.released import at_step, edited

pytestmark = pytest.mark.engine
BALANCER = f"{PROJECT}-stage"
STANDBY, QUIET = 5 * 60, 5 * 60  # stage's standby_minutes and quiet_minutes


@pytest.mark.parametrize("pass_quiet", [True, False])
def test_without_traffic_a_release_is_watched_longer_and_then_the_setting_decides(
    deliver: Deliver, *, pass_quiet: bool
) -> None:
    with edited(deliver.tier, pass_quiet=pass_quiet):
        outcome = deliver.deploy(deliver.proven(2), "blue-green")

    assert outcome == ("done" if pass_quiet else "undone")
    watched = [each.at for each in seen(deliver) if each.weights == {"v2": 100}]
    assert (watched[-1] - watched[0]).total_seconds() >= STANDBY + QUIET
    if not pass_quiet:
        assert "v2 had 0 of 80 requests" in deliver.reasons()[0]
        assert deliver.weights == {"v1": 100}


def test_clients_that_hang_up_are_no_failure_of_the_release(deliver: Deliver) -> None:
    """They did so before; both releases alarm, since by the minute CloudWatch tells no more."""
    deliver.cloud.traffic.flow(BALANCER, 3000)
    deliver.cloud.traffic.behave("*", abandoned=0.5)
    deliver.cloud.clock.advance(600)

    assert deliver.deploy(deliver.proven(2), "blue-green") == "done", deliver.reasons()

    assert deliver.weights == {"v2": 100}
    assert any(f"{BALANCER}-v2-failures" in each.alarms for each in seen(deliver))


def test_fleets_grow_for_their_share_of_a_load_that_grows_meanwhile(deliver: Deliver) -> None:
    """Scaling gives the old fleet four instances at the first step: later ones need as many."""
    at_step(deliver, {"v1": 95, "v2": 5}, lambda: scaled(deliver, "v1", 4))

    assert deliver.deploy(deliver.proven(2)) == "done"

    healthy = [(dict(each.weights), each.fleets["v2"].healthy) for each in seen(deliver)]
    assert min(many for weights, many in healthy if weights == {"v1": 50, "v2": 50}) >= 2
    assert min(many for weights, many in healthy if weights == {"v2": 100}) >= 4
    assert deliver.sizes["v2"][1] >= 4, "nothing is taken away at the end but by scaling"


def test_an_instance_lost_on_the_way_is_replaced_before_the_next_step(deliver: Deliver) -> None:
    """First one of the old fleet, then one of the new fleet, which has all the traffic by then."""

    def first() -> None:
        lose_one(deliver, "v1")
        at_step(deliver, {"v2": 100}, lambda: lose_one(deliver, "v2"))

    at_step(deliver, {"v1": 95, "v2": 5}, first)

    assert deliver.deploy(deliver.proven(2)) == "done", deliver.reasons()

    of_v1 = [each.fleets["v1"].healthy for each in seen(deliver) if each.weights.get("v2") == 5]
    half = next(each for each in seen(deliver) if each.weights.get("v2") == 50)
    assert (min(of_v1), half.fleets["v1"].healthy) == (1, 2)
    of_v2 = [each.fleets["v2"].healthy for each in seen(deliver) if each.weights == {"v2": 100}]
    assert (min(of_v2), of_v2[-1]) == (1, 2)


def seen(deliver: Deliver) -> list[Any]:
    """The looks at a tier in which the new fleet was."""
    return [
        each
        for each in deliver.told
        if type(each).__name__ == "Seen" and each.weights and "v2" in each.fleets
    ]


def scaled(deliver: Deliver, release: str, size: int) -> None:
    deliver.cloud.client("autoscaling").set_desired_capacity(
        AutoScalingGroupName=f"{BALANCER}-{release}", DesiredCapacity=size
    )


def lose_one(deliver: Deliver, release: str) -> None:
    scaling = deliver.cloud.client("autoscaling")
    [group] = scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[f"{BALANCER}-{release}"])[
        "AutoScalingGroups"
    ]
    scaling.terminate_instance_in_auto_scaling_group(
        InstanceId=group["Instances"][0]["InstanceId"], ShouldDecrementDesiredCapacity=False
    )
