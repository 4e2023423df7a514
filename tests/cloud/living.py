"""The project's own stacks, brought up once by the real engine: what mistakes are made in.

A prod tier with two fleets, certificate, domain, schedules and the maintenance page, and the
platform below it. What the engine's state says of each resource is handed out by its name.
"""

import importlib
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cookiecutter.main import cookiecutter
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
from tests.cloud.values import DEFAULTED
from tests.cloud.world import Made, World
from tests.delivery.documents import document, write
from tests.delivery.stacks import Baked, TierStack
from tools.engine import Engine

TEMPLATE = Path(__file__).parents[2]
SERVICE, TIER = "orders", "prod"
DOMAIN = "prod.example.com"
SETTINGS = {
    "night": "20:00-06:00",
    "time_zone": "Europe/Berlin",
    "events": json.dumps(
        {
            "sale": {
                "start": "2099-11-27T08:00",
                "end": "2099-11-27T18:00",
                "min_size": 4,
                "max_size": 14,
            }
        }
    ),
}
MAINTENANCE = {"text": "Back at noon.", "token": "f" * 32}


@dataclass
class Living:
    """The stacks that live, resource by resource, and the baked project that declared them."""

    world: World
    infra: Path
    resources: dict[tuple[str, str], Made] = field(default_factory=dict)  # by type and name
    watched: set[str] = field(default_factory=set)  # names that the service's guardrails judge

    def find(self, key: str) -> Made | None:
        """A resource by its name in a stack, by its type and name, or the first of a type."""
        wanted = set(key.split())
        return next((made for place, made in self.resources.items() if wanted <= {*place}), None)

    def name_of(self, made: Made) -> str:
        return next(name for (_, name), each in self.resources.items() if each is made)

    def fill(self, value: Any) -> Any:
        """Put outputs of living resources where a value names them: ${v1-targets.arn}."""
        if isinstance(value, str):
            whole = re.fullmatch(r"\$\{([^}]+)\.(\w+)\}", value)
            if whole:
                return self._output(whole[1], whole[2])
            return re.sub(
                r"\$\{([^}]+)\.(\w+)\}", lambda each: str(self._output(each[1], each[2])), value
            )
        if isinstance(value, list):
            return [self.fill(each) for each in value]
        if isinstance(value, Mapping):
            return {key: self.fill(each) for key, each in value.items()}
        return value

    def _output(self, name: str, key: str) -> Any:
        made = self.find(name)
        if made is None:
            raise KeyError(f"no living resource is called {name}")
        return made.id if key == "id" else made.outputs[key]

    def module(self, name: str) -> ModuleType:
        """A module of the baked project's stack."""
        return importlib.import_module(f"stack.{name}")


def bring_up(cloud: Cloud, engine: Engine, folder: Path) -> Iterator[Living]:
    """Bake, bring platform and tier up, and hand out what the states say; the cloud stays as is."""
    cloud.reset()
    for name in ("baked", "tier", "state", "home"):
        (folder / name).mkdir()
    infra = Path(
        cookiecutter(
            str(TEMPLATE),
            no_input=True,
            output_dir=str(folder / "baked"),
            extra_context={"project": SERVICE, "region": cloud.region},
        ),
        "infra",
    )
    environment = {
        **engine.environment,
        **cloud.environment,
        "PULUMI_CONFIG_PASSPHRASE": "tests",
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
    }
    sys.path.insert(0, str(infra))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        living = Living(World(cloud), infra)
        _platform(living, {**os.environ}, folder)
        _service(living, {**os.environ}, folder)
        yield living


def _platform(living: Living, environment: Mapping[str, str], folder: Path) -> None:
    world, state = living.world, environment["PULUMI_BACKEND_URL"]
    zone = world.make("aws:route53/zone:Zone", "zone", name=DOMAIN)
    certificate = world.make(
        "aws:acm/certificate:Certificate",
        "certificate",
        domainName=f"*.{DOMAIN}",
        validationMethod="DNS",
    )
    for made in (zone, certificate):
        living.resources[made.token, made.token.rpartition(":")[2].lower()] = made
    set_up_platform(environment, world.cloud.region, state, _drop, tiers=[])
    account, tier = platform_programs()
    settings = {
        "domain_name": DOMAIN,
        "hosted_zone_id": zone.id,
        "certificate_arn": certificate.id,
        "alarm_emails": json.dumps(["alarms@example.com"]),
    }
    target = Target(environment, world.cloud.region, state, folder / "tier")
    parameters = world.cloud.client("ssm")
    stack = platform_stack(target, TIER_PROJECT, TIER, lambda: tier(parameters), settings)
    stack.up(on_output=_drop)
    _take(living, stack)
    _take(living, platform_stack(target, ACCOUNT_PROJECT, ACCOUNT_STACK, account))


def _service(living: Living, environment: Mapping[str, str], folder: Path) -> None:
    content = document(SERVICE, TIER, {1: 90, 2: 10})
    write(living.world.cloud.client, {**content, "maintenance": MAINTENANCE})
    own = folder / "service"
    own.mkdir()
    program = importlib.import_module("stack.program").main
    stack = TierStack(Baked(SERVICE, living.infra, program), TIER, environment, own)
    stack.configure(SETTINGS)
    stack.up()
    before = set(living.resources)
    _take(living, stack._stack)
    living.watched = {name for _, name in set(living.resources) - before}


def _take(living: Living, stack: automation.Stack) -> None:
    """Note every resource of AWS that a stack's state holds."""
    for each in (stack.export_stack().deployment or {})["resources"]:
        if each["type"].startswith("aws:"):
            inputs = {k: v for k, v in each["inputs"].items() if not k.startswith("__")}
            for key in each["inputs"].get(DEFAULTED, ()):
                inputs.pop(key, None)
            name = each["urn"].rpartition("::")[2]
            living.resources[each["type"], name] = Made(
                each["type"], each["id"], inputs, each["outputs"]
            )


def _drop(_line: str) -> None:
    """The engine's words; a failure carries them in its exception as well."""
