"""The platform as a person runs it: `pulumi` in infra/account and infra/tier."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.cloud import Cloud
from tests.platform.stacks import what_stands
from tools.engine import Engine

INFRA = Path(__file__).parents[2] / "infra"

pytestmark = [pytest.mark.engine, pytest.mark.slow]


class Person:
    """Somebody with a clone of the repository, a shell and an account."""

    def __init__(self, clone: Path, environment: Mapping[str, str]) -> None:
        self._clone = clone
        self._environment = environment

    def pulumi(self, project: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `pulumi` in a project's folder; both outputs as one text."""
        return subprocess.run(
            ["pulumi", *words, "--non-interactive"],
            cwd=self._clone / "infra" / project,
            env=dict(self._environment),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    def succeeds(self, project: str, *words: str) -> str:
        """Run `pulumi`, which has to go well."""
        answer = self.pulumi(project, *words)
        assert answer.returncode == 0, answer.stdout
        return answer.stdout


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """An empty cloud."""
    with Cloud.start() as running:
        yield running


@pytest.fixture
def person(cloud: Cloud, engine: Engine, tmp_path: Path) -> Person:
    """Somebody who has cloned the repository and made its environment."""
    shutil.copytree(INFRA, tmp_path / "infra", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / ".venv").symlink_to(sys.prefix)
    state = tmp_path / "state"
    state.mkdir()
    # Nothing of the shell that runs the tests but its PATH, in which the engine comes first.
    environment = {
        **engine.environment,
        **cloud.environment,
        "HOME": str(tmp_path),
        "NO_COLOR": "1",
        "PULUMI_BACKEND_URL": state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "tests",
        "PULUMI_HOME": str(tmp_path / "home"),
    }
    return Person(tmp_path, environment)


def test_account_and_tier_come_up_by_hand(person: Person, cloud: Cloud) -> None:
    person.succeeds("account", "stack", "init", "main")
    person.succeeds("account", "up", "--yes", "--skip-preview")
    person.succeeds("tier", "stack", "init", "dev")
    person.succeeds("tier", "up", "--yes", "--skip-preview")
    assert what_stands(cloud)["parameters"] == ["/platform/account", "/platform/dev"]
    person.succeeds("tier", "preview", "--refresh", "--expect-no-changes")


def test_wrong_settings_are_told_once_and_make_nothing(person: Person, cloud: Cloud) -> None:
    person.succeeds("tier", "stack", "init", "dev")
    person.succeeds("tier", "config", "set", "zones", "7")
    person.succeeds("tier", "config", "set", "natt", "one")
    answer = person.pulumi("tier", "up", "--yes", "--skip-preview")
    assert answer.returncode != 0
    told = answer.stdout.partition("Diagnostics:")[2].partition("Resources:")[0]
    problems = [line.strip() for line in told.splitlines() if line.strip()][1:]  # whose, first
    assert problems == [
        "error: Pulumi.dev.yaml: platform-tier:natt is not a setting; "
        "did you mean platform-tier:nat?",
        "Pulumi.dev.yaml: platform-tier:zones is 7; it must be a whole number from 2 to 4.",
    ]
    assert "Traceback" not in answer.stdout
    assert not any(what_stands(cloud).values())
