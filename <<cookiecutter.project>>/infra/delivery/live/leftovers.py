"""Removing by name what is left of a fleet and the engine does not know.

In the order in which things let go of each other: group, launch template, release rule, target
group, alarms. The group takes its policies and schedules along ("DeleteAutoScalingGroup" in the
Amazon EC2 Auto Scaling API Reference).
"""

import re
from collections.abc import Callable

from stack.refusal import Refused

from .forwarding import Rule, forward, name_of, release_rule, sticky_seconds, targets, traffic_rule
from .live import Live
from .parts import GONE, leaving

GROUP_SECONDS = 1800  # as the stack gives it: a drain, at once for all instances, and their end
USE_SECONDS = 120  # until the balancer knows that a rule which is gone uses nothing any more
PAUSE = 10


def remove_leftovers(live: Live, release: str, tell: Callable[[str], None]) -> None:
    """Remove all that has the fleet's name; often nothing. Refuse a fleet that has traffic."""
    _let_go(live, release)
    _remove_group(live, release, tell)
    _remove_template(live, release, tell)
    _remove_rule(live, release, tell)
    _remove_target_group(live, release, tell)
    _remove_alarms(live, release, tell)


def remove_traffic(live: Live, tell: Callable[[str], None]) -> None:
    """Remove the rule that shares the traffic, if there is one: the tier goes back to none."""
    rule = traffic_rule(live.addresses.rules())
    if rule is not None:
        tell(f"removing the traffic rule of {live.names.base}")
        _delete_rule(live, f"The traffic rule of {live.names.base}", rule)


def _let_go(live: Live, release: str) -> None:
    """Take the fleet out of the traffic rule, where it has no share: it counts as used there."""
    fleet, rule = live.names.fleet(release), traffic_rule(live.addresses.rules())
    weights = {} if rule is None else targets(rule)
    ours = {arn for arn in weights if name_of(arn) == fleet}
    if any(weights[arn] for arn in ours):
        raise Refused(
            [f"{fleet} has a share of the traffic of {live.names.base}: nothing of it is removed."],
            "`deliver status` shows the shares; move them first.",
        )
    rest = {arn: weight for arn, weight in weights.items() if arn not in ours}
    if rule is not None and ours and rest:
        actions = forward(rest, sticky_seconds(rule))
        live.call(
            f"{fleet} cannot be taken out of the traffic rule of {live.names.base}",
            lambda: live.balancing.modify_rule(RuleArn=rule["RuleArn"], Actions=actions),
        )


def _remove_group(live: Live, release: str, tell: Callable[[str], None]) -> None:
    name, left = live.names.fleet(release), GROUP_SECONDS
    while (group := live.group(release)) is not None:
        if not leaving(group):
            tell(f"removing the group {name}")
            live.call(
                f"The group {name} cannot be removed",
                lambda: live.scaling.delete_auto_scaling_group(
                    AutoScalingGroupName=name, ForceDelete=True
                ),
                {GONE: None},
            )
        elif left <= 0:
            raise _lasting(f"the group {name} is still being removed", GROUP_SECONDS)
        else:
            tell(f"waiting for {len(group['Instances'])} instances of {name} to end")
            left -= PAUSE
            live.call.sleep(PAUSE)


def _remove_template(live: Live, release: str, tell: Callable[[str], None]) -> None:
    known = live.templates().get(release)
    if known is None:
        return
    tell(f"removing the launch template {live.names.fleet(release)}")
    live.call(
        f"The launch template {live.names.fleet(release)} cannot be removed",
        lambda: live.computing.delete_launch_template(LaunchTemplateId=known),
        {"InvalidLaunchTemplateId.NotFound": None, "InvalidLaunchTemplateName.NotFound": None},
    )


def _remove_rule(live: Live, release: str, tell: Callable[[str], None]) -> None:
    rule = release_rule(live.addresses.rules(), release)
    if rule is None:
        return
    tell(f"removing the rule of {live.names.fleet(release)}")
    _delete_rule(live, f"The rule of {live.names.fleet(release)}", rule)


def _delete_rule(live: Live, what: str, rule: Rule) -> None:
    live.call(
        f"{what} cannot be removed",
        lambda: live.balancing.delete_rule(RuleArn=rule["RuleArn"]),
        {"RuleNotFound": None},
    )


def _remove_target_group(live: Live, release: str, tell: Callable[[str], None]) -> None:
    name, left = live.names.fleet(release), USE_SECONDS
    while (arn := live.addresses.target_group(release)) is not None:
        tell(f"removing the target group {name}")
        gone = live.call(
            f"The target group {name} cannot be removed",
            lambda arn=arn: bool(live.balancing.delete_target_group(TargetGroupArn=arn)),
            {"ResourceInUse": False, "TargetGroupNotFound": True},
        )
        if gone:
            return
        if left <= 0:
            rules = [each for each in live.addresses.rules() if arn in targets(each)]
            used = ", ".join(each["Priority"] for each in rules) or "of another listener"
            raise _lasting(f"the target group {name} is still used by the rule {used}", USE_SECONDS)
        left -= PAUSE
        live.call.sleep(PAUSE)


def _remove_alarms(live: Live, release: str, tell: Callable[[str], None]) -> None:
    """Remove the alarms that have the fleet's name and a word, as stack/alarms.py names them."""
    fleet = live.names.fleet(release)
    watching = live.account.client("cloudwatch")
    pages = live.call(
        f"The alarms of {fleet} cannot be read",
        lambda: list(
            watching.get_paginator("describe_alarms").paginate(AlarmNamePrefix=f"{fleet}-")
        ),
    )
    names = [each["AlarmName"] for page in pages for each in page["MetricAlarms"]]
    ours = [name for name in names if re.fullmatch(rf"{fleet}-[a-z]+", name)]
    if ours:
        tell(f"removing {len(ours)} alarms of {fleet}")
        live.call(
            f"The alarms of {fleet} cannot be removed",
            lambda: watching.delete_alarms(AlarmNames=ours),
            {"ResourceNotFound": None},
        )


def _lasting(what: str, seconds: int) -> Refused:
    return Refused(
        [f"After {seconds // 60} minutes {what}."],
        "`deliver resume` goes on from here; look in the console at what keeps it.",
    )
