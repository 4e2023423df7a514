"""Settings of a tier's stack; `Pulumi.<tier>.yaml` holds deviations from the table only."""

from collections.abc import Mapping
from dataclasses import dataclass

from platform_parts import rules
from platform_parts.settings import setting
from platform_parts.tagging import RESERVED


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that can differ between tiers."""

    vpc_cidr: str = setting(
        rules.network,
        "addresses of the network; a sixteenth for each public and each private subnet",
    )
    zones: int = setting(
        rules.whole(2, 4),
        "availability zones that the network spans; a balancer needs two, NAT per zone an IP each",
    )
    zone_names: tuple[str, ...] = setting(
        rules.zone_names,
        "which zones, in order; [] takes the region's first. A subnet once made stays put",
    )
    nat: str = setting(
        rules.one_of("none", "one", "per-zone"),
        "NAT gateways: none puts fleets in public subnets; one fails with its zone",
    )
    flow_logs: str = setting(
        rules.one_of("none", "rejected", "all"),
        "which traffic of the network is logged, to the log bucket under flow-logs/",
    )
    log_days: int = setting(
        rules.whole(1, 3650),
        "days that access and flow logs stay",
    )
    prefix: str = setting(
        rules.prefix,
        "first word of names; the log bucket is <prefix>-logs-<tier>-<account>-<region>",
    )
    artifact_bucket: str | None = setting(
        rules.bucket,
        "the artifact bucket when it is another account's; unset: as /platform/account says",
    )
    domain_name: str | None = setting(
        rules.domain,
        "domain that services get their names in, as <service>.<domain_name>",
    )
    hosted_zone_id: str | None = setting(
        rules.hosted_zone,
        "the public hosted zone of domain_name in Route 53",
    )
    certificate_arn: str | None = setting(
        rules.certificate,
        "certificate that balancers answer HTTPS with; it has to cover *.<domain_name>",
    )
    alarm_emails: tuple[str, ...] = setting(
        rules.emails,
        "addresses that alarms are mailed to; AWS asks each to confirm first",
    )
    protect: bool = setting(
        rules.yes_or_no,
        "true: a destroy is refused; set false and `up` first, then a destroy deletes the logs too",
    )
    tags: Mapping[str, str] = setting(rules.tags(RESERVED), "further tags on everything")


def conflicts(settings: Settings, region: str) -> list[str]:
    """Name settings that fit by themselves but not together, or not in this region."""
    problems = []
    if (settings.domain_name is None) != (settings.hosted_zone_id is None):
        missing = "hosted_zone_id" if settings.domain_name else "domain_name"
        problems.append(f"{missing} is missing; domain_name and hosted_zone_id go together.")
    if settings.zone_names and len(settings.zone_names) != settings.zones:
        problems.append(
            f"zone_names holds {len(settings.zone_names)} zones where zones is {settings.zones}; "
            "make the two agree."
        )
    certified = settings.certificate_arn.split(":")[3] if settings.certificate_arn else region
    if certified != region:
        problems.append(
            f"certificate_arn is of {certified}; a balancer in {region} takes a certificate of its "
            "own region only."
        )
    return problems
