"""What a tier costs in a month: from its settings and the price file, and nothing else.

One fleet is counted, as between rollouts. What depends on how many ask is apart: `per_million`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from statistics import mean

from .alarms import AlarmsArgs, watches
from .machine import ROOT_GIB
from .prices import WHERE, Prices
from .refusal import Refused
from .settings import Settings
from .waf import RULES

HOURS = 730  # of a month, as AWS counts
MILLION = 1_000_000
KB_OF_GB = 1_000_000
DAYS_OF_MONTH = 365 / 12
MINUTES_OF_DAY = 24 * 60
WORKDAYS, DAYS = 5, 7  # of a week: after a night a tier comes back on workdays only
# Metrics of an instance with detailed monitoring, by the examples on CloudWatch's pricing page.
MONITORED = 7
# What a service publishes from the start, once for each release: see boot/README.md.
PUBLISHED = 1
# Two scaling policies (scaling.py), and two alarms for each: "Target tracking scaling policies" in
# the Auto Scaling User Guide says that they are made and charged.
SCALING_ALARMS = 2 * 2
# New connections in an hour that one capacity unit of the balancer carries: 25 a second.
CONNECTIONS_OF_UNIT = 25 * 60 * 60
PARTS = (
    "instances",
    "disks",
    "monitoring by the minute",
    "addresses of instances",
    "load balancer",
    "addresses of the balancer",
    "web firewall",
    "alarms",
    "published metrics",
    "dashboard",
)


@dataclass(frozen=True)
class Cost:
    """What a part costs in a month, with min_size and with max_size instances all the time."""

    part: str
    least: float
    most: float


def bill(tier: str, settings: Settings, prices: Prices) -> list[Cost]:
    """List what a tier's parts cost, in the order of PARTS."""
    unknown = [each for each in settings.instance_types if each not in prices.instances.per_hour]
    if unknown:
        raise Refused(
            [f"{WHERE}: it has no price of {each}, which {tier} uses." for each in unknown],
            "Add it under [instances.per_hour], per hour in dollars, from "
            f"{prices.instances.source}.",
        )
    least = dict(_parts(tier, settings, prices, settings.min_size))
    most = dict(_parts(tier, settings, prices, settings.max_size))
    return [Cost(part, least[part], most[part]) for part in PARTS if part in least]


def total(costs: list[Cost]) -> Cost:
    """Sum it up."""
    return Cost("total", sum(each.least for each in costs), sum(each.most for each in costs))


def per_million(settings: Settings, prices: Prices) -> float:
    """Tell what a million requests add, each on a connection of its own."""
    price, request = prices.prices, prices.request
    log_gb = request.log_kb * MILLION / KB_OF_GB
    kept_gb_months = log_gb * request.compressed * settings.log_retention_days / DAYS_OF_MONTH
    return (
        MILLION / CONNECTIONS_OF_UNIT * price.balancer_unit_hour.usd
        + request.out_kb * MILLION / KB_OF_GB * price.out_gb.usd
        + log_gb * price.log_gb.usd
        + kept_gb_months * price.log_gb_month.usd
        + (price.firewall_million_requests.usd if settings.waf else 0)
    )


def of_platform(tier: str, prices: Prices) -> float:
    """Tell what a tier's NAT gateways cost, with their addresses; all its services share it."""
    each = prices.prices.nat_hour.usd + prices.prices.address_hour.usd
    return prices.platform[tier].nat_gateways * each * HOURS


def awake(night: str) -> float:
    """Tell in which share of a week the instances run."""
    if not night:
        return 1
    evening, morning = (time.fromisoformat(each) for each in night.split("-"))
    minutes = (evening.hour - morning.hour) * 60 + evening.minute - morning.minute
    return WORKDAYS * (minutes % MINUTES_OF_DAY) / (DAYS * MINUTES_OF_DAY)


def spot_of(size: int, settings: Settings) -> int:
    """Tell how many of a fleet are Spot.

    A fraction becomes an On-Demand instance: "Auto Scaling groups with multiple instance types and
    purchase options" in the Auto Scaling User Guide.
    """
    return max(0, size - settings.on_demand_base) * settings.spot_percent // 100


def alarm_metrics(settings: Settings) -> int:
    """Count the metrics that the alarms of a fleet read: AWS charges for each."""
    args = AlarmsArgs(
        release_name="", fleet_name="", balancer_suffix="", target_group_suffix="",
        failed_percent=settings.failed_percent, latency_ms=settings.latency_ms,
        topic_arn="", runbooks="", tags={},
    )  # fmt: skip
    return SCALING_ALARMS + sum(
        len(each.formula.metrics) if each.formula else 1 for each in watches(args)
    )


def _parts(tier: str, settings: Settings, prices: Prices, size: int) -> Iterator[tuple[str, float]]:
    """Price every part with so many instances."""
    price, platform = prices.prices, prices.platform[tier]
    hours = HOURS * awake(settings.night)
    months = hours / HOURS
    yield "instances", hours * _fleet_hour(size, settings, prices)
    yield "disks", months * size * ROOT_GIB * price.disk_gib_month.usd
    yield "monitoring by the minute", months * size * MONITORED * price.metric_month.usd
    if platform.public_instances:
        yield "addresses of instances", hours * size * price.address_hour.usd
    yield "load balancer", HOURS * price.balancer_hour.usd
    yield "addresses of the balancer", HOURS * platform.zones * price.address_hour.usd
    if settings.waf:
        rules = len(RULES) * price.firewall_rule_month.usd
        yield "web firewall", price.firewall_month.usd + rules
    yield "alarms", alarm_metrics(settings) * price.alarm_metric_month.usd
    yield "published metrics", months * PUBLISHED * price.metric_month.usd
    yield "dashboard", price.dashboard_month.usd


def _fleet_hour(size: int, settings: Settings, prices: Prices) -> float:
    """Price an hour of a fleet.

    On-Demand instances are of the first type, which AWS prefers; Spot takes what is free, so there
    each type counts alike.
    """
    each = [prices.instances.per_hour[name] for name in settings.instance_types]
    spot = spot_of(size, settings)
    return (size - spot) * each[0] + spot * mean(each) * prices.spot.share
