"""The tiers and what differs between them: one table, to be read across."""

from typing import Any

# Which tiers there are, in the order a change moves through them. To run two or three, take names
# out; each must be a column of TABLE.
TIERS: tuple[str, ...] = ("dev", "test", "stage", "prod")

# A stack's file, Pulumi.<tier>.yaml, overrides a cell. What the settings mean: settings.py.
# Five elastic IPs is the default quota of a region, and NAT takes 0 + 1 + 1 + 3; dev's fleet has
# public addresses instead. Rejected traffic tells of scans and of wrong security groups at a
# fraction of the price of all traffic.
COLUMNS = ("dev", "test", "stage", "prod")
# fmt: off
TABLE: dict[str, tuple[Any, Any, Any, Any]] = {
    # setting     dev             test            stage           prod
    "vpc_cidr":  ("10.32.0.0/16", "10.33.0.0/16", "10.34.0.0/16", "10.35.0.0/16"),
    "zones":     (2,              2,              2,              3),
    "nat":       ("none",         "one",          "one",          "per-zone"),
    "flow_logs": ("none",         "none",         "rejected",     "rejected"),
    "log_days":  (7,              14,             30,             90),
    "protect":   (False,          False,          True,           True),
}
# fmt: on

# The same in all tiers.
COMMON: dict[str, Any] = {
    "prefix": "slipway",
    "zone_names": (),
    "artifact_bucket": None,
    "domain_name": None,
    "hosted_zone_id": None,
    "certificate_arn": None,
    "alarm_emails": (),
    "tags": {},
}


def tier_defaults(tier: str) -> dict[str, Any]:
    """Read one column of the table."""
    column = COLUMNS.index(tier)
    return COMMON | {name: cells[column] for name, cells in TABLE.items()}
