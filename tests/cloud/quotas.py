"""Quotas of an account, settable; None is no limit."""

from dataclasses import dataclass, fields


@dataclass
class Quotas:
    """AWS's defaults, except vCPUs: there an account of some age has enough for four tiers.

    https://docs.aws.amazon.com/general/latest/gr/ec2-service.html
    https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
    """

    elastic_ips: int | None = 5
    vpcs: int | None = 5  # of a region; the default VPC is one of them
    internet_gateways: int | None = 5
    nat_gateways_per_zone: int | None = 5
    rules_per_security_group: int | None = 60  # inbound, and as many outbound
    on_demand_vcpus: int | None = None  # of the standard families
    spot_vcpus: int | None = None
    load_balancers: int | None = 50
    listeners_per_balancer: int | None = 50
    rules_per_balancer: int | None = 100  # default rules not counted
    target_groups: int | None = 3000
    target_groups_per_balancer: int | None = 100
    targets_per_balancer: int | None = 1000

    def as_in_a_new_account(self) -> None:
        """Few vCPUs: two instances of a small type, On-Demand and Spot each."""
        self.on_demand_vcpus = self.spot_vcpus = 5

    def restart(self) -> None:
        """The defaults again."""
        for each in fields(self):
            setattr(self, each.name, each.default)


def beyond(limit: int | None, number: int) -> bool:
    """Whether so many are more than there may be."""
    return limit is not None and number > limit
