"""The pipelines of baked projects are what their platforms accept, safe, and check something."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bake.answers import SETS
from tests.bake.baking import Baked
from tools.actionlint import find_actionlint
from tools.engine.model import WayFailedError

BIN = Path(sys.prefix) / "bin"
SCHEMAS = {
    ".github/workflows/*.yml": "vendor.github-workflows",
    ".github/dependabot.yml": "vendor.dependabot",
    ".gitlab-ci.yml": "vendor.gitlab-ci",
}


@pytest.fixture(scope="session")
def actionlint() -> Path:
    try:
        return find_actionlint(progress=print)
    except WayFailedError as error:
        pytest.skip(f"no actionlint: there is no Go, and it cannot be fetched: {error}")


@pytest.fixture(params=SETS)
def project(request: pytest.FixtureRequest, baked: Callable[[str], Baked]) -> Baked:
    return baked(request.param)


@pytest.fixture
def github(baked: Callable[[str], Baked]) -> Path:
    return baked("default").folder


def said(*command: str | Path) -> str:
    """What a checker has to say; nothing when it is content."""
    done = subprocess.run([*command], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"{done.stdout}{done.stderr}" or str(done.returncode)


def lint(actionlint: Path, *workflows: Path) -> str:
    return said(actionlint, "-shellcheck", BIN / "shellcheck", "-pyflakes", "", *workflows)


def audit(*workflows: Path) -> str:
    strict = ("--offline", "--no-progress", "--persona", "pedantic")
    return said(BIN / "zizmor", *strict, *workflows)


def validate(schema: str, *files: Path) -> str:
    return said(BIN / "check-jsonschema", "--builtin-schema", schema, *files)


def workflows(folder: Path) -> list[Path]:
    return sorted((folder / ".github/workflows").glob("*.yml"))


def test_every_pipeline_fits_its_platforms_schema(project: Baked) -> None:
    found = {schema: sorted(project.folder.glob(where)) for where, schema in SCHEMAS.items()}
    assert bool(found["vendor.gitlab-ci"]) == (project.answers["ci"] == "gitlab")
    assert bool(found["vendor.github-workflows"]) == (project.answers["ci"] == "github")
    for schema, files in found.items():
        if files:
            assert validate(schema, *files) == ""


def test_github_workflows_are_clean(project: Baked, actionlint: Path) -> None:
    found = workflows(project.folder)
    if found:
        assert lint(actionlint, *found) == ""
        assert audit(*found) == ""


def test_each_checker_would_say_it(github: Path, actionlint: Path, tmp_path: Path) -> None:
    """The controls: a fault of each kind, seen by the one that is there for it."""
    (workflow,) = (path for path in workflows(github) if path.name == "check.yml")

    def with_fault(pattern: str, replacement: str) -> Path:
        text, count = re.subn(pattern, replacement, workflow.read_text(), count=1)
        assert count
        changed = tmp_path / "changed.yml"
        changed.write_text(text)
        return changed

    assert "undefined variable" in lint(actionlint, with_fault(r"github\.ref\b", "gitbub.ref"))
    assert "SC2086" in lint(actionlint, with_fault(r"run: make install", "run: cat $HOME"))
    assert "unpinned-uses" in audit(with_fault(r"checkout@\w+", "checkout@main"))
    assert "excessive-permissions" in audit(
        with_fault(r"permissions: \{\}", "permissions: write-all")
    )
    misspelt = with_fault(r"runs-on:", "runs-in:")
    assert "runs-in" in validate("vendor.github-workflows", misspelt)


def test_gitlabs_schema_would_say_it(baked: Callable[[str], Baked], tmp_path: Path) -> None:
    text = (baked("longest").folder / ".gitlab-ci.yml").read_text()
    changed = tmp_path / ".gitlab-ci.yml"
    changed.write_text(text.replace("script:", "scripts:"))
    assert validate("vendor.gitlab-ci", changed) != ""
