"""What the balancer's rules say, as DescribeRules gives them.

One target group may be named beside the list of all, or only there ("Action" in the Elastic Load
Balancing API Reference, version 2).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from stack.names import Names, release_number
from stack.rules import (
    FIRST_RELEASE_PRIORITY,
    MAINTENANCE_HEADER,
    PAGE_PRIORITY,
    RELEASE_HEADER,
    TOKEN_PRIORITY,
    TRAFFIC_PRIORITY,
)

from ..deciding.plan import ALL

type Rule = Mapping[str, Any]


def traffic_rule(rules: Iterable[Rule]) -> Rule | None:
    """Find the rule that shares the traffic."""
    return _first(rules, TRAFFIC_PRIORITY)


def release_rule(rules: Iterable[Rule], release: str) -> Rule | None:
    """Find the rule by which a request names the release."""
    rule = _first(rules, FIRST_RELEASE_PRIORITY + release_number(release))
    return rule if rule and header_values(rule, RELEASE_HEADER) else None


def maintenance_page(rules: Iterable[Rule]) -> str | None:
    """Give the text that people read in place of the service; None while it is off."""
    rule = _first(rules, PAGE_PRIORITY)
    answers = [each.get("FixedResponseConfig", {}) for each in rule["Actions"]] if rule else []
    return next((each.get("MessageBody", "") for each in answers), None)


def maintenance_token(rules: Iterable[Rule]) -> str | None:
    """Give the token that lets people through; None where there is none."""
    rule = _first(rules, TOKEN_PRIORITY)
    return next(iter(header_values(rule, MAINTENANCE_HEADER)), None) if rule else None


def header_values(rule: Rule, header: str) -> list[str]:
    """List what a rule wants a header to say; a header's name is the same in any case."""
    configs = [condition.get("HttpHeaderConfig", {}) for condition in rule["Conditions"]]
    wanted = [each for each in configs if each.get("HttpHeaderName", "").lower() == header.lower()]
    return [value for each in wanted for value in each.get("Values", [])]


def _first(rules: Iterable[Rule], priority: int) -> Rule | None:
    return next((rule for rule in rules if rule["Priority"] == str(priority)), None)


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
