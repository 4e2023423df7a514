"""Elastic Load Balancing v2."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.cloud.rules.kinds import (
    arn,
    between,
    cidr,
    length,
    matches,
    members,
    one_of,
    resource_id,
    truth,
)
from tests.cloud.rules.table import Page, Test, block, given, known

API = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference"
BALANCER, GROUP = "aws:lb/loadBalancer:LoadBalancer", "aws:lb/targetGroup:TargetGroup"
LISTENER, RULE = "aws:lb/listener:Listener", "aws:lb/listenerRule:ListenerRule"


def port_or(word: str) -> Test:
    """A port as text, or a word that means one."""

    def test(value: Any) -> str | None:
        number = str(value)
        fits = number == word or (number.isdecimal() and 1 <= int(number) <= 65535)
        return None if fits else f"{word} or a port, 1 to 65535"

    return test


balancer = Page(f"{API}/API_CreateLoadBalancer.html", BALANCER)
balancer.row("loadBalancerType", one_of("application", "network", "gateway"))
balancer.row("ipAddressType", one_of("ipv4", "dualstack", "dualstack-without-public-ipv4"))

balancer.row("subnets", resource_id("subnet"))
balancer.row("securityGroups", resource_id("sg"))
BUCKET = matches(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "the name of a bucket")
for logs in ("accessLogs", "connectionLogs", "healthCheckLogs"):
    balancer.row(f"{logs}.bucket", BUCKET)

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
group.row("healthCheck.port", port_or("traffic-port"))
group.row("vpcId", resource_id("vpc"))
group.row("ipAddressType", one_of("ipv4", "ipv6"))
group.row("healthCheck.protocol", one_of("HTTP", "HTTPS", "TCP", "TLS"))

matcher = Page(f"{API}/API_Matcher.html", GROUP)
matcher.row(
    "healthCheck.matcher",
    matches(r"[2-4]\d\d([,-][2-4]\d\d)*", "codes from 200 to 499, as 200, 200,202 or 200-299"),
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

group_attributes.row("stickiness.cookieName", matches(r"(?!AWSALB)[^\s;]+", "a cookie's name"))
group_attributes.row("preserveClientIp", truth)
group_attributes.row(
    "loadBalancingCrossZoneEnabled",
    one_of("true", "false", "use_load_balancer_configuration"),
)
group_attributes.row("loadBalancingAnomalyMitigation", one_of("on", "off"))

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
_TLS13 = (
    *(f"1-{minor}-2021-06" for minor in (0, 1, 2, 3)),
    *(f"1-2-{kind}-2021-06" for kind in ("Res", "Ext1", "Ext2")),
    *(f"1-{minor}-FIPS-2023-04" for minor in (0, 1, 2, 3)),
    *(f"1-2-{kind}-FIPS-2023-04" for kind in ("Res", "Ext0", "Ext1", "Ext2")),
    *(f"1-{each}-PQ-2025-09" for each in ("0", "2", "3", "2-Res", "2-Ext1", "2-Ext2")),
    *(f"1-{each}-FIPS-PQ-2025-09" for each in ("0", "2", "3", "2-Res", "2-Ext0")),
    *(f"1-2-{each}-FIPS-PQ-2025-09" for each in ("Ext1", "Ext2")),
)
_TLS12 = ("TLS-1-0-2015-04", "TLS-1-1-2017-01", "TLS-1-2-2017-01", "TLS-1-2-Ext-2018-06")
_FORWARD = ("FS-2018-06", "FS-1-1-2019-08", "FS-1-2-2019-08", "FS-1-2-Res-2019-08")
POLICIES = tuple(
    f"ELBSecurityPolicy-{each}"
    for each in (
        "2016-08",
        "2015-05",
        *_TLS12,
        *_FORWARD,
        "FS-1-2-Res-2020-10",
        *(f"TLS13-{each}" for each in _TLS13),
    )
)

listener = Page(f"{API}/API_CreateListener.html", LISTENER)
listener.row("port", between(1, 65535))
listener.row("protocol", one_of("HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE"))
listener.row("loadBalancerArn", arn("elasticloadbalancing"))
listener.row("certificateArn", arn("(acm|iam)"))
listener.row("sslPolicy", one_of(*POLICIES))
listener.row(
    "alpnPolicy", one_of("HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred", "None")
)

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
    redirect.row(f"{key}.redirect.port", port_or("#{port}"))
    redirect.row(f"{key}.redirect.host", length(1, 128))
    redirect.row(f"{key}.redirect.query", length(0, 128))
    forward.row(f"{key}.forward.targetGroups.arn", arn("elasticloadbalancing"))
    action.row(f"{key}.targetGroupArn", arn("elasticloadbalancing"))
    redirect.row(f"{key}.redirect.path", matches(r"/.{0,127}", "a path that begins with /"))

rule = Page(f"{API}/API_CreateRule.html", RULE)
rule.row("priority", between(1, 50000))
rule.row("listenerArn", arn("elasticloadbalancing"))

condition = Page(f"{API}/API_RuleCondition.html", RULE)
condition.row("conditions.pathPattern.values", length(1, 128))
condition.row(
    "conditions.hostHeader.values",
    matches(r"[A-Za-z0-9.*?-]{1,128}", "a host's name with * and ?, at most 128 characters"),
)
condition.row("conditions.sourceIp.values", cidr(0, 32))
condition.row(
    "conditions.httpRequestMethod.values",
    matches(r"[A-Z_-]{1,40}", "a method in capital letters, at most 40"),
)
condition.row("conditions.*", members(1, 10))
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
        yield "certificateArn", f"certificateArn is missing; a listener for {protocol} needs one"
    if protocol == "HTTP" and given(new, "certificateArn", "sslPolicy"):
        yield "certificateArn", "a listener for HTTP has no certificateArn and no sslPolicy"


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
        if len(given(each, "forward", "targetGroupArn")) > 1:
            yield (
                f"{key}[{index}].targetGroupArn",
                "only one of targetGroupArn and forward is allowed",
            )
        yield from _redirects_elsewhere(f"{key}[{index}].redirect", block(each, "redirect"))
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
            yield f"conditions[{index}]", f"conditions[{index}] has {', '.join(each)}; it takes one"
        for about in each.values():
            found = about.get("values") if isinstance(about, Mapping) else about
            values += len(found) if isinstance(found, list) else 1
    if values > MOST_VALUES:
        yield (
            "conditions",
            f"the rule has {values} condition values; at most {MOST_VALUES} are allowed",
        )


# What a redirect keeps when it is not told otherwise; API_RedirectActionConfig.html
KEPT = {"protocol": "#{protocol}", "host": "#{host}", "port": "#{port}", "path": "/#{path}"}


def _redirects_elsewhere(path: str, found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if found and all(found.get(key, kept) == kept for key, kept in KEPT.items()):
        yield path, f"{path} must change one of {', '.join(KEPT)}, or it would go in a circle"


WEB, LAYER_4 = ("HTTP", "HTTPS"), ("TCP", "TLS", "UDP", "TCP_UDP")
STICKY = {
    **dict.fromkeys(WEB, ("lb_cookie", "app_cookie")),
    **dict.fromkeys(LAYER_4, ("source_ip",)),
}


@group_attributes.across
def stickiness_fits_the_protocol(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    found, protocol = block(new, "stickiness"), new.get("protocol")
    kind = found.get("type")
    if protocol in STICKY and known(kind) and kind not in STICKY[protocol]:
        yield (
            "stickiness.type",
            f"stickiness.type is {kind}; for {protocol} it must be {' or '.join(STICKY[protocol])}",
        )
    if kind == "app_cookie" and not given(found, "cookieName"):
        yield "stickiness.cookieName", "stickiness.cookieName is missing; app_cookie needs it"
    if kind == "lb_cookie" and given(found, "cookieName"):
        yield "stickiness.cookieName", "stickiness.cookieName goes with app_cookie only"


@group.across
def check_fits_the_protocol(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    check = block(new, "healthCheck")
    if new.get("protocol") in WEB and check.get("protocol") in ("TCP", "TLS"):
        yield (
            "healthCheck.protocol",
            f"healthCheck.protocol is {check['protocol']}; a group for {new['protocol']} is asked "
            "by HTTP or HTTPS",
        )
    if check.get("protocol") in ("TCP", "TLS"):
        for key in given(check, "path", "matcher"):
            yield f"healthCheck.{key}", f"a check by {check['protocol']} has no {key}"
    if given(new, "protocolVersion") and new.get("protocol") not in (*WEB, None):
        yield "protocolVersion", f"a group for {new['protocol']} has no protocolVersion"


@group_attributes.across
def algorithm_fits(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    kind, slow = new.get("loadBalancingAlgorithmType"), new.get("slowStart")
    if kind in ("least_outstanding_requests", "weighted_random") and known(slow) and slow:
        yield "slowStart", f"slowStart is {slow}; with {kind} there is none"
    if new.get("loadBalancingAnomalyMitigation") == "on" and kind != "weighted_random":
        yield (
            "loadBalancingAnomalyMitigation",
            "loadBalancingAnomalyMitigation is on; that needs the algorithm weighted_random",
        )


@balancer.across
def application_balancer_has_two_subnets(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if new.get("loadBalancerType", "application") != "application":
        return
    for key in given(new, "subnets", "subnetMappings"):
        if isinstance(new[key], list) and len(new[key]) < 2:
            yield key, f"{key} has {len(new[key])}; an application load balancer needs two or more"
    for key in ("enableCrossZoneLoadBalancing",):
        if new.get(key) is False and key in new:
            yield key, f"{key} is false; an application load balancer always does it"


@balancer.across
def members_are_named_once(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in ("subnets", "securityGroups"):
        found = new.get(key)
        if isinstance(found, list) and len(set(map(str, found))) < len(found):
            yield key, f"{key} has a member twice"


@rule.across
def forward_has_each_group_once(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for index, each in enumerate(new.get("actions") or []):
        groups = block(each, "forward").get("targetGroups") if isinstance(each, Mapping) else None
        arns = [str(group.get("arn")) for group in groups or [] if known(group.get("arn"))]
        if len(set(arns)) < len(arns):
            path = f"actions[{index}].forward.targetGroups"
            yield path, f"{path} has a target group twice"
