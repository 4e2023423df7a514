"""The tiers, and what each has unless Pulumi.<tier>.yaml says otherwise. Read DEFAULTS across."""

from typing import Any

# Which tiers there are, in the order a change moves through them. To run two or three, take names
# out; each must be a column of DEFAULTS.
TIERS: tuple[str, ...] = ("dev", "test", "stage", "prod")

# Instance types per architecture, the first preferred. All have two CPUs, so that every instance
# takes the same share of requests; several, so that Spot finds one with capacity.
BURST = {
    "arm64": ("t4g.small", "t4g.medium"),
    "x86_64": ("t3a.small", "t3.small", "t3.medium"),
}
STEADY = {
    "arm64": ("m7g.large", "m6g.large", "m6gd.large"),
    "x86_64": ("m7i.large", "m6i.large", "m6a.large"),
}

COLUMNS = ("dev", "test", "stage", "prod")
# fmt: off
DEFAULTS: dict[str, tuple[Any, Any, Any, Any]] = {
    # setting               dev            test           stage          prod
    "min_size":            (1,             1,             2,             3),
    "max_size":            (1,             2,             4,             12),
    "on_demand_base":      (0,             0,             1,             3),
    "spot_percent":        (100,           100,           50,            50),
    "instance_types":      (BURST,         BURST,         STEADY,        STEADY),
    "cpu_percent":         (60,            60,            50,            50),
    "requests_per_minute": (3000,          3000,          6000,          6000),
    "night":               ("20:00-06:00", "",            "",            ""),
    "failed_percent":      (20,            10,            5,             2),
    "latency_ms":          (2000,          1000,          1000,          1000),
    "plain_http":          (True,          True,          True,          False),
    "waf":                 (False,         False,         True,          True),
    "protect":             (False,         False,         True,          True),
    "log_retention_days":  (7,             14,            30,            180),
    # Dev: nobody depends on it. Test: a suite asks right after. Stage: prod's steps in short, on
    # trial. Prod: at first an error meets one request in 20; in 10 minutes each alarm can go off.
    "strategy":            ("all-at-once", "blue-green",  "canary",      "canary"),
    "canary_percents":     ((50,),         (25,),         (5, 50),       (5, 25, 50)),
    "canary_minutes":      (1,             2,             5,             10),
    "standby_minutes":     (1,             2,             5,             15),
    # 4 / failed_percent. Nobody waits for requests that will not come; by night prod has few.
    "least_requests":      (20,            40,            80,            200),
    "quiet_minutes":       (0,             0,             5,             30),
}
# fmt: on


def defaults(tier: str, architecture: str) -> dict[str, Any]:
    """Give one column of the table, for machines of one architecture."""
    column = COLUMNS.index(tier)
    row = {setting: values[column] for setting, values in DEFAULTS.items()}
    row["instance_types"] = row["instance_types"].get(architecture, ())
    return row
