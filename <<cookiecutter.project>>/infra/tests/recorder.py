"""AWS and the engine in a test: they remember what a program asks them to make."""

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime.mocks import MockMonitor


@dataclass(frozen=True)
class Made:
    """One resource as the engine was asked to make it."""

    type: str
    name: str
    inputs: dict[str, Any]  # keys in camel case, numbers as floats: as they go over the wire
    protect: bool
    ignore_changes: tuple[str, ...]
    needs: frozenset[str]  # names of the resources it waits for
    delete_timeout: str
    parent: str
    custom: bool  # made on AWS, not only a component


class Recorder(pulumi.runtime.Mocks):
    """Answers as AWS would."""

    def new_resource(
        self, args: pulumi.runtime.MockResourceArgs
    ) -> tuple[str | None, dict[str, Any]]:
        """Give back the inputs, and the outputs that other resources take."""
        made = {
            "arn": f"arn:{args.name}",
            "arnSuffix": f"suffix-of-{args.name}",
            "dnsName": f"{args.name}.example.com",
            "zoneId": f"zone-of-{args.name}",
        }
        return f"{args.name}-id", {**made, **args.inputs}

    def call(
        self, args: pulumi.runtime.MockCallArgs
    ) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        """Refuse look-ups: a tier is made from its arguments alone."""
        raise AssertionError(f"unplanned look-up: {args.token}")


class Engine(MockMonitor):
    """Keeps every request whole, options included."""

    def __init__(self) -> None:
        super().__init__(Recorder())
        self.requests: list[Any] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: ANN401, N802 as Pulumi has it
        """Remember a request, and answer it."""
        self.requests.append(request)
        return super().RegisterResource(request)

    def made(self) -> dict[str, Made]:
        """Give everything made, by name; no name may hide another."""
        made: dict[str, Made] = {}
        for each in self.requests:
            if each.type == "pulumi:pulumi:Stack":
                continue
            assert each.name not in made, f"{each.name} is the name of two resources"
            made[each.name] = Made(
                type=each.type,
                name=each.name,
                inputs=pulumi.runtime.rpc.deserialize_properties(each.object),
                protect=each.protect,
                ignore_changes=tuple(each.ignoreChanges),
                needs=frozenset(urn.rpartition("::")[2] for urn in each.dependencies),
                delete_timeout=each.customTimeouts.delete,
                parent=each.parent.rpartition("::")[2],
                custom=each.custom,
            )
        return made
