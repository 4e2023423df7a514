"""Elastic Load Balancing v2."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.cloud.rules.kinds import arn, between, length, matches, members, one_of
from tests.cloud.rules.table import Page, block, given, known

API = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference"
BALANCER, GROUP = "aws:lb/loadBalancer:LoadBalancer", "aws:lb/targetGroup:TargetGroup"
LISTENER, RULE = "aws:lb/listener:Listener", "aws:lb/listenerRule:ListenerRule"

balancer = Page(f"{API}/API_CreateLoadBalancer.html", BALANCER)
balancer.row("loadBalancerType", one_of("application", "network", "gateway"))
balancer.row("ipAddressType", one_of("ipv4", "dualstack", "dualstack-without-public-ipv4"))

attributes = Page(f"{API}/API_LoadBalancerAttribute.html", BALANCER)
attributes.row("idleTimeout", between(1, 4000))
attributes.row("clientKeepAlive", between(60, 604800))
attributes.row("desyncMitigationMode", one_of("monitor", "defensive", "strictest"))
attributes.row("xffHeaderProcessingMode", one_of("append", "preserve", "remove"))

group = Page(f"{API}/API_CreateTargetGroup.html", GROUP)
group.row("port", between(1, 65535))
group.row("protocol", one_of("HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE"))
group.row("protocolVersion", one_of("HTTP1", "HTTP2", "GRPC"))
group.row("targetType", one_of("instance", "ip", "lambda", "alb"))
group.row("healthCheck.healthyThreshold", between(2, 10))
group.row("healthCheck.unhealthyThreshold", between(2, 10))
group.row("healthCheck.interval", between(5, 300))
group.row("healthCheck.timeout", between(2, 120))
group.row(
    "healthCheck.path", matches(r"/\S{0,1023}", "a path that begins with / and has no spaces")
)
group.row("healthCheck.port", matches(r"traffic-port|\d{1,5}", "traffic-port or a port"))
group.row("healthCheck.protocol", one_of("HTTP", "HTTPS", "TCP", "TLS"))

matcher = Page(f"{API}/API_Matcher.html", GROUP)
matcher.row(
    "healthCheck.matcher",
    matches(r"[2-5]\d\d([,-][2-5]\d\d)*", "codes as 200, 200,202 or 200-299"),
)

group_attributes = Page(f"{API}/API_TargetGroupAttribute.html", GROUP)
group_attributes.row("deregistrationDelay", between(0, 3600))
group_attributes.row("slowStart", between(30, 900, 0))
group_attributes.row(
    "loadBalancingAlgorithmType",
    one_of("round_robin", "least_outstanding_requests", "weighted_random"),
)
group_attributes.row("stickiness.type", one_of("lb_cookie", "app_cookie", "source_ip"))
group_attributes.row("stickiness.cookieDuration", between(1, 604800))

listener = Page(f"{API}/API_CreateListener.html", LISTENER)
listener.row("port", between(1, 65535))
listener.row("protocol", one_of("HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE"))
listener.row("loadBalancerArn", arn("elasticloadbalancing"))
listener.row("certificateArn", arn("(acm|iam)"))

for token, key in ((LISTENER, "defaultActions"), (RULE, "actions")):
    action = Page(f"{API}/API_Action.html", token)
    action.row(
        f"{key}.type",
        one_of(
            "forward",
            "redirect",
            "fixed-response",
            "authenticate-oidc",
            "authenticate-cognito",
            "jwt-validation",
        ),
    )
    action.row(f"{key}.order", between(1, 50000))
    forward = Page(f"{API}/API_ForwardActionConfig.html", token)
    forward.row(f"{key}.forward.targetGroups.*", members(1, 5))
    forward.row(f"{key}.forward.targetGroups.weight", between(0, 999))
    forward.row(f"{key}.forward.stickiness.duration", between(1, 604800))
    fixed = Page(f"{API}/API_FixedResponseActionConfig.html", token)
    fixed.row(
        f"{key}.fixedResponse.contentType",
        one_of(
            "text/plain",
            "text/css",
            "text/html",
            "application/javascript",
            "application/json",
        ),
    )
    fixed.row(f"{key}.fixedResponse.messageBody", length(0, 1024))
    fixed.row(f"{key}.fixedResponse.statusCode", matches(r"[245]\d\d", "a code 2XX, 4XX or 5XX"))
    redirect = Page(f"{API}/API_RedirectActionConfig.html", token)
    redirect.row(f"{key}.redirect.statusCode", one_of("HTTP_301", "HTTP_302"))
    redirect.row(f"{key}.redirect.protocol", one_of("HTTP", "HTTPS", "#{protocol}"))
    redirect.row(f"{key}.redirect.path", matches(r"/.{0,127}", "a path that begins with /"))

rule = Page(f"{API}/API_CreateRule.html", RULE)
rule.row("priority", between(1, 50000))
rule.row("listenerArn", arn("elasticloadbalancing"))

condition = Page(f"{API}/API_RuleCondition.html", RULE)
condition.row("conditions.pathPattern.values", length(1, 128))
condition.row("conditions.hostHeader.values", length(1, 128))
condition.row("conditions.httpHeader.values", length(1, 128))
condition.row(
    "conditions.httpHeader.httpHeaderName",
    matches(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}", "a header's name of 1 to 40 characters"),
)


@group.across
def check_times_out_before_the_next(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    check = block(new, "healthCheck")
    timeout, interval = check.get("timeout"), check.get("interval", 30)
    if known(timeout) and known(interval) and timeout >= interval:
        yield (
            "healthCheck.timeout",
            f"healthCheck.timeout is {timeout}; it must be less than the interval, {interval}",
        )


@group.across
def target_group_is_complete(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if new.get("targetType") != "lambda":
        for key in ("port", "protocol", "vpcId"):
            if not given(new, key):
                yield key, f'"{key}" is required unless the target type is lambda'


@balancer.across
def balancer_has_subnets(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if len(given(new, "subnets", "subnetMappings")) != 1:
        yield "subnets", 'exactly one of "subnets" and "subnetMappings" must be given'


@listener.across
def https_has_a_certificate(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    protocol, certificate = new.get("protocol", "HTTP"), given(new, "certificateArn")
    if protocol in ("HTTPS", "TLS") and not certificate:
        yield "certificateArn", f"a listener for {protocol} needs a certificate"
    if protocol == "HTTP" and given(new, "certificateArn", "sslPolicy"):
        yield "certificateArn", "a listener for HTTP has no certificate and no security policy"


DETAIL = {
    "forward": ("forward", "targetGroupArn"),
    "redirect": ("redirect",),
    "fixed-response": ("fixedResponse",),
}


def _actions_are_complete(key: str, new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not isinstance(new.get(key), list):
        return
    for index, each in enumerate(new[key]):
        if not isinstance(each, Mapping):
            continue
        wanted = DETAIL.get(each.get("type", ""), ())
        if wanted and not given(each, *wanted):
            yield f"{key}[{index}]", f"an action of type {each['type']} needs {' or '.join(wanted)}"
        for kind, names in DETAIL.items():
            extra = given(each, *names)
            if extra and kind != each.get("type"):
                yield f"{key}[{index}]", f"an action of type {each.get('type')} has no {extra[0]}"


@listener.across
def default_actions_are_complete(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _actions_are_complete("defaultActions", new)


@rule.across
def rule_actions_are_complete(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _actions_are_complete("actions", new)


MOST_VALUES = 5


@rule.across
def conditions_are_few(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    values = 0
    for index, each in enumerate(new.get("conditions") or []):
        if not isinstance(each, Mapping):
            return
        if len(each) != 1:
            yield f"conditions[{index}]", "a condition looks at exactly one thing"
        for about in each.values():
            found = about.get("values") if isinstance(about, Mapping) else about
            values += len(found) if isinstance(found, list) else 1
    if values > MOST_VALUES:
        yield (
            "conditions",
            f"the rule has {values} condition values; at most {MOST_VALUES} are allowed",
        )
