"""A tier as a function: `declare` is the table of contents, the rest says what goes into what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pulumi

from .address import Address, AddressArgs, url
from .balancer import Balancer
from .dashboard import Dashboard, DashboardArgs
from .document import Document
from .fleet import Fleet
from .fleets import make_fleets, make_followers
from .ground import Ground, make_ground
from .guardrails import Guardrails
from .maintenance import Maintenance, MaintenanceArgs
from .names import Names
from .platform import Contract
from .settings import Settings
from .traffic import Traffic, TrafficArgs
from .waf import Waf, WafArgs

# When Pulumi refuses to delete a resource it names it: so this name says what to do instead.
TO_DESTROY = "to destroy this tier: set protect to false, pulumi up, pulumi destroy"


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
        ground = make_ground(self)
        fleets = make_fleets(self, ground)
        following = list(make_followers(self, fleets, ground))
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
    def opts(self) -> pulumi.ResourceOptions:
        """Protect every part or none: one alone would not save those that depend on it."""
        return pulumi.ResourceOptions(protect=self.settings.protect)

    @property
    def passing(self) -> pulumi.ResourceOptions:
        """Give the options of what comes and goes with a setting or the document, in any tier."""
        return pulumi.ResourceOptions(protect=False)

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
                self.passing,
            )
        ]

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
                self.opts,
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
                self.passing,
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
            self.opts,
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
            self.opts,
        )
        return [address], url(host, secure=secure)
