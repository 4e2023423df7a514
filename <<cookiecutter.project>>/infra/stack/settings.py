"""The settings of a tier: what a team can change without touching code.

A setting has the value of its tier's column in tiers.py, unless Pulumi.<tier>.yaml has a line
<project>:<setting>. Settings that enter the next release leave living machines as they are.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from .calendar import Event, EventName, Night, TimeZone
from .fields import (
    Address,
    AdminCommand,
    Environment,
    Exceptions,
    ImageSource,
    LogDays,
    NetworkList,
    Percents,
    Repository,
    SecretArns,
    TagValue,
    TypeList,
)

# Said once for all tiers, in Pulumi.yaml; every other setting belongs into a tier's file.
COMMON = ("team", "repository", "runbooks", "architecture")
# Read by `deliver` when it makes a release; the stack itself takes them from the document.
NEXT_RELEASE = (
    "architecture",
    "instance_types",
    "image",
    "on_demand_base",
    "spot_percent",
    "environment",
    "secrets",
)
# Read by `deliver` while it moves traffic; the stack makes nothing of them.
ROLLOUTS = (
    "strategy",
    "canary_percents",
    "canary_minutes",
    "standby_minutes",
    "ready_minutes",
    "least_requests",
    "quiet_minutes",
    "pass_quiet",
    "attended_minutes",
    "migration",
)


class Settings(BaseModel):
    """Everything that can be set. The text below a setting is its documentation."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    team: TagValue
    """Who owns the service; a tag on everything."""

    repository: Repository
    """Where the code is, as owner/name; a tag on everything."""

    runbooks: Address = ""
    """Address of the folder docs/runbooks as people read it; every alarm points into it."""

    min_size: Annotated[int, Field(ge=1, le=100)]
    """Least instances of a fleet, unless the rollout document gives it a floor. Read when a fleet
    is made; a living one keeps its sizes."""

    max_size: Annotated[int, Field(ge=1, le=200)]
    """Most instances of a fleet. Read when a fleet is made; a living one keeps its sizes."""

    cpu_percent: Annotated[int, Field(ge=10, le=90)]
    """Percent of CPU that scaling aims at, on average over a fleet. Lower leaves more room for a
    burst: a new instance takes two minutes to help."""

    requests_per_minute: Annotated[int, Field(ge=10, le=1_000_000)]
    """Requests per minute and instance that scaling aims at. Take half of what one instance carried
    in the load test within your latency goal."""

    time_zone: TimeZone = "UTC"
    """Time zone of night and events, like Europe/Berlin."""

    night: Night
    """Hours in which the tier has no instances, like 20:00-07:00; empty means never. In the morning
    they come back on workdays only. Change it by day: without its morning a fleet stays at none."""

    events: Annotated[dict[EventName, Event], Field(max_length=50)] = {}
    """Times of expected load: a name, and for each start and end (local time, 2026-11-27T06:00),
    min_size and max_size. Each fleet that has traffic gets these sizes at the start, and its own
    again at the end. One that is taken out while it lasts leaves its sizes behind. Events follow
    one another, and where there is a night each lies between two."""

    failed_percent: Annotated[int, Field(ge=1, le=100)]
    """Percent of failed requests, in three of five minutes, from which a fleet alarms."""

    latency_ms: Annotated[int, Field(ge=10, le=60_000)]
    """Milliseconds from which a fleet alarms, when one request in ten takes so long over five
    minutes."""

    allowed_networks: NetworkList = ("0.0.0.0/0",)
    """IPv4 ranges that may reach the balancer. The default is everybody: a public service."""

    exceptions: Exceptions = {}
    """Guardrails that must not hold: `<guardrail>/<resource>`, and the reason in a sentence. Pulumi
    names both when it refuses a resource."""

    plain_http: bool
    """Whether the tier may answer plain HTTP while its platform has no certificate. With one it
    never does. Where this is no, `pulumi up` refuses a tier without a certificate."""

    waf: bool
    """Whether a web firewall (AWS WAF) stands before the balancer: AWS's managed rules for common
    attacks, known bad inputs and addresses of ill repute, and the limit rate_limit. On in stage as
    in prod, so that a good request that it blocks is found there. About 9 USD a month, and 0.60 USD
    per million requests."""

    rate_limit: Annotated[int, Field(ge=10, le=2_000_000_000)] = 6000
    """Requests in five minutes from one client address, from which waf blocks it until it asks for
    less. Many people may share an address: behind a proxy or a content network all of them do."""

    protect: bool
    """Whether nothing of the tier can be deleted. To delete a protected tier: set this to false,
    `pulumi up`, `pulumi destroy`."""

    log_retention_days: LogDays
    """Days that log lines are kept."""

    strategy: Literal["all-at-once", "blue-green", "canary"]
    """How a release gets its traffic, where whoever deploys it chose nothing. A rollout under way
    keeps what it began with: this, the steps and their minutes."""

    canary_percents: Percents
    """Percent of the traffic that a canary's release has in each step; after the last it has all.
    Each from 1 to 99, and rising: `[5, 25, 50]`."""

    # CloudWatch has a value a minute. In a day every hour's load has been seen.
    canary_minutes: Annotated[int, Field(ge=1, le=1440)]
    """Minutes that each step of a canary is watched before the next."""

    standby_minutes: Annotated[int, Field(ge=1, le=1440)]
    """Minutes that the old fleets stand by, once a release has all the traffic and is watched: of
    blue-green, and after a canary's steps. Going back takes seconds until then. What you pay for it
    is a second fleet."""

    # Twice the grace of a new instance at least. Over an hour a session of AWS has ended.
    ready_minutes: Annotated[int, Field(ge=6, le=60)] = 15
    """Minutes in which fleets must be healthy before their traffic rises; else the release is taken
    back. An instance boots in about one; the rest is for Spot, which may not have one at once."""

    least_requests: Annotated[int, Field(ge=1, le=1_000_000)]
    """Requests that a release must have answered before its share of failures means anything. The
    default is so many that four of them fail at the tier's failed_percent: one alone is chance."""

    quiet_minutes: Annotated[int, Field(ge=0, le=1440)]
    """Minutes that a step is watched longer while the release had fewer than least_requests."""

    # No: the first release of a service would never pass.
    pass_quiet: bool = True
    """Whether a release passes that had fewer than least_requests even then. With no it is taken
    back: for a service that people use at every hour."""

    # A job's credentials last an hour by default ("Update the maximum session duration for a role"
    # in the IAM User Guide; at most 12 hours): half of it remains for boot, moves and going back.
    attended_minutes: Annotated[int, Field(ge=1, le=600)] = 30
    """Minutes that `deliver` waits for a step's end. A longer wait it leaves to a later
    `deliver resume`, and ends, with the traffic as it is."""

    migration: AdminCommand = ""
    """The service's own command that adds to the schema what a new release needs, like `migrate`;
    empty means none. A rollout of a new release runs it on one instance of the new fleet, before
    that has any traffic; if it does not end with 0, the rollout is undone. It must only add, since
    older releases still serve, and may run more than once: docs/commands.md, "Migrations"."""

    architecture: Literal["arm64", "x86_64"]
    """Processor that builds are made for; instance types must match. Enters the next release."""

    instance_types: TypeList
    """Instance types, the preferred first; more of them mean fewer Spot interruptions. Choose types
    with the same number of CPUs, since each gets the same share of requests. Enters the next
    release."""

    image: ImageSource = ""
    """Machine image, or the parameter that holds its id; empty means the newest Amazon Linux 2023.
    Its root device must be /dev/xvda. Enters the next release."""

    on_demand_base: Annotated[int, Field(ge=0, le=100)]
    """Instances of a fleet that are never Spot. Enters the next release."""

    spot_percent: Annotated[int, Field(ge=0, le=100)]
    """Percent of Spot among the instances above on_demand_base. Enters the next release."""

    environment: Environment = {}
    """Environment variables of the service; for secrets see there. Enters the next release."""

    secrets: SecretArns = {}
    """Secrets of the service: its name for each, and the ARN of the Secrets Manager secret. Enters
    the next release."""
