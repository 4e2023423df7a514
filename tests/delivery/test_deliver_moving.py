"""The actions of a rollout as calls to the simulated AWS: again, half done, unanswered."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cloud import Cloud
from tests.cloud.injection import When
from tests.delivery.conftest import PROJECT, Account
from tests.delivery.living import move_traffic
from tests.delivery.standing import TIER, Standing

pytestmark = pytest.mark.engine
BASE = f"{PROJECT}-{TIER}"
V1, V2 = f"{BASE}-v1", f"{BASE}-v2"


@pytest.fixture(scope="module")
def brought_up(cloud: Cloud, account_of_module: Account) -> Iterator[Standing]:
    yield Standing(cloud, account_of_module)
    cloud.reset()


@pytest.fixture
def tier(brought_up: Standing) -> Standing:
    brought_up.restore()
    return brought_up


def sizes(tier: Standing, release: str) -> tuple[int, int, int]:
    group = tier.group(release)
    assert group
    return group["MinSize"], group["DesiredCapacity"], group["MaxSize"]


def mutating(tier: Standing) -> list[str]:
    return [str(call) for call in tier.cloud.calls.of(who="program", mutating=True)]


# Weights.


def test_consequence_3_traffic_moves_back_by_one_call_while_the_old_fleet_stands(
    tier: Standing,
) -> None:
    mover = tier.mover
    conditions = tier.rule()["Conditions"]
    tier.cloud.calls.clear()
    # Nobody but the balancer is there: no engine, no document, no lease.
    others = ("autoscaling", "ec2", "s3", "cloudwatch", "ssm", "sts")
    faults = [tier.cloud.faults.fail(each, times=None) for each in others]

    mover.carry_out(tier.action("SetWeights", (("v1", 100),)))

    assert mutating(tier) == ["elbv2.ModifyRule"]
    assert len(tier.cloud.calls) == 5  # the others find the rule and the target group
    assert [fault.hits for fault in faults] == [[]] * len(others)
    for fault in faults:
        fault.stop()
    assert mover.observe().weights == {"v1": 100}
    assert tier.rule()["Conditions"] == conditions


def test_weights_come_with_stickiness_and_without(tier: Standing) -> None:
    mover = tier.mover

    mover.carry_out(tier.action("SetWeights", (("v1", 50), ("v2", 50)), 3600))
    seen = mover.observe()
    assert (seen.weights, seen.sticky_seconds) == ({"v1": 50, "v2": 50}, 3600)

    mover.carry_out(tier.action("SetWeights", (("v1", 0), ("v2", 100))))
    seen = mover.observe()
    assert (seen.weights, seen.sticky_seconds) == ({"v2": 100}, 0)


@pytest.mark.parametrize("lost", ["before", "after"])
def test_a_move_whose_answer_is_lost_is_made_again(tier: Standing, lost: When) -> None:
    with tier.cloud.faults.lose("elbv2", "ModifyRule", when=lost, times=4) as fault:
        tier.mover.carry_out(tier.action("SetWeights", (("v2", 100),)))

    assert len(fault.hits) == 4
    assert tier.mover.observe().weights == {"v2": 100}


def test_no_traffic_goes_to_a_fleet_that_is_not_there(tier: Standing) -> None:
    with pytest.raises(tier.refused, match=f"There is no target group {BASE}-v3"):
        tier.mover.carry_out(tier.action("SetWeights", (("v1", 50), ("v3", 50))))

    assert tier.mover.observe().weights == {"v1": 75, "v2": 25}


def test_without_a_traffic_rule_nothing_can_be_moved(tier: Standing) -> None:
    tier.cloud.client("elbv2").delete_rule(RuleArn=tier.rule()["RuleArn"])

    with pytest.raises(tier.refused, match=f"`pulumi up --stack {TIER}` makes it"):
        tier.mover.carry_out(tier.action("SetWeights", (("v1", 100),)))


# Sizes and schedules.


def test_bounds_rise_and_aws_moves_the_size_into_them(tier: Standing) -> None:
    for _ in range(2):
        tier.mover.carry_out(tier.action("SetSizes", "v2", 3, 8))
        assert sizes(tier, "v2") == (3, 3, 8)

    assert len(mutating(tier)) == 1  # the second found everything as it should be


def test_what_load_made_is_respected_and_what_is_higher_stays(tier: Standing) -> None:
    tier.cloud.client("autoscaling").update_auto_scaling_group(
        AutoScalingGroupName=V1, MinSize=4, DesiredCapacity=6, MaxSize=9
    )

    tier.mover.carry_out(tier.action("SetSizes", "v1", 3, 12))
    assert sizes(tier, "v1") == (4, 6, 12)

    tier.mover.carry_out(tier.action("SetSizes", "v1", 5, 7))
    assert sizes(tier, "v1") == (5, 6, 12)


def test_the_sizes_of_the_clock_are_set_as_they_are(tier: Standing) -> None:
    mover = tier.mover
    tier.cloud.client("autoscaling").update_auto_scaling_group(
        AutoScalingGroupName=V1, MinSize=4, DesiredCapacity=6, MaxSize=9
    )

    mover.carry_out(tier.action("SetScheduledSizes", "v1", tier.sizes(2, 8)))
    assert sizes(tier, "v1") == (2, 6, 8)  # scaling takes them back, at the load's own pace

    mover.carry_out(tier.action("SetScheduledSizes", "v1", tier.sizes(2, 4)))
    assert sizes(tier, "v1") == (2, 4, 4)

    for _ in range(2):
        mover.carry_out(tier.action("SetScheduledSizes", "v1", tier.sizes(0, 4)))
        assert sizes(tier, "v1") == (0, 0, 4)


def test_only_the_schedules_are_suspended_and_resumed(tier: Standing) -> None:
    scaling = tier.cloud.client("autoscaling")
    scaling.suspend_processes(AutoScalingGroupName=V1, ScalingProcesses=["AZRebalance"])
    mover = tier.mover

    def processes() -> set[str]:
        return {each["ProcessName"] for each in (tier.group("v1") or {})["SuspendedProcesses"]}

    for _ in range(2):
        mover.carry_out(tier.action("SuspendSchedules", "v1"))
        assert processes() == {"AZRebalance", "ScheduledActions"}
    for _ in range(2):
        mover.carry_out(tier.action("ResumeSchedules", "v1"))
        assert processes() == {"AZRebalance"}


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("SetSizes", (1, 2)),
        ("SetScheduledSizes", ()),
        ("SuspendSchedules", ()),
        ("ResumeSchedules", ()),
    ],
)
def test_a_fleet_that_is_gone_is_named(tier: Standing, kind: str, values: tuple[Any, ...]) -> None:
    given = values or ((tier.sizes(1, 2),) if kind == "SetScheduledSizes" else ())

    with pytest.raises(tier.refused, match=f"There is no group {BASE}-v3 in us-west-2"):
        tier.mover.carry_out(tier.action(kind, "v3", *given))


@pytest.mark.parametrize("code", ["Throttling", "ScalingActivityInProgress", "InternalFailure"])
def test_a_busy_group_is_asked_again(tier: Standing, code: str) -> None:
    with tier.cloud.faults.fail("autoscaling", "UpdateAutoScalingGroup", code=code, times=4):
        tier.mover.carry_out(tier.action("SetSizes", "v1", 3, 5))

    assert sizes(tier, "v1") == (3, 3, 5)


def test_what_aws_refuses_is_told_in_one_line_with_its_words(tier: Standing) -> None:
    with (
        tier.cloud.faults.fail(
            "autoscaling", "SuspendProcesses", code="ValidationError", message="not today"
        ) as fault,
        pytest.raises(tier.refused) as caught,
    ):
        tier.mover.carry_out(tier.action("SuspendSchedules", "v1"))

    assert len(fault.hits) == 1
    [line] = str(caught.value).splitlines()
    assert line.startswith(f"The group {V1} cannot be kept from its schedules, in us-west-2: ")
    assert "not today" in line
    assert line.endswith("`deliver status` shows how the tier stands.")


# Leftovers.


def left(cloud: Cloud, release: str) -> set[str]:
    """The kinds of things that have a fleet's name, or belong to it."""
    name = f"{BASE}-{release}"
    balancing, scaling = cloud.client("elbv2"), cloud.client("autoscaling")
    targets = balancing.describe_target_groups()["TargetGroups"]
    templates = cloud.client("ec2").describe_launch_templates()["LaunchTemplates"]
    groups = scaling.describe_auto_scaling_groups()["AutoScalingGroups"]
    policies = scaling.describe_policies()["ScalingPolicies"]
    alarms = cloud.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"{name}-")
    [balancer] = balancing.describe_load_balancers(Names=[BASE])["LoadBalancers"]
    listeners = balancing.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])
    rules = balancing.describe_rules(ListenerArn=listeners["Listeners"][0]["ListenerArn"])["Rules"]
    found = {
        "targets": name in {each["TargetGroupName"] for each in targets},
        "template": name in {each["LaunchTemplateName"] for each in templates},
        "group": name in {each["AutoScalingGroupName"] for each in groups},
        "policies": name in {each["AutoScalingGroupName"] for each in policies},
        "alarms": bool(alarms["MetricAlarms"]),
        "rule": str(100 + int(release[1:])) in {each["Priority"] for each in rules},
    }
    return {kind for kind, there in found.items() if there}


ALL = {"targets", "template", "group", "policies", "alarms", "rule"}


def test_everything_of_a_fleet_goes_by_name_and_nothing_of_another(tier: Standing) -> None:
    cloud = tier.cloud
    assert left(cloud, "v1") == left(cloud, "v2") == ALL
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName=f"{V2}-prod-v3-failures",  # of a service that is called so
        MetricName="m",
        Namespace="n",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    move_traffic(cloud, TIER, {"v1": 100, "v2": 0})  # with weight 0 it is used by the rule

    for _ in range(2):
        tier.mover.carry_out(tier.action("RemoveLeftovers", "v2"))
        assert left(cloud, "v2") == {"alarms"}  # the other service's

    assert left(cloud, "v1") == ALL
    seen = tier.mover.observe()
    assert (seen.weights, seen.fleets.keys()) == ({"v1": 100}, {"v1"})
    assert tier.told == []  # by the second, which found nothing


def test_a_fleet_with_traffic_is_never_touched(tier: Standing) -> None:
    with pytest.raises(tier.refused, match=f"{V2} has a share of the traffic"):
        tier.mover.carry_out(tier.action("RemoveLeftovers", "v2"))

    assert mutating(tier) == []
    assert left(tier.cloud, "v2") == ALL


def test_the_traffic_rule_goes_and_nothing_else(tier: Standing) -> None:
    for _ in range(2):
        tier.mover.carry_out(tier.action("RemoveTraffic"))

    assert tier.mover.observe().weights is None
    assert [str(each) for each in mutating(tier)] == ["elbv2.DeleteRule"]


def test_the_drain_is_waited_for_and_told(tier: Standing) -> None:
    move_traffic(tier.cloud, TIER, {"v1": 100})
    tier.cloud.instances.as_on_aws()
    mover, before = tier.mover, tier.cloud.clock.now()

    mover.carry_out(tier.action("RemoveLeftovers", "v2"))

    assert left(tier.cloud, "v2") == set()
    assert 60 <= (tier.cloud.clock.now() - before).total_seconds() <= 80
    assert f"waiting for 2 instances of {V2} to end" in tier.told
    deletes = tier.cloud.calls.of("autoscaling", "DeleteAutoScalingGroup")
    assert len(deletes) == 1


def test_a_drain_without_end_is_not_waited_for_for_ever(tier: Standing) -> None:
    move_traffic(tier.cloud, TIER, {"v1": 100})
    tier.cloud.instances.drained_after(100_000)

    with pytest.raises(tier.refused, match=f"After 30 minutes the group {V2} is still being"):
        tier.mover.carry_out(tier.action("RemoveLeftovers", "v2"))


def test_a_target_group_that_another_rule_uses_is_named_with_it(tier: Standing) -> None:
    balancing = tier.cloud.client("elbv2")
    [target] = balancing.describe_target_groups(Names=[V2])["TargetGroups"]
    move_traffic(tier.cloud, TIER, {"v1": 100})
    balancing.create_rule(
        ListenerArn=tier.rule_listener,
        Priority=777,
        Conditions=[{"Field": "path-pattern", "Values": ["/own/*"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": target["TargetGroupArn"]}],
    )

    with pytest.raises(tier.refused, match=f"target group {V2} is still used by the rule 777"):
        tier.mover.carry_out(tier.action("RemoveLeftovers", "v2"))


DELETES = [
    ("autoscaling", "DeleteAutoScalingGroup"),
    ("ec2", "DeleteLaunchTemplate"),
    ("elbv2", "DeleteRule"),
    ("elbv2", "DeleteTargetGroup"),
    ("cloudwatch", "DeleteAlarms"),
]


@pytest.mark.parametrize(("service", "operation"), DELETES)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_removal_whose_answer_is_lost_goes_on(
    tier: Standing, service: str, operation: str, when: When
) -> None:
    move_traffic(tier.cloud, TIER, {"v1": 100})
    with tier.cloud.faults.lose(service, operation, when=when, times=4):
        tier.mover.carry_out(tier.action("RemoveLeftovers", "v2"))

    assert left(tier.cloud, "v2") == set()


@pytest.mark.parametrize(("service", "operation"), DELETES)
def test_a_removal_that_died_anywhere_is_finished_by_the_next(
    tier: Standing, service: str, operation: str
) -> None:
    move_traffic(tier.cloud, TIER, {"v1": 100})
    fault = tier.cloud.faults.fail(service, operation, code="AccessDenied", times=None)
    with fault, pytest.raises(tier.refused):
        tier.mover.carry_out(tier.action("RemoveLeftovers", "v2"))

    tier.mover.carry_out(tier.action("RemoveLeftovers", "v2"))

    assert left(tier.cloud, "v2") == set()
    assert left(tier.cloud, "v1") == ALL
