"""How long a preview of a tier takes, beside that of an empty program, and what takes its time."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

import boto3
from cookiecutter.main import cookiecutter

from tests.delivery import documents
from tests.delivery.stacks import Baked, TierStack
from tools.bench.bake import ROOT, silence
from tools.bench.command import Command
from tools.bench.measure import Benchmark, Case

SERVICE, TIER = "orders", "prod"
EMPTY, OURS, WHOLE = "empty", "a tier", "whole SDK"
PROJECT_FILE = "name: {}\nruntime:\n  name: python\n  options:\n    virtualenv: {}\n"
# What a tier's program imports: its own code, then what that names of the SDK.
IMPORTS = """\
import stack.program, pulumi_aws as aws
aws.autoscaling.Group, aws.cloudwatch.MetricAlarm, aws.ec2.LaunchTemplate, aws.iam.Role
aws.lb.LoadBalancer, aws.lb.Listener, aws.lb.ListenerRule, aws.lb.TargetGroup
aws.vpc.SecurityGroupIngressRule
"""


@contextmanager
def prepare(folder: Path) -> Generator[Sequence[Case]]:
    """Start a cloud with a document of two fleets in prod; nothing is ever brought up."""
    infra = bake(folder) / "infra"
    python = str(infra / ".venv" / "bin" / "python")
    programs = {EMPTY: empty_program(folder, infra), OURS: infra, WHOLE: importing_all(infra)}
    with cloud(folder / "state") as environment:
        previews = {name: preview(place, environment) for name, place in programs.items()}
        imports = {
            "pulumi": Command([python, "-c", "import pulumi"], infra, environment),
            OURS: Command([python, "-W", "ignore", "-c", IMPORTS], infra, environment),
            WHOLE: Command([python, "-W", "ignore", "-c", IMPORTS], programs[WHOLE], environment),
        }
        inline = {
            EMPTY: inline_stack(folder / "inline-empty", infra, environment, lambda: None),
            OURS: inline_stack(folder / "inline-tier", infra, environment, program_of(infra)),
        }
        ways: dict[str, Mapping[str, Callable[[], float]]] = {
            "by CLI": {name: command.seconds for name, command in previews.items()},
            "imports": {name: command.seconds for name, command in imports.items()},
            "inline": {name: partial(timed, each) for name, each in inline.items()},
        }
        cases = [
            Case(group=group, name=name, once=once, most_ratio=MOST.get((group, name)))
            for group, entries in ways.items()
            for name, once in entries.items()
        ]
        cases += [
            Case(group="memory (MB)", name=name, once=command.megabytes, factor=1)
            for name, command in previews.items()
        ]
        yield cases


# The aim is 2. WAF alone brings 5 MB of source; without it a tier takes 2.3 times as long.
MOST = {("by CLI", OURS): 3.5}


def bake(folder: Path) -> Path:
    """Bake a project, and make its environments."""
    answers = {"project": SERVICE}
    with silence():
        cookiecutter(str(ROOT), no_input=True, output_dir=str(folder), extra_context=answers)
    project = folder / SERVICE
    with (project / "infra" / f"Pulumi.{TIER}.yaml").open("a") as settings:
        settings.write(f"  {SERVICE}:plain_http: true\n")  # the cloud's platform has no certificate
    Command(["make", "install"], project, os.environ).seconds()
    return project


def empty_program(folder: Path, infra: Path) -> Path:
    """Write a program without a line, for the same environment."""
    empty = folder / "empty"
    empty.mkdir()
    (empty / "Pulumi.yaml").write_text(PROJECT_FILE.format("empty", infra / ".venv"))
    (empty / "__main__.py").touch()
    return empty


def importing_all(infra: Path) -> Path:
    """Copy the stacks, and take their lean imports out."""
    copy = infra.with_name("whole")
    shutil.copytree(infra, copy, ignore=shutil.ignore_patterns(".venv"))
    (copy / ".venv").symlink_to(infra / ".venv")
    (copy / "stack" / "__init__.py").write_text("")
    return copy


@contextmanager
def cloud(state: Path) -> Generator[Mapping[str, str]]:
    """Run a cloud in a process of its own, as AWS is; give what points programs at it."""
    words = [sys.executable, "-m", "tests.cloud", "--state", str(state)]
    with subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        try:
            environment = {**os.environ, **first_words(running)}
            # Byte-code is kept, as everywhere where nobody forbade it.
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
            client = partial(
                boto3.client,
                region_name=environment["AWS_REGION"],
                endpoint_url=environment["AWS_ENDPOINT_URL"],
                aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            )
            written = documents.document(SERVICE, TIER, {1: 90, 2: 10}, {1: 3, 2: 1})
            documents.write(client, written)
            with patch.dict(os.environ, environment):  # for the programs that run in this process
                yield environment
        finally:
            running.terminate()


def first_words(running: subprocess.Popen[str]) -> dict[str, str]:
    """Read what a starting cloud says until it is ready: NAME=value lines among others."""
    lines: list[str] = []
    for line in running.stdout or ():
        lines.append(line.strip())
        if line.startswith("ready"):
            return dict(each.split("=", 1) for each in lines if "=" in each)
    raise RuntimeError(f"the cloud does not start: {' '.join(lines)}")


def preview(infra: Path, environment: Mapping[str, str]) -> Command:
    """Make the tier's stack, and give the command that previews it."""
    where = ["--stack", TIER, "--non-interactive"]
    Command(["pulumi", "stack", "select", "--create", *where], infra, environment).seconds()
    return Command(["pulumi", "preview", *where], infra, environment)


def inline_stack(
    folder: Path, infra: Path, environment: Mapping[str, str], program: Callable[[], None]
) -> TierStack:
    """Make a stack whose program runs in this process, where all imports are warm."""
    folder.mkdir()
    state = folder / "state"
    state.mkdir()
    apart = {**environment, "PULUMI_BACKEND_URL": state.as_uri()}
    stack = TierStack(Baked(SERVICE, infra, program), TIER, apart, folder)
    stack.configure({"plain_http": True})
    return stack


def program_of(infra: Path) -> Callable[[], None]:
    sys.path.insert(0, str(infra))
    main: Callable[[], None] = import_module("stack.program").main
    return main


def timed(stack: TierStack) -> float:
    begun = time.perf_counter()
    stack.preview()
    return time.perf_counter() - begun


BENCHMARK = Benchmark(
    name="preview",
    question="How long does a preview of prod with two fleets take?",
    prepare=prepare,
    rounds=5,
    remark=(
        "Beside an empty program, and a tier's without its lean imports. Imports: of a process that"
        " does nothing else. Inline: by the Automation API, in a process that imported all before."
        " Memory: of the largest process, which is the program's."
    ),
)
