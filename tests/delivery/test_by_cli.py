"""What a person types: the plain `pulumi` in a baked project, with the project's environment."""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from cookiecutter.main import cookiecutter

from tests.cloud import Cloud
from tests.cloud.platform_setup import set_up_platform
from tests.delivery import documents
from tests.delivery.conftest import REGION, TEMPLATE
from tools.environment import python_with

pytestmark = pytest.mark.engine
PROJECT = "billing-2"
WAY_OUT = "to destroy this tier: set protect to false, pulumi up, pulumi destroy"


@dataclass(frozen=True)
class Shell:
    """A terminal in a baked project's infra/."""

    folder: Path
    environment: Mapping[str, str]

    def says(self, command: str, *, fails: bool = False) -> str:
        """Run a command, which must succeed or fail as said. Returns all that it printed."""
        done = subprocess.run(
            command.split(),
            cwd=self.folder,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert bool(done.returncode) is fails, f"{command}: {done.returncode}\n{done.stdout}"
        return done.stdout

    def set(self, tier: str, line: str) -> None:
        """Write a line into a tier's settings."""
        file = self.folder / f"Pulumi.{tier}.yaml"
        file.write_text(file.read_text().replace("config:\n", f"config:\n  {PROJECT}:{line}\n"))


@pytest.fixture
def shell(cloud: Cloud, environment: Mapping[str, str], tmp_path: Path) -> Shell:
    """An account with nothing but the platform, and a project with its stacks' environment."""
    cloud.reset()
    answers = {"project": PROJECT, "region": REGION}
    cookiecutter(str(TEMPLATE), no_input=True, output_dir=str(tmp_path), extra_context=answers)
    infra = tmp_path / PROJECT / "infra"
    python = python_with("stacks", [infra / "requirements-dev.txt"])
    (infra / ".venv").symlink_to(python.parents[1])
    state = tmp_path / "state"
    state.mkdir()
    here = {**environment, "PULUMI_BACKEND_URL": state.as_uri()}
    set_up_platform(here, REGION, state.as_uri(), lambda _: None, certified=["prod"])
    return Shell(infra, {**os.environ, **here})


@pytest.mark.parametrize("tier", ["dev", "prod"])  # all four inline: test_tiers.py
def test_a_tier_comes_up_stays_as_it_is_and_goes(cloud: Cloud, shell: Shell, tier: str) -> None:
    documents.write(cloud.client, documents.document(PROJECT, tier, {1: 90, 2: 10}))
    shell.says(f"pulumi stack init {tier}")
    shell.says("pulumi up --yes --skip-preview")
    shell.says("pulumi preview --expect-no-changes")
    shell.says("pulumi preview --refresh --expect-no-changes")

    if tier == "prod":
        cloud.calls.clear()
        said = shell.says("pulumi destroy --yes --skip-preview", fails=True)
        assert cloud.calls.of(who="provider", mutating=True) == []
        assert WAY_OUT in said
        assert len(re.findall(r"^\s*error: ", said, re.MULTILINE)) <= 2, said
        shell.set(tier, "protect: false")
        shell.says("pulumi up --yes --skip-preview")
    shell.says("pulumi destroy --yes --skip-preview")
    shell.says(f"pulumi stack rm --yes {tier}")
    assert cloud.client("elbv2").describe_load_balancers()["LoadBalancers"] == []
    assert cloud.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"] == []


def test_two_tiers_are_one_list(cloud: Cloud, shell: Shell) -> None:
    tiers = shell.folder / "stack" / "tiers.py"
    four = 'TIERS: tuple[str, ...] = ("dev", "test", "stage", "prod")'
    assert four in tiers.read_text()
    tiers.write_text(tiers.read_text().replace(four, 'TIERS: tuple[str, ...] = ("dev", "prod")'))

    for tier in ("dev", "prod"):
        documents.write(cloud.client, documents.document(PROJECT, tier, {1: 100}))
        shell.says(f"pulumi stack init {tier}")
        shell.says("pulumi up --yes --skip-preview")
    found = cloud.client("elbv2").describe_load_balancers()["LoadBalancers"]
    assert {each["LoadBalancerName"] for each in found} == {f"{PROJECT}-dev", f"{PROJECT}-prod"}

    shell.says("pulumi stack init stage")
    said = shell.says("pulumi preview", fails=True)
    assert "dev, prod" in said
    assert "Traceback" not in said
    shell.says(".venv/bin/python -m pytest --quiet -p no:cacheprovider tests")


def test_wrong_settings_are_told_all_at_once_before_anything_is_made(
    cloud: Cloud, shell: Shell
) -> None:
    shell.says("pulumi stack init dev")
    for line in ("max_sizes: 3", "cpu_percent: 99", "log_retention_days: 8", "night: at ten"):
        shell.set("dev", line)
    cloud.calls.clear()

    said = shell.says("pulumi up --yes --skip-preview", fails=True)
    told = said.partition("Diagnostics:")[2]  # before it the same, as progress

    for key in ("max_sizes", "cpu_percent", "log_retention_days", "night"):
        assert len(re.findall(rf"Pulumi\.dev\.yaml: {PROJECT}:{key}\b", told)) == 1, said
    assert "did you mean max_size?" in told
    assert "Traceback" not in said
    assert list(cloud.calls) == []
