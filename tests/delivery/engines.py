"""A tier as `deliver` finds it: a project's folder, its stack made by `pulumi`, and the engine."""

import importlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from pulumi import automation

from tests.cloud import Cloud
from tests.delivery import documents

# Run by a process of its own, so that it can be killed: up, with what is added and removed.
RUN = """
import json, pathlib, sys
infra, tier, service, adds, removes = sys.argv[1:]
sys.path.insert(0, infra)
from stack.document import read_document
from stack.names import Names
from delivery.engine.engine import Engine
from delivery.place import place_of
place = place_of(pathlib.Path(infra).parent, tier)
engine = Engine(pathlib.Path(infra), Names(service, tier), print)
engine.up(place.store.read().document, json.loads(adds), json.loads(removes))
"""


@dataclass
class EngineTier:
    """One tier: what a person does with `pulumi` there, and what `deliver` does."""

    cloud: Cloud
    project: Path
    tier: str
    service: str
    told: list[str] = field(default_factory=list)

    @property
    def infra(self) -> Path:
        return self.project / "infra"

    def pulumi(self, *words: str, fails: bool = False, fed: str | None = None) -> str:
        """Run the plain CLI, as a person does."""
        done = subprocess.run(
            ["pulumi", "--non-interactive", *words],
            cwd=self.infra,
            input=fed,
            capture_output=True,
            text=True,
            check=False,
        )
        assert bool(done.returncode) is fails, done.stdout + done.stderr
        return done.stdout + (done.stderr if fails else "")

    def make(self) -> None:
        """Make the stack and its tier, and commit what that wrote into the project."""
        self.pulumi("stack", "init", self.tier)
        git(self.project, "commit", "--quiet", "--all", "--message", "The stack")
        self.by_hand()

    def by_hand(self, *, refresh: bool = False) -> None:
        """Bring the tier up as a person does, with whatever that makes or removes."""
        stack = automation.create_or_select_stack(
            stack_name=self.tier,
            project_name=self.service,
            program=importlib.import_module("stack.program").main,
            opts=automation.LocalWorkspaceOptions(work_dir=str(self.infra)),
        )
        stack.up(refresh=refresh, on_output=lambda _line: None)

    @property
    def engine(self) -> Any:
        """A new engine, as each run of `deliver` has one."""
        engine = importlib.import_module("delivery.engine.engine").Engine
        return engine(self.infra, self.names, self.told.append)

    @property
    def names(self) -> Any:
        return importlib.import_module("stack.names").Names(self.service, self.tier)

    def write(
        self, weights: Mapping[int, int], floors: Mapping[int, int] | None = None, **parts: Any
    ) -> Any:
        """Write a document as a rollout does, and give it as it is read."""
        content = documents.document(self.service, self.tier, weights, floors) | parts
        documents.write(self.cloud.client, content)
        parse = importlib.import_module("stack.document").parse_document
        return parse(self.names, json.dumps(content), "document")

    def start(
        self, adds: Sequence[str] = (), removes: Sequence[str] = (), before: str = ""
    ) -> subprocess.Popen[str]:
        """Begin an `up` in a process of its own, as at a terminal of its own.

        `before` is what that process does first.
        """
        given = (json.dumps([*adds]), json.dumps([*removes]))
        return subprocess.Popen(
            [sys.executable, "-c", before + RUN, str(self.infra), self.tier, self.service, *given],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def state(self) -> dict[str, Any]:
        return dict(json.loads(self.pulumi("stack", "export", "--stack", self.tier))["deployment"])

    def settings(self, **values: Any) -> None:
        """Edit the tier's settings as a person does."""
        file = self.infra / f"Pulumi.{self.tier}.yaml"
        written = yaml.safe_load(file.read_text())
        written["config"] |= {f"{self.service}:{name}": value for name, value in values.items()}
        file.write_text(yaml.safe_dump(written))

    def mutating(self) -> list[str]:
        return [str(each) for each in self.cloud.calls.of(who="provider", mutating=True)]


type Make = Callable[[str], EngineTier]


def error_of(kind: str, module: str) -> type[Exception]:
    """A class of the baked project's, which is not importable before it is baked."""
    found: type[Exception] = getattr(importlib.import_module(module), kind)
    return found


def lines(error: pytest.ExceptionInfo[Exception]) -> list[str]:
    return str(error.value).splitlines()


def copied(infra: Path, folder: Path) -> Path:
    """A project of its own for one test, with its repository; gives the folder."""
    project = folder / infra.parent.name
    shutil.copytree(infra.parent, project, symlinks=True)
    return project


def git(project: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@b.c", *words],
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
