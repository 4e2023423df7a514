"""What the balancer's rules say, as DescribeRules gives them.

One target group may be named beside the list of all, or only there ("Action" in the Elastic Load
Balancing API Reference, version 2).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from stack.names import Names, release_number
from stack.rules import FIRST_RELEASE_PRIORITY, RELEASE_HEADER, TRAFFIC_PRIORITY

from .plan import ALL

type Rule = Mapping[str, Any]


def traffic_rule(rules: Iterable[Rule]) -> Rule | None:
    """Find the rule that shares the traffic."""
    return next((rule for rule in rules if rule["Priority"] == str(TRAFFIC_PRIORITY)), None)


def release_rule(rules: Iterable[Rule], release: str) -> Rule | None:
    """Find the rule by which a request names the release."""
    priority = str(FIRST_RELEASE_PRIORITY + release_number(release))
    return next((rule for rule in rules if rule["Priority"] == priority and _named(rule)), None)


def _named(rule: Rule) -> bool:
    return any(
        condition.get("HttpHeaderConfig", {}).get("HttpHeaderName", "").lower()
        == RELEASE_HEADER.lower()
        for condition in rule["Conditions"]
    )


def targets(rule: Rule) -> dict[str, int]:
    """Give the target groups that a rule forwards to, by ARN, with their weights as written."""
    found: dict[str, int] = {}
    for action in rule["Actions"]:
        groups = action.get("ForwardConfig", {}).get("TargetGroups", [])
        found |= {group["TargetGroupArn"]: group.get("Weight", 1) for group in groups}
        if not groups and "TargetGroupArn" in action:
            found[action["TargetGroupArn"]] = 1
    return found


def shares(rule: Rule, names: Names) -> dict[str, int]:
    """Give each release's per cent of a rule's requests; a foreign target group by its own name.

    A rule that `deliver` wrote has per cents. One that was written by hand is reckoned in them.
    """
    weights = {arn: weight for arn, weight in targets(rule).items() if weight}
    total = sum(weights.values())
    return {
        name_of(arn).removeprefix(f"{names.base}-"): max(1, round(weight * ALL / total))
        for arn, weight in weights.items()
    }


def sticky_seconds(rule: Rule) -> int:
    """Tell how long a client stays with the release that it met first; 0 where it does not."""
    configs = [
        action.get("ForwardConfig", {}).get("TargetGroupStickinessConfig", {})
        for action in rule["Actions"]
    ]
    lasting = [each.get("DurationSeconds", 0) for each in configs if each.get("Enabled")]
    return max(lasting, default=0)


def forward(weights: Mapping[str, int], sticky: int) -> list[dict[str, Any]]:
    """Write the actions that share traffic among target groups, given by ARN."""
    groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in weights.items()]
    duration = {"DurationSeconds": sticky} if sticky else {}  # AWS takes 1 second to 7 days
    stickiness = {"Enabled": bool(sticky), **duration}
    config = {"TargetGroups": groups, "TargetGroupStickinessConfig": stickiness}
    return [{"Type": "forward", "ForwardConfig": config}]


def name_of(arn: str) -> str:
    """Give a target group's name: arn:aws:elasticloadbalancing:...:targetgroup/NAME/ID."""
    return arn.split("/")[1]
