"""The web firewall before the balancer: AWS WAF with AWS's managed rules and a limit per client."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

RATE_WINDOW_SECONDS = 300
# AWS's own groups: "AWS Managed Rules rule groups list" in the WAF Developer Guide says what each
# holds. With the limit they take 927 of the 1,500 capacity units that the basic price covers.
REPUTATION = "AWSManagedRulesAmazonIpReputationList"
BAD_INPUTS = "AWSManagedRulesKnownBadInputsRuleSet"
COMMON = "AWSManagedRulesCommonRuleSet"
# Only counted: it blocks every body above 8 KB. The service has a limit of its own for bodies.
COUNTED = {COMMON: ("SizeRestrictions_BODY",)}
RATE = "rate-limit"
# In the order in which they are asked; the first that blocks ends it.
RULES = (REPUTATION, RATE, BAD_INPUTS, COMMON)


@dataclass(frozen=True, kw_only=True)
class WafArgs:
    """What is guarded, and how many requests one client may send."""

    base_name: str  # <service>-<tier>
    balancer_arn: pulumi.Input[str]
    rate_limit: int  # in five minutes, from one address
    tags: Mapping[str, str]


class Waf(pulumi.ComponentResource):
    """A list of rules, and its place before the balancer.

    Neither is protected, because the setting may take both away. The place depends on the list, so
    it goes first: AWS deletes no list that still guards something.
    """

    def __init__(
        self, name: str, args: WafArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:waf:Waf", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.acl = aws.wafv2.WebAcl(
            "web-acl",
            name=args.base_name,
            description="Blocks common attacks and clients that ask too much",
            scope="REGIONAL",
            default_action={"allow": {}},
            rules=[_rule(place, rule, args) for place, rule in enumerate(RULES)],
            visibility_config=_seen(args.base_name),
            tags=args.tags,
            opts=child,
        )
        aws.wafv2.WebAclAssociation(
            "web-acl-association",
            resource_arn=args.balancer_arn,
            web_acl_arn=self.acl.arn,
            opts=child,
        )
        self.register_outputs({"arn": self.acl.arn})


def metric_of(base_name: str, rule: str) -> str:
    """Name a rule's metric."""
    return f"{base_name}-{rule}"


def _rule(place: int, rule: str, args: WafArgs) -> Any:  # noqa: ANN401 one shape for two kinds
    """Write a rule; AWS asks that with the lowest place first."""
    return {
        "name": rule,
        "priority": place,
        "visibility_config": _seen(metric_of(args.base_name, rule)),
        **(_rate(args) if rule == RATE else _managed(rule)),
    }


def _rate(args: WafArgs) -> dict[str, Any]:
    """Block an address that sends too much, until it sends less."""
    limit = {
        "limit": args.rate_limit,
        "evaluation_window_sec": RATE_WINDOW_SECONDS,
        "aggregate_key_type": "IP",
    }
    return {"action": {"block": {}}, "statement": {"rate_based_statement": limit}}


def _managed(group: str) -> dict[str, Any]:
    """Take a group of AWS's as it is, but for the rules that only count."""
    counted = [{"name": rule, "action_to_use": {"count": {}}} for rule in COUNTED.get(group, ())]
    overrides = {"rule_action_overrides": counted} if counted else {}
    taken = {"vendor_name": "AWS", "name": group, **overrides}
    return {
        "override_action": {"none": {}},  # a group's rules say by themselves what to do
        "statement": {"managed_rule_group_statement": taken},
    }


def _seen(metric: str) -> Any:  # noqa: ANN401 the same table wherever a metric is named
    """Count requests under a name, and keep samples for three hours."""
    return {
        "cloudwatch_metrics_enabled": True,
        "metric_name": metric,
        "sampled_requests_enabled": True,
    }
