"""Where a tier's balancer is, and what belongs to it. Balancer and listener are looked up once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from stack.names import Names
from stack.rules import HTTP, HTTPS

from .calling import Caller
from .forwarding import Rule

PAGE = 400  # the most that DescribeRules and DescribeTargetGroups give at once


@dataclass(frozen=True)
class Balancer:
    """The tier's balancer, and the listener that has its rules."""

    arn: str
    listener: str
    host: str  # its own name in DNS

    @property
    def suffix(self) -> str:
        """Give its name in CloudWatch's dimension LoadBalancer."""
        return self.arn.partition(":loadbalancer/")[2]


def suffix(target_group_arn: str) -> str:
    """Give a target group's name in CloudWatch's dimension TargetGroup."""
    return target_group_arn.rpartition(":")[2]


class Addresses:
    """Finds what the balancer has. It asks nobody but the balancer's own service."""

    def __init__(self, names: Names, balancing: Any, call: Caller) -> None:  # noqa: ANN401 as boto3's
        self._names = names
        self._balancing = balancing
        self._call = call
        self._balancer: Balancer | None = None

    @property
    def balancer(self) -> Balancer | None:
        """Find the balancer; None before the stack was ever brought up."""
        if self._balancer is None:
            self._balancer = self._call(
                f"The balancer {self._names.base} cannot be read",
                self._found,
                {"LoadBalancerNotFound": None},
            )
        return self._balancer

    def _found(self) -> Balancer | None:
        [it] = self._balancing.describe_load_balancers(Names=[self._names.base])["LoadBalancers"]
        arn = it["LoadBalancerArn"]
        pages = self._balancing.get_paginator("describe_listeners").paginate(LoadBalancerArn=arn)
        ports = {each["Port"]: each["ListenerArn"] for page in pages for each in page["Listeners"]}
        # With a certificate the other one only redirects.
        listener = ports.get(HTTPS, ports.get(HTTP))
        return Balancer(arn, listener, it["DNSName"]) if listener else None

    def rules(self) -> list[Rule]:
        """Give the listener's rules; none where there is no listener."""
        for _ in range(2):
            balancer = self.balancer
            if balancer is None:
                break
            rules = self._call(
                f"The rules of the balancer {self._names.base} cannot be read",
                lambda listener=balancer.listener: self._rules(listener),
                {"ListenerNotFound": None},
            )
            if rules is not None:
                return rules
            self._balancer = None  # another has taken its place since
        return []

    def _rules(self, listener: str) -> list[Rule]:
        pages = self._balancing.get_paginator("describe_rules").paginate(
            ListenerArn=listener, PaginationConfig={"PageSize": PAGE}
        )
        return [rule for page in pages for rule in page["Rules"]]

    def target_group(self, release: str) -> str | None:
        """Find a fleet's target group."""
        return self.target_groups([release]).get(release)

    def target_groups(self, releases: Iterable[str]) -> dict[str, str]:
        """Find the target groups of releases, by ARN; one that is not there is left out."""
        wanted = {self._names.fleet(release): release for release in releases}
        if not wanted:
            return {}  # no names would ask for all there are
        found = self._call(
            f"The target groups {', '.join(wanted)} cannot be read",
            lambda: self._balancing.describe_target_groups(Names=list(wanted))["TargetGroups"],
            {"TargetGroupNotFound": None},
        )
        if found is None:  # AWS does not say which is missing
            return {
                name: arn
                for name in wanted.values()
                if len(wanted) > 1 and (arn := self.target_groups([name]).get(name))
            }
        return {wanted[each["TargetGroupName"]]: each["TargetGroupArn"] for each in found}

    def fleets(self) -> dict[str, str]:
        """Give the target groups of all the tier's fleets: release and ARN."""
        pages = self._call(
            f"The target groups of {self._names.base} cannot be read",
            lambda: list(
                self._balancing.get_paginator("describe_target_groups").paginate(
                    PaginationConfig={"PageSize": PAGE}
                )
            ),
        )
        found = {
            self._names.release(each["TargetGroupName"]): each["TargetGroupArn"]
            for page in pages
            for each in page["TargetGroups"]
        }
        return {release: arn for release, arn in found.items() if release}
