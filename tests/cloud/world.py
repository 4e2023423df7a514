"""Resources made without the engine: the provider's own steps, in its order, for fast tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.cloud import Cloud
from tests.cloud.aws import PROVIDER_KEY, Aws, Clients
from tests.cloud.lifecycle import (
    check_resource,
    create_resource,
    delete_resource,
    diff_resource,
    read_resource,
    update_resource,
)


@cache
def _clients(endpoint: str) -> Clients:
    return Clients(endpoint, PROVIDER_KEY)


class RefusedInputsError(Exception):
    """The provider's check found problems."""


@dataclass
class Made:
    """A resource as the engine's state would hold it."""

    token: str
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.outputs[key]


@dataclass
class World:
    """An account in a region, and what has been made there."""

    cloud: Cloud
    default_tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def aws(self) -> Aws:
        clients = _clients(self.cloud.endpoint)
        return Aws(clients, self.cloud.region, self.cloud.account, self.default_tags)

    def make(self, token: str, name: str = "thing", /, **inputs: Any) -> Made:
        checked = self.check(token, name, {}, inputs)
        id, outputs = create_resource(self.aws, token, checked, preview=False)
        return Made(token, id, checked, outputs)

    def check(
        self, token: str, name: str, olds: Mapping[str, Any], inputs: Mapping[str, Any]
    ) -> dict[str, Any]:
        checked, problems = check_resource(token, name, olds, inputs)
        if problems:
            raise RefusedInputsError("; ".join(each.sentence for each in problems))
        return checked

    def change(self, made: Made, /, **inputs: Any) -> frozenset[str]:
        """Update in place; answers the paths that would have replaced it, and then does nothing."""
        merged = {**made.inputs, **inputs}
        new = self.check(made.token, "thing", made.inputs, merged)
        replaces = diff_resource(made.token, made.inputs, new).replaces
        if not replaces:
            made.outputs = update_resource(
                self.aws, made.token, made.id, made.inputs, new, made.outputs, (), preview=False
            )
            made.inputs = new
        return replaces

    def drift(self, made: Made) -> set[str] | None:
        """The paths in which it lives differently than in state; None when it is gone."""
        found = read_resource(self.aws, made.token, made.id, made.outputs, made.inputs)
        if found is None:
            return None
        return {each.path for each in diff_resource(made.token, made.inputs, found[1]).differences}

    def destroy(self, made: Made) -> None:
        delete_resource(self.aws, made.token, made.id, made.outputs)

    def network(self) -> "Network":
        """A VPC with two subnets and a way out."""
        vpc = self.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
        gateway = self.make("aws:ec2/internetGateway:InternetGateway", vpcId=vpc.id)
        subnets = [
            self.make(
                "aws:ec2/subnet:Subnet",
                vpcId=vpc.id,
                cidrBlock=f"10.0.{index}.0/24",
                availabilityZone=f"{self.cloud.region}{zone}",
            )
            for index, zone in enumerate("ab")
        ]
        return Network(vpc, gateway, subnets)


@dataclass(frozen=True)
class Network:
    vpc: Made
    gateway: Made
    subnets: list[Made]

    @property
    def subnet_ids(self) -> list[str]:
        return [each.id for each in self.subnets]
