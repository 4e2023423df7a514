"""What the tests share: a recorder in place of AWS, and the four things a tier is made from."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

REGION = "eu-west-1"
ACCOUNT = "123456789012"
SERVICE = "orders"
COMMON = {
    "orders:team": "checkout",
    "orders:repository": "example/orders",
    "orders:architecture": "arm64",
}


class Recorder(pulumi.runtime.Mocks):
    """Answers as AWS would, and remembers what was asked for."""

    def __init__(self) -> None:
        self.seen: list[pulumi.runtime.MockResourceArgs] = []

    def new_resource(
        self, args: pulumi.runtime.MockResourceArgs
    ) -> tuple[str | None, dict[str, Any]]:
        """Give back the inputs, and the outputs that other resources take."""
        self.seen.append(args)
        kind = args.typ.rpartition(":")[2]
        made = {
            "arn": f"arn:{args.name}",
            "arnSuffix": f"{kind}/{args.name}",
            "dnsName": f"{args.name}.example.com",
            "zoneId": f"Z-{args.name}",
        }
        return f"{args.name}-id", {**made, **args.inputs}

    def call(
        self, args: pulumi.runtime.MockCallArgs
    ) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        """Refuse look-ups: a tier is made from its four arguments alone."""
        raise AssertionError(f"unplanned look-up: {args.token}")


Made = dict[str, dict[str, Any]]


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def deploy(recorder: Recorder) -> Callable[..., Made]:
    """Run a program to its end; give the inputs of everything it made, by name."""

    def run(program: Callable[[], Any], tier: str = "dev") -> Made:
        pulumi.runtime.set_mocks(recorder, project=SERVICE, stack=tier)
        pulumi.runtime.test(program)()
        names = [each.name for each in recorder.seen]
        assert len(set(names)) == len(names), f"a name is used twice: {sorted(names)}"
        return {each.name: dict(each.inputs) for each in recorder.seen}

    return run


def contract_data(tier: str = "dev", **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """Write a contract as the platform would."""
    data = {
        "schema": 1,
        "tier": tier,
        "account": ACCOUNT,
        "region": REGION,
        "network": {
            "vpc_id": "vpc-0123456789abcdef0",
            "balancer_subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
            "fleet_subnet_ids": ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"],
            "fleet_public_ips": tier == "dev",
        },
        "artifact_bucket": "artifacts",
        "log_bucket": "logs",
        "alarm_topic_arn": f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms",
        "domain": None,
        "certificate_arn": None,
    }
    return {**data, **changes}
