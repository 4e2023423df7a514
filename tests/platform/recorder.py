"""What a program declares, recorded by Pulumi's mocks and asserted as plain data."""

import asyncio
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
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

    def call(
        self, args: pulumi.runtime.MockCallArgs
    ) -> tuple[dict[str, Any], list[tuple[str, str]]]:
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

    def __init__(self, recorder: Recorder) -> None:
        self._declared = recorder.declared
        self.lookups = recorder.lookups

    @property
    def resources(self) -> list[Declared]:
        """All AWS resources, without components."""
        return [one for one in self._declared if not one.type.startswith(("slipway:", "pulumi:"))]

    @property
    def names(self) -> list[str]:
        """Type and name of everything, components included."""
        return [f"{one.type} {one.name}" for one in self._declared]

    def every(self, kind: str) -> list[Declared]:
        """All resources of a type, by name (the engine gets them in any order)."""
        return sorted((one for one in self._declared if one.type == kind), key=lambda one: one.name)

    def the(self, kind: str, name: str | None = None) -> Mapping[str, Any]:
        """The inputs of the only resource of a type, or of the one with that name."""
        [one] = [one for one in self.every(kind) if name in {None, one.name}]
        return one.inputs


def declare(
    program: Callable[[], None], project: str, stack: str, config: Mapping[str, str]
) -> Declaration:
    """Run a program under mocks with the given configuration, full keys to texts."""
    recorder = Recorder()
    with _event_loops():
        pulumi.runtime.set_mocks(recorder, project=project, stack=stack)
        pulumi.runtime.set_all_config(dict(config))
        try:
            pulumi.runtime.test(program)()
        finally:
            pulumi.runtime.set_all_config({})
    return Declaration(recorder)


@contextmanager
def _event_loops() -> Generator[None]:
    """Give this thread and the SDK's workers a loop each, closed afterwards.

    Left to itself the SDK takes what the thread has, which warns (3.12) or fails (3.14) where there
    is none, and makes one in every worker that nobody closes.
    """
    loops: list[asyncio.AbstractEventLoop] = []

    def give() -> None:
        loops.append(asyncio.new_event_loop())
        asyncio.set_event_loop(loops[-1])

    give()
    try:
        with ThreadPoolExecutor(max_workers=4, initializer=give) as workers:
            loops[0].set_default_executor(workers)
            yield
    finally:
        asyncio.set_event_loop(None)
        for loop in loops:
            loop.close()
