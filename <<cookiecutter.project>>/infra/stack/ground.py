"""What all fleets of a tier stand on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi

from .balancer import Balancer, BalancerArgs, ports
from .firewall import Firewall, FirewallArgs
from .logs import Logs, LogsArgs
from .names import partition_of
from .role import Role, RoleArgs
from .userdata import SERVICE_PORT

if TYPE_CHECKING:
    from .tier import Tier


@dataclass(frozen=True)
class Ground:
    """The parts of a tier that are there before the first release."""

    logs: Logs
    firewall: Firewall
    balancer: Balancer
    role: Role

    @property
    def parts(self) -> list[pulumi.Resource]:
        """Give all of it."""
        return [self.logs, self.firewall, self.balancer, self.role]


def make_ground(tier: "Tier") -> Ground:
    """Make it."""
    firewall = _firewall(tier)
    return Ground(_logs(tier), firewall, _balancer(tier, firewall), _role(tier))


def _logs(tier: "Tier") -> Logs:
    return Logs(
        "logs",
        LogsArgs(
            group_name=tier.names.log_group,
            retention_days=tier.settings.log_retention_days,
            tags=tier.tags,
        ),
        tier.opts,
    )


def _firewall(tier: "Tier") -> Firewall:
    return Firewall(
        "firewall",
        FirewallArgs(
            base_name=tier.names.base,
            vpc_id=tier.contract.network.vpc_id,
            allowed_networks=tier.settings.allowed_networks,
            balancer_ports=ports(tier.contract.certificate_arn),
            service_port=SERVICE_PORT,
            tags=tier.tags,
        ),
        tier.opts,
    )


def _balancer(tier: "Tier", firewall: Firewall) -> Balancer:
    return Balancer(
        "balancer",
        BalancerArgs(
            base_name=tier.names.base,
            subnet_ids=tier.contract.network.balancer_subnet_ids,
            security_group_id=firewall.balancer.id,
            certificate_arn=tier.contract.certificate_arn,
            log_bucket=tier.contract.log_bucket,
            log_prefix=tier.names.service,
            deletion_protection=tier.settings.protect,
            tags=tier.tags,
        ),
        tier.opts,
    )


def _role(tier: "Tier") -> Role:
    return Role(
        "role",
        RoleArgs(
            base_name=tier.names.base,
            partition=partition_of(tier.contract.region),
            artifact_bucket=tier.contract.artifact_bucket,
            builds=tier.names.builds,
            log_group_arn=_arn(tier, "logs", f"log-group:{tier.names.log_group}"),
            log_groups_arn=_arn(tier, "logs", "log-group:*"),
            parameters_arn=_arn(tier, "ssm", f"parameter{tier.names.parameters}*"),
            secret_arns=tier.document.secret_arns,
            tags=tier.tags,
        ),
        tier.opts,
    )


def _arn(tier: "Tier", service: str, resource: str) -> str:
    """Write an ARN of this tier's place: policies are judged before anything exists."""
    place = f"{tier.contract.region}:{tier.contract.account}"
    return f"arn:{partition_of(tier.contract.region)}:{service}:{place}:{resource}"
