"""A tier as a function: `declare` is the table of contents, the rest says what goes into what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pulumi

from .address import Address, AddressArgs, url
from .alarms import Alarms, AlarmsArgs
from .balancer import Balancer, BalancerArgs, ports
from .calendar import moment
from .dashboard import Dashboard, DashboardArgs
from .document import Document, Release
from .firewall import Firewall, FirewallArgs
from .fleet import Fleet, FleetArgs
from .guardrails import Guardrails
from .logs import Logs, LogsArgs
from .maintenance import Maintenance, MaintenanceArgs
from .names import Names, partition_of
from .platform import Contract
from .role import Role, RoleArgs
from .scaling import Scaling, ScalingArgs
from .schedules import Schedules, SchedulesArgs
from .settings import Settings
from .traffic import Traffic, TrafficArgs
from .userdata import SERVICE_PORT, userdata
from .waf import Waf, WafArgs

# When Pulumi refuses to delete a resource it names it: so this name says what to do instead.
TO_DESTROY = "to destroy this tier: set protect to false, pulumi up, pulumi destroy"

# Of what comes and goes with a setting or the document, also in a protected tier.
PASSING = pulumi.ResourceOptions(protect=False)


@dataclass(frozen=True)
class Ground:
    """What all fleets of a tier stand on."""

    logs: Logs
    firewall: Firewall
    balancer: Balancer
    role: Role

    @property
    def parts(self) -> list[pulumi.Resource]:
        """Give all of it."""
        return [self.logs, self.firewall, self.balancer, self.role]


@dataclass(frozen=True)
class Tier:
    """Everything a tier is made from."""

    names: Names
    settings: Settings
    contract: Contract
    document: Document
    now: datetime

    def declare(self, own: "Callable[[Tier], None] | None" = None) -> dict[str, pulumi.Input[Any]]:
        """Make all there is; give the stack's outputs. `own` makes what a team adds."""
        guardrails = self._guardrails()
        guardrails.watch()
        ground = self._ground()
        fleets = {
            name: self._fleet(name, release, ground) for name, release in self.document.ordered
        }
        following = [
            part
            for name, fleet in fleets.items()
            for part in (
                self._scaling(name, fleet, ground),
                self._alarms(name, fleet, ground),
                *self._schedules(name, fleet),
            )
        ]
        rules = [*self._traffic(fleets, ground), *self._maintenance(fleets, ground)]
        dashboard = self._dashboard(fleets, ground)
        waf = self._waf(ground.balancer)
        address, url = self._address(ground.balancer)
        added = self._own(own, guardrails)
        self._sentinel(
            [dashboard, *ground.parts, *fleets.values(), *following, *rules, *waf, *address, *added]
        )
        guardrails.close()
        return {
            "url": url,
            "listener": ground.balancer.listener.arn,
            "log_group": self.names.log_group,
            "releases": dict(self.document.weights),
        }

    @property
    def tags(self) -> Mapping[str, str]:
        """Give the tags of everything that takes tags."""
        return {
            "service": self.names.service,
            "tier": self.names.tier,
            "team": self.settings.team,
            "repository": self.settings.repository,
            "managed-by": "pulumi",
        }

    @property
    def _opts(self) -> pulumi.ResourceOptions:
        """Protect every part or none: one alone would not save those that depend on it."""
        return pulumi.ResourceOptions(protect=self.settings.protect)

    def _guardrails(self) -> Guardrails:
        key = f"{self.names.settings_file}: {self.names.service}:exceptions"
        return Guardrails(
            self.settings.exceptions,
            key,
            protected_tier=self.settings.protect,
            plain_http=self.settings.plain_http,
        )

    def _own(
        self, own: "Callable[[Tier], None] | None", guardrails: Guardrails
    ) -> list[pulumi.Resource]:
        """Have a team's own resources made; give them, so that the sentinel keeps them too."""
        before = len(guardrails.seen)
        if own:
            own(self)
        return guardrails.seen[before:]

    def _sentinel(self, parts: list[pulumi.Resource]) -> None:
        """Make the last resource, so the first that `destroy` tries. In a protected tier it stays.

        So nothing goes, also of what is not protected by itself because a setting may take it away;
        and instead of an error for every resource there is this one.
        """
        opts = pulumi.ResourceOptions(protect=self.settings.protect, depends_on=parts)
        pulumi.ComponentResource("slipway:tier:Protection", TO_DESTROY, None, opts)

    def _logs(self) -> Logs:
        return Logs(
            "logs",
            LogsArgs(
                group_name=self.names.log_group,
                retention_days=self.settings.log_retention_days,
                tags=self.tags,
            ),
            self._opts,
        )

    def _arn(self, service: str, resource: str) -> str:
        """Write an ARN of this tier's place: policies are judged before anything exists."""
        place = f"{self.contract.region}:{self.contract.account}"
        return f"arn:{partition_of(self.contract.region)}:{service}:{place}:{resource}"

    def _firewall(self) -> Firewall:
        return Firewall(
            "firewall",
            FirewallArgs(
                base_name=self.names.base,
                vpc_id=self.contract.network.vpc_id,
                allowed_networks=self.settings.allowed_networks,
                balancer_ports=ports(self.contract.certificate_arn),
                service_port=SERVICE_PORT,
                tags=self.tags,
            ),
            self._opts,
        )

    def _balancer(self, firewall: Firewall) -> Balancer:
        return Balancer(
            "balancer",
            BalancerArgs(
                base_name=self.names.base,
                subnet_ids=self.contract.network.balancer_subnet_ids,
                security_group_id=firewall.balancer.id,
                certificate_arn=self.contract.certificate_arn,
                log_bucket=self.contract.log_bucket,
                log_prefix=self.names.service,
                deletion_protection=self.settings.protect,
                tags=self.tags,
            ),
            self._opts,
        )

    def _waf(self, balancer: Balancer) -> list[Waf]:
        """Make the web firewall, where the tier has one."""
        if not self.settings.waf:
            return []
        return [
            Waf(
                "waf",
                WafArgs(
                    base_name=self.names.base,
                    balancer_arn=balancer.balancer.arn,
                    rate_limit=self.settings.rate_limit,
                    tags=self.tags,
                ),
                PASSING,
            )
        ]

    def _role(self) -> Role:
        return Role(
            "role",
            RoleArgs(
                base_name=self.names.base,
                partition=partition_of(self.contract.region),
                artifact_bucket=self.contract.artifact_bucket,
                builds=self.names.builds,
                log_group_arn=self._arn("logs", f"log-group:{self.names.log_group}"),
                parameters_arn=self._arn("ssm", f"parameter{self.names.parameters}*"),
                secret_arns=self.document.secret_arns,
                tags=self.tags,
            ),
            self._opts,
        )

    def _ground(self) -> Ground:
        firewall = self._firewall()
        return Ground(self._logs(), firewall, self._balancer(firewall), self._role())

    def _fleet(self, name: str, release: Release, ground: Ground) -> Fleet:
        floor, ceiling = self._sizes(name)
        return Fleet(
            name,
            FleetArgs(
                fleet_name=self.names.fleet(name),
                release_name=name,
                release=release,
                user_data=userdata(
                    self.names, name, release, self.contract.region, self.contract.artifact_bucket
                ),
                floor=floor,
                ceiling=ceiling,
                listener_arn=ground.balancer.listener.arn,
                vpc_id=self.contract.network.vpc_id,
                subnet_ids=self.contract.network.fleet_subnet_ids,
                public_ips=self.contract.network.fleet_public_ips,
                security_group_id=ground.firewall.fleet.id,
                profile_arn=ground.role.profile.arn,
                service_port=SERVICE_PORT,
                needs=[ground.role, ground.firewall, ground.logs],
                tags={**self.tags, "release": name, "version": release.build.version},
            ),
            self._opts,
        )

    def _sizes(self, name: str) -> tuple[int, int]:
        """Give a fleet's least and most instances in ordinary hours."""
        floor = self.document.floors.get(name, self.settings.min_size)
        return floor, max(floor, self.settings.max_size)

    def _schedules(self, name: str, fleet: Fleet) -> list[Schedules]:
        """Make a fleet's actions by the clock, if there are any."""
        coming = {
            event: times
            for event, times in self.settings.events.items()
            if moment(times.end, self.settings.time_zone) > self.now
        }
        events = coming if self.document.weights.get(name) else {}
        if not (self.settings.night or events):
            return []
        floor, ceiling = self._sizes(name)
        return [
            Schedules(
                f"{name}-schedules",
                SchedulesArgs(
                    release_name=name,
                    fleet_name=self.names.fleet(name),
                    group_name=fleet.group.name,
                    min_size=floor,
                    max_size=ceiling,
                    time_zone=self.settings.time_zone,
                    night=self.settings.night,
                    events=events,
                    now=self.now,
                ),
                PASSING,
            )
        ]

    def _scaling(self, name: str, fleet: Fleet, ground: Ground) -> Scaling:
        return Scaling(
            f"{name}-scaling",
            ScalingArgs(
                release_name=name,
                fleet_name=self.names.fleet(name),
                fleet=fleet,
                balancer=ground.balancer,
                cpu_percent=self.settings.cpu_percent,
                requests_per_minute=self.settings.requests_per_minute,
            ),
            self._opts,
        )

    def _alarms(self, name: str, fleet: Fleet, ground: Ground) -> Alarms:
        return Alarms(
            f"{name}-alarms",
            AlarmsArgs(
                release_name=name,
                fleet_name=self.names.fleet(name),
                balancer_suffix=ground.balancer.balancer.arn_suffix,
                target_group_suffix=fleet.targets.arn_suffix,
                failed_percent=self.settings.failed_percent,
                latency_ms=self.settings.latency_ms,
                topic_arn=self.contract.alarm_topic_arn,
                runbooks=self.settings.runbooks or "docs/runbooks",
                tags={**self.tags, "release": name},
            ),
            self._opts,
        )

    def _traffic(self, fleets: Mapping[str, Fleet], ground: Ground) -> list[Traffic]:
        """Make the traffic rule; until a release has a weight there is none."""
        if not self.document.weights:
            return []
        return [
            Traffic(
                "traffic",
                TrafficArgs(
                    listener_arn=ground.balancer.listener.arn,
                    weights=self.document.weights,
                    target_group_arns={name: fleet.targets.arn for name, fleet in fleets.items()},
                    tags=self.tags,
                ),
                self._opts,
            )
        ]

    def _maintenance(self, fleets: Mapping[str, Fleet], ground: Ground) -> list[Maintenance]:
        """Make the maintenance rules, while they are on."""
        given, leading = self.document.maintenance, self.document.leading
        if given is None:
            return []
        return [
            Maintenance(
                "maintenance",
                MaintenanceArgs(
                    listener_arn=ground.balancer.listener.arn,
                    text=given.text,
                    token=given.token,
                    target_group_arn=fleets[leading].targets.arn if leading else None,
                    tags=self.tags,
                ),
                PASSING,
            )
        ]

    def _dashboard(self, fleets: Mapping[str, Fleet], ground: Ground) -> Dashboard:
        return Dashboard(
            "dashboard",
            DashboardArgs(
                base_name=self.names.base,
                region=self.contract.region,
                balancer_suffix=ground.balancer.balancer.arn_suffix,
                target_suffixes={name: fleet.targets.arn_suffix for name, fleet in fleets.items()},
                group_names={name: self.names.fleet(name) for name in fleets},
                log_group=self.names.log_group,
                web_acl=self.names.base if self.settings.waf else None,
            ),
            self._opts,
        )

    def _address(self, balancer: Balancer) -> tuple[list[Address], pulumi.Output[str]]:
        """Give the tier's URL: its name in the platform's domain, or the balancer's own."""
        secure = self.contract.certificate_arn is not None
        domain = self.contract.domain
        if domain is None:
            return [], url(balancer.balancer.dns_name, secure=secure)
        host = f"{self.names.service}.{domain.name}"
        address = Address(
            "address",
            AddressArgs(
                host=host,
                zone_id=domain.zone_id,
                balancer_dns_name=balancer.balancer.dns_name,
                balancer_zone_id=balancer.balancer.zone_id,
            ),
            self._opts,
        )
        return [address], url(host, secure=secure)
