"""The platform's stacks, run inline by the real engine on the simulated cloud."""

from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pulumi import automation

from tests.cloud import Cloud
from tests.cloud.platform_setup import (
    ACCOUNT_PROJECT,
    ACCOUNT_STACK,
    TIER_PROJECT,
    Target,
    platform_programs,
    platform_stack,
    set_up_platform,
)
from tools.engine import find_engine

# Steps of the engine that leave a resource as it is.
QUIET = frozenset({"same", "read", "refresh"})


class Platform:
    """An account and tiers on one cloud, and what a person does with them."""

    def __init__(self, cloud: Cloud, folder: Path) -> None:
        self.cloud = cloud
        self.environment = {
            **find_engine(progress=print).environment,
            **cloud.environment,
            "PULUMI_CONFIG_PASSPHRASE": "tests",
            "PULUMI_HOME": str(folder / "home"),
        }
        self._folder = folder
        state = folder / "state"
        state.mkdir(parents=True)
        self.backend_url = state.as_uri()
        self._account, self._tier = platform_programs()
        self._runs = 0

    def set_up(self, tiers: Iterable[str]) -> None:
        """Bring up account and tiers with their defaults."""
        set_up_platform(
            self.environment, self.cloud.region, self.backend_url, print, tiers=list(tiers)
        )

    def account(self, **settings: str) -> automation.Stack:
        """The account's stack with the given settings alone."""
        return self._stack(ACCOUNT_PROJECT, ACCOUNT_STACK, self._account, settings)

    def tier(self, name: str, **settings: str) -> automation.Stack:
        """A tier's stack with the given settings alone."""
        parameters = self.cloud.client("ssm")
        return self._stack(TIER_PROJECT, name, lambda: self._tier(parameters), settings)

    def _stack(
        self, project: str, name: str, program: Callable[[], None], settings: Mapping[str, str]
    ) -> automation.Stack:
        self._runs += 1
        folder = self._folder / f"{project}-{name}-{self._runs}"
        folder.mkdir()
        target = Target(self.environment, self.cloud.region, self.backend_url, folder)
        return platform_stack(target, project, name, program, settings)


def changes(summary: Mapping[Any, int] | None) -> dict[str, int]:
    """How many resources each kind of step touched, those left alone aside."""
    named = {str(getattr(step, "value", step)): count for step, count in (summary or {}).items()}
    return {step: count for step, count in named.items() if step not in QUIET}


def in_parallel[T](call: Callable[[str], T], names: Iterable[str]) -> dict[str, T]:
    """Call for every name at once; the first error wins."""
    with ThreadPoolExecutor(max_workers=4) as threads:
        runs = {name: threads.submit(call, name) for name in names}
    return {name: run.result() for name, run in runs.items()}


def what_stands(cloud: Cloud) -> dict[str, list[str]]:
    """Everything that the platform makes and a person would be billed for or trip over."""
    ec2 = cloud.client("ec2")
    own = [{"Name": "is-default", "Values": ["false"]}]
    vpcs = [vpc["VpcId"] for vpc in ec2.describe_vpcs(Filters=own)["Vpcs"]]
    inside = [{"Name": "vpc-id", "Values": vpcs or ["vpc-none"]}]
    alive = [{"Name": "state", "Values": ["pending", "available"]}]
    endpoints = ec2.describe_vpc_endpoints()["VpcEndpoints"]
    return {
        "vpcs": vpcs,
        "subnets": _ids(ec2.describe_subnets(Filters=inside)["Subnets"], "SubnetId"),
        "nats": _ids(ec2.describe_nat_gateways(Filters=alive)["NatGateways"], "NatGatewayId"),
        "addresses": _ids(ec2.describe_addresses()["Addresses"], "AllocationId"),
        "gateways": _ids(ec2.describe_internet_gateways()["InternetGateways"], "InternetGatewayId"),
        "endpoints": [
            one["VpcEndpointId"] for one in endpoints if one["State"].lower() != "deleted"
        ],
        "flow logs": _ids(ec2.describe_flow_logs()["FlowLogs"], "FlowLogId"),
        "buckets": _ids(cloud.client("s3").list_buckets()["Buckets"], "Name"),
        "topics": _ids(cloud.client("sns").list_topics()["Topics"], "TopicArn"),
        "subscriptions": _ids(
            cloud.client("sns").list_subscriptions()["Subscriptions"], "SubscriptionArn"
        ),
        "parameters": _ids(cloud.client("ssm").describe_parameters()["Parameters"], "Name"),
    }


@contextmanager
def running_platform(folder: Path) -> Generator[Platform]:
    """A cloud with nothing on it yet."""
    with Cloud.start() as cloud:
        yield Platform(cloud, folder)


def _ids(found: Iterable[Mapping[str, Any]], key: str) -> list[str]:
    return [one[key] for one in found]
