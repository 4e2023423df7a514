"""A price file of round numbers, so that a team can change its own without breaking tests."""

import tomllib

from stack.prices import PriceList, Prices
from stack.tiers import COLUMNS

DOLLARS = {
    "disk_gib_month": 0.1,
    "address_hour": 0.01,
    "nat_hour": 0.05,
    "balancer_hour": 0.02,
    "balancer_unit_hour": 0.009,
    "firewall_month": 6.0,
    "firewall_rule_month": 2.0,
    "firewall_million_requests": 0.5,
    "alarm_metric_month": 0.2,
    "metric_month": 0.4,
    "dashboard_month": 4.0,
    "log_gb": 0.6,
    "log_gb_month": 0.03,
    "out_gb": 0.08,
}
PER_HOUR = {
    "t4g.small": 0.02,
    "t4g.medium": 0.04,
    "m7g.large": 0.1,
    "m6g.large": 0.08,
    "m6gd.large": 0.12,
}
assert DOLLARS.keys() == PriceList.model_fields.keys()

TEXT = "\n".join(
    [
        'date = 2026-01-31\nregion = "eu-west-1"\ncurrency = "USD"',
        '[instances]\nsource = "https://aws.amazon.com/ec2/"\nseen = "here"',
        "[instances.per_hour]",
        *(f'"{name}" = {usd}' for name, usd in PER_HOUR.items()),
        '[spot]\nshare = 0.5\nsource = "https://aws.amazon.com/ec2/spot/"\nseen = "there"',
        *(
            f'[prices.{name}]\nusd = {usd}\nsource = "https://aws.amazon.com/{name}/"'
            + ("" if name.startswith("firewall") else '\nseen = "here"')
            for name, usd in DOLLARS.items()
        ),
        "[request]\nout_kb = 5\nlog_kb = 1.5\ncompressed = 0.2",
        *(
            f"[platform.{tier}]\nzones = {3 if tier == 'prod' else 2}\n"
            f"nat_gateways = {0 if tier == 'dev' else 1}\n"
            f"public_instances = {'true' if tier == 'dev' else 'false'}"
            for tier in COLUMNS
        ),
    ]
)


def sample() -> Prices:
    return Prices.model_validate(tomllib.loads(TEXT))
