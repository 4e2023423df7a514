"""The settings of a tier: what a team can change without touching code.

A setting has the value of its tier's column in tiers.py, unless Pulumi.<tier>.yaml has a line
<project>:<setting>. Settings that enter the next release leave living machines as they are.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from .calendar import Event, EventName, Night, TimeZone
from .fields import (
    Address,
    Environment,
    Exceptions,
    ImageSource,
    LogDays,
    NetworkList,
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
