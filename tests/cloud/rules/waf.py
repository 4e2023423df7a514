"""AWS WAF."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.cloud.rules.kinds import arn, between, length, matches, one_of
from tests.cloud.rules.table import Page, given, known

API = "https://docs.aws.amazon.com/waf/latest/APIReference"
GUIDE = "https://docs.aws.amazon.com/waf/latest/developerguide"
ACL = "aws:wafv2/webAcl:WebAcl"

acl = Page(f"{API}/API_CreateWebACL.html", ACL)
acl.row("scope", one_of("CLOUDFRONT", "REGIONAL"))
acl.row(
    "description",
    matches(r"[\w+=:#@/\-,.][\w+=:#@/\-,.\s]{0,255}", "letters, digits and +=:#@/-,."),
)

metric = Page(f"{API}/API_VisibilityConfig.html", ACL)
rule = Page(f"{API}/API_Rule.html", ACL)
rule.row("rules.name", matches(r"[\w-]{1,128}", "letters, digits, _ and -"))
rule.row("rules.priority", between(0, 2147483647))
for place in ("visibilityConfig", "rules.visibilityConfig"):
    metric.row(f"{place}.metricName", matches(r"[\w#:./-]{1,255}", "letters, digits and _#:./-"))

rate = Page(f"{API}/API_RateBasedStatement.html", ACL)
limit = "rules.statement.rateBasedStatement"
rate.row(f"{limit}.limit", between(10, 2000000000))
rate.row(f"{limit}.evaluationWindowSec", one_of(60, 120, 300, 600))
rate.row(f"{limit}.aggregateKeyType", one_of("IP", "FORWARDED_IP", "CUSTOM_KEYS", "CONSTANT"))

managed = Page(f"{GUIDE}/aws-managed-rule-groups-list.html", ACL)
GROUPS = frozenset(
    f"AWSManagedRules{each}"
    for each in (
        "CommonRuleSet",
        "AdminProtectionRuleSet",
        "KnownBadInputsRuleSet",
        "SQLiRuleSet",
        "LinuxRuleSet",
        "UnixRuleSet",
        "WindowsRuleSet",
        "PHPRuleSet",
        "WordPressRuleSet",
        "AmazonIpReputationList",
        "AnonymousIpList",
        "ATPRuleSet",
        "ACFPRuleSet",
        "BotControlRuleSet",
        "AntiDDoSRuleSet",
    )
)
managed.row("rules.statement.managedRuleGroupStatement.name", length(1, 128))

association = Page(
    f"{API}/API_AssociateWebACL.html", "aws:wafv2/webAclAssociation:WebAclAssociation"
)
association.row("webAclArn", arn("wafv2"))
association.row("resourceArn", arn("(elasticloadbalancing|apigateway|appsync|cognito-idp)"))


@acl.across
def default_is_one_action(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    found = new.get("defaultAction")
    if isinstance(found, Mapping) and len(given(found, "allow", "block")) != 1:
        yield "defaultAction", "defaultAction must be one of allow and block"


@rule.across
def rules_are_asked_in_order(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    rules = [each for each in new.get("rules") or [] if isinstance(each, Mapping)]
    for key in ("priority", "name"):
        values = [str(each.get(key)) for each in rules]
        for value in sorted({each for each in values if values.count(each) > 1}):
            yield "rules", f"rules has the {key} {value} twice"


@rule.across
def rules_say_what_to_do(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for index, each in enumerate(new.get("rules") or []):
        if not isinstance(each, Mapping) or not isinstance(each.get("statement"), Mapping):
            continue
        path, statement = f"rules[{index}]", each["statement"]
        if len(given(each, "action", "overrideAction")) != 1:
            yield f"{path}.action", f"{path} must have one of action and overrideAction"
        group = any(given(statement, "managedRuleGroupStatement", "ruleGroupReferenceStatement"))
        if group == bool(given(each, "action")) and len(given(each, "action", "overrideAction")):
            wanted = "overrideAction" if group else "action"
            yield f"{path}.{wanted}", f"{path}.{wanted} is what this kind of statement takes"
        if len(statement) != 1:
            yield f"{path}.statement", f"{path}.statement must be exactly one statement"


@managed.across
def managed_groups_exist(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for index, each in enumerate(new.get("rules") or []):
        statement = each.get("statement") if isinstance(each, Mapping) else None
        found = statement.get("managedRuleGroupStatement") if isinstance(statement, Mapping) else {}
        if not isinstance(found, Mapping) or not known(found.get("name")):
            continue
        if found.get("vendorName") == "AWS" and found["name"] not in GROUPS:
            path = f"rules[{index}].statement.managedRuleGroupStatement.name"
            yield path, f"{path} is {found['name']}, which AWS has not"
