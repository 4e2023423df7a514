"""What a program declares, recorded by Pulumi's mocks and asserted as plain data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

ACCOUNT = "123456789012"
REGION = "eu-west-1"
ZONES = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]


@dataclass(frozen=True)
class Declared:
    """One resource as the engine would get it: names in camelCase, numbers as floats."""

    type: str  # such as ec2.Subnet
    name: str
    inputs: Mapping[str, Any]


class Recorder(pulumi.runtime.Mocks):
    """Stands in for engine and provider."""

    def __init__(self) -> None:
        self.declared: list[Declared] = []
        self.lookups: list[tuple[str, Mapping[str, Any]]] = []

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Record; answer with the inputs and the few outputs that the programs use."""
        service, _, kind = args.typ.removeprefix("aws:").partition("/")
        short = f"{service}.{kind.partition(':')[2]}" if kind else args.typ
        self.declared.append(Declared(short, args.name, args.inputs))
        arn = f"arn:aws:{service}:{REGION}:{ACCOUNT}:{args.inputs.get('name', args.name)}"
        return f"{args.name}-id", {"arn": arn, **args.inputs}

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """Answer the planned lookups; any other is an error."""
        self.lookups.append((args.token, args.args))
        answers = {
            "aws:index/getCallerIdentity:getCallerIdentity": {
                "accountId": ACCOUNT,
                "arn": f"arn:aws:iam::{ACCOUNT}:user/tests",
            },
            "aws:index/getRegion:getRegion": {"region": args.args.get("region") or REGION},
            "aws:index/getAvailabilityZones:getAvailabilityZones": {"names": ZONES[::-1]},
        }
        if args.token not in answers:
            raise AssertionError(f"unplanned lookup: {args.token}")
        return answers[args.token], []


class Declaration:
    """Everything that one run declared."""

    def __init__(self, recorder: Recorder, exports: Mapping[str, Any]) -> None:
        self._declared = recorder.declared
        self.lookups = recorder.lookups
        self.exports = exports

    def every(self, kind: str) -> list[Declared]:
        """All resources of a type, in order."""
        return [one for one in self._declared if one.type == kind]

    def the(self, kind: str, name: str | None = None) -> Mapping[str, Any]:
        """The inputs of the only resource of a type, or of the one with that name."""
        [one] = [one for one in self.every(kind) if name in {None, one.name}]
        return one.inputs

    @property
    def types(self) -> set[str]:
        """The types of AWS resources, without components."""
        return {one.type for one in self.resources}

    @property
    def resources(self) -> list[Declared]:
        """All AWS resources, without components."""
        return [one for one in self._declared if not one.type.startswith(("slipway:", "pulumi:"))]

    @property
    def names(self) -> list[str]:
        """Name with type of all, to see doubles."""
        return [f"{one.type} {one.name}" for one in self._declared]


def declare(
    program: Callable[[], None],
    project: str,
    stack: str,
    settings: Mapping[str, str] | None = None,
) -> Declaration:
    """Run a program under mocks with the given configuration."""
    recorder = Recorder()
    exports: dict[str, Any] = {}
    pulumi.runtime.set_mocks(recorder, project=project, stack=stack)
    own = {f"{project}:{name}": value for name, value in (settings or {}).items()}
    pulumi.runtime.set_all_config({"aws:region": REGION, **own})

    def run() -> None:
        program()

    try:
        pulumi.runtime.test(run)()
    finally:
        pulumi.runtime.set_all_config({})
    return Declaration(recorder, exports)
