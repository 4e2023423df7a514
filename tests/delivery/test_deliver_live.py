"""What `deliver` sees of a tier, on the simulated cloud; and how few calls it takes."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from typing import Any

import pytest

from tests.cloud import Cloud
from tests.delivery.conftest import PROJECT, Account
from tests.delivery.living import move_traffic
from tests.delivery.standing import MORNING, TIER, Standing

pytestmark = pytest.mark.engine
V1, V2 = f"{PROJECT}-{TIER}-v1", f"{PROJECT}-{TIER}-v2"


@pytest.fixture(scope="module")
def brought_up(cloud: Cloud, account_of_module: Account) -> Iterator[Standing]:
    yield Standing(cloud, account_of_module)
    cloud.reset()


@pytest.fixture
def tier(brought_up: Standing) -> Standing:
    brought_up.restore()
    return brought_up


def target_group(cloud: Cloud, name: str) -> str:
    found = cloud.client("elbv2").describe_target_groups(Names=[name])["TargetGroups"]
    return str(found[0]["TargetGroupArn"])


def test_a_tier_at_rest_is_seen_whole(tier: Standing) -> None:
    seen = tier.mover.observe()

    fleet = import_module("delivery.deciding.observed").Fleet
    assert seen.fleets == {"v1": fleet("whole", 2, 2, 4, 2), "v2": fleet("whole", 2, 2, 4, 2)}
    assert seen.weights == {"v1": 75, "v2": 25}
    assert seen.sticky_seconds == 0
    assert seen.verdict is None


def test_an_observation_takes_six_calls_for_two_fleets(tier: Standing) -> None:
    mover = tier.mover
    mover.observe()
    assert len(tier.cloud.calls) == 8  # with balancer and listener, which are looked up once

    tier.cloud.calls.clear()
    mover.observe()

    assert Counter(call.operation for call in tier.cloud.calls) == {
        "DescribeAutoScalingGroups": 1,
        "DescribeLaunchTemplates": 1,
        "DescribeTargetGroups": 1,
        "DescribeRules": 1,
        "DescribeTargetHealth": 2,
    }


def test_the_time_is_the_cloud_s(tier: Standing) -> None:
    mover = tier.mover
    assert mover.observe().now == datetime.fromisoformat(MORNING)

    tier.cloud.clock.advance(3600)

    assert mover.observe().now == datetime.fromisoformat(MORNING.replace("08:", "09:"))


def test_what_was_moved_and_resized_is_seen(tier: Standing) -> None:
    scaling = tier.cloud.client("autoscaling")
    scaling.update_auto_scaling_group(
        AutoScalingGroupName=V2, MinSize=3, DesiredCapacity=3, MaxSize=9
    )
    scaling.suspend_processes(AutoScalingGroupName=V1, ScalingProcesses=["ScheduledActions"])
    scaling.suspend_processes(AutoScalingGroupName=V2, ScalingProcesses=["AZRebalance"])
    move_traffic(tier.cloud, TIER, {"v1": 0, "v2": 100})

    seen = tier.mover.observe()

    assert seen.weights == {"v2": 100}
    assert seen.fleets["v1"].suspended
    fleet = seen.fleets["v2"]
    assert (fleet.min_size, fleet.desired, fleet.max_size) == (3, 3, 9)
    assert (fleet.healthy, fleet.suspended) == (3, False)


def test_only_what_the_balancer_calls_healthy_and_the_group_has_in_service_counts(
    tier: Standing,
) -> None:
    cloud = tier.cloud
    cloud.instances.healthy_after(60)
    cloud.client("autoscaling").update_auto_scaling_group(
        AutoScalingGroupName=V1, DesiredCapacity=4
    )
    mover = tier.mover
    assert mover.observe().fleets["v1"].healthy == 0  # all started at this frozen moment

    cloud.clock.advance(60)
    assert mover.observe().fleets["v1"].healthy == 4

    # A target that somebody registered by hand is not of the fleet.
    others = [each["InstanceId"] for each in (tier.group("v2") or {})["Instances"]]
    cloud.client("elbv2").register_targets(
        TargetGroupArn=target_group(cloud, V1), Targets=[{"Id": each} for each in others]
    )
    cloud.clock.advance(60)
    assert mover.observe().fleets["v1"].healthy == 4

    cloud.instances.never(V1)
    cloud.clock.advance(60)
    seen = mover.observe().fleets
    assert (seen["v1"].healthy, seen["v2"].healthy) == (0, 2)


def test_a_fleet_is_whole_only_with_all_its_parts(tier: Standing) -> None:
    cloud, saved = tier.cloud, tier.restore
    balancing, scaling = cloud.client("elbv2"), cloud.client("autoscaling")
    own = [
        rule
        for rule in balancing.describe_rules(ListenerArn=tier.rule_listener)["Rules"]
        if rule["Priority"] == "102"
    ]
    group = target_group(cloud, V2)

    def lacks_rule() -> None:
        balancing.delete_rule(RuleArn=own[0]["RuleArn"])

    def has_rule_that_leads_elsewhere() -> None:
        elsewhere = [{"Type": "forward", "TargetGroupArn": target_group(cloud, V1)}]
        balancing.modify_rule(RuleArn=own[0]["RuleArn"], Actions=elsewhere)

    def has_rule_with_another_header() -> None:
        other = {"HttpHeaderName": "X-Other", "Values": ["a"]}
        conditions = [{"Field": "http-header", "HttpHeaderConfig": other}]
        balancing.modify_rule(RuleArn=own[0]["RuleArn"], Conditions=conditions)

    def is_not_attached() -> None:
        scaling.detach_load_balancer_target_groups(AutoScalingGroupName=V2, TargetGroupARNs=[group])

    def lacks_template() -> None:
        cloud.client("ec2").delete_launch_template(LaunchTemplateName=V2)

    def lacks_group() -> None:
        scaling.delete_auto_scaling_group(AutoScalingGroupName=V2, ForceDelete=True)

    def is_going() -> None:
        cloud.instances.drained_after(60)
        scaling.delete_auto_scaling_group(AutoScalingGroupName=V2, ForceDelete=True)

    for damage in (
        lacks_rule,
        has_rule_that_leads_elsewhere,
        has_rule_with_another_header,
        is_not_attached,
        lacks_template,
        lacks_group,
        is_going,
    ):
        damage()
        seen = tier.mover.observe().fleets
        assert (seen["v1"].made, seen["v2"].made) == ("whole", "part"), damage.__name__
        saved()


def test_another_service_s_things_are_not_taken_for_the_tier_s(tier: Standing) -> None:
    cloud = tier.cloud
    data = {"ImageId": "ami-0123456789abcdef0"}
    for name in (f"{V1}-x", f"{PROJECT}-{TIER}-v0", f"{PROJECT}-{TIER}-v12345", "other-stage-v3"):
        cloud.client("ec2").create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)

    assert tier.mover.observe().fleets.keys() == {"v1", "v2"}


def test_many_of_others_fill_several_pages(tier: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("delivery.live.live"), "GROUPS", 1)
    monkeypatch.setattr(import_module("delivery.live.addresses"), "PAGE", 1)

    seen = tier.mover.observe()

    assert {name: fleet.made for name, fleet in seen.fleets.items()} == {
        "v1": "whole",
        "v2": "whole",
    }
    assert seen.weights == {"v1": 75, "v2": 25}
    assert len(tier.cloud.calls.of(operation="DescribeAutoScalingGroups")) > 1


def test_a_rule_that_somebody_wrote_by_hand_is_reckoned_in_per_cents(tier: Standing) -> None:
    cloud, mover = tier.cloud, tier.mover
    arn = target_group(cloud, V1)
    one = [{"Type": "forward", "TargetGroupArn": arn}]
    cloud.client("elbv2").modify_rule(RuleArn=tier.rule()["RuleArn"], Actions=one)
    assert mover.observe().weights == {"v1": 100}

    move_traffic(cloud, TIER, {"v1": 3, "v2": 1})
    assert mover.observe().weights == {"v1": 75, "v2": 25}

    page = {"StatusCode": "503", "ContentType": "text/plain", "MessageBody": "closed"}
    closed = [{"Type": "fixed-response", "FixedResponseConfig": page}]
    cloud.client("elbv2").modify_rule(RuleArn=tier.rule()["RuleArn"], Actions=closed)
    assert mover.observe().weights == {}

    cloud.client("elbv2").delete_rule(RuleArn=tier.rule()["RuleArn"])
    assert mover.observe().weights is None


def test_stickiness_is_seen_while_it_is_on(tier: Standing) -> None:
    mover = tier.mover
    groups = tier.rule()["Actions"][0]["ForwardConfig"]["TargetGroups"]
    for on, seconds in ((True, 3600), (False, 0)):
        sticky: dict[str, Any] = {"Enabled": on, "DurationSeconds": 3600}
        config = {"TargetGroups": groups, "TargetGroupStickinessConfig": sticky}
        tier.cloud.client("elbv2").modify_rule(
            RuleArn=tier.rule()["RuleArn"], Actions=[{"Type": "forward", "ForwardConfig": config}]
        )
        assert mover.observe().sticky_seconds == seconds


def test_an_empty_account_has_nothing(tier: Standing) -> None:
    tier.cloud.reset()

    seen = tier.mover.observe()

    assert (seen.weights, dict(seen.fleets)) == (None, {})


@pytest.mark.parametrize("code", ["Throttling", "InternalFailure"])
def test_aws_may_fail_for_some_time(tier: Standing, code: str) -> None:
    with tier.cloud.faults.fail("elbv2", "Describe*", code=code, times=7):
        seen = tier.mover.observe()

    assert seen.weights == {"v1": 75, "v2": 25}


def test_an_outage_is_told_in_one_line(tier: Standing) -> None:
    with (
        tier.cloud.faults.fail("autoscaling", code="Throttling", times=None),
        pytest.raises(tier.refused) as caught,
    ):
        tier.mover.observe()

    [line] = str(caught.value).splitlines()
    assert line.startswith(f"The groups of {PROJECT}-{TIER} cannot be read, in us-west-2, in 5")
    assert "Throttling" in line


def test_missing_rights_are_told_at_once(tier: Standing) -> None:
    with (
        tier.cloud.faults.fail("autoscaling", code="AccessDenied", times=None) as fault,
        pytest.raises(tier.refused, match="aws sts get-caller-identity"),
    ):
        tier.mover.observe()

    assert len(fault.hits) == 1
