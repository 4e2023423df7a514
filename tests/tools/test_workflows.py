"""The template's own pipeline; the pipelines of baked projects are tested where they are baked."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.tools.conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
BIN = Path(sys.prefix) / "bin"


def _zizmor(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BIN / "zizmor", "--offline", "--persona", "pedantic", "--no-progress", path],
        capture_output=True,
        text=True,
        check=False,
    )


def _schema(path: Path) -> subprocess.CompletedProcess[str]:
    command = [BIN / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", path]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_is_well_formed_and_safe(path: Path) -> None:
    for result in (_schema(path), _zizmor(path)):
        assert result.returncode == 0, result.stdout + result.stderr


def test_the_checks_would_say_it(tmp_path: Path) -> None:
    text = WORKFLOWS[0].read_text()
    unsafe = tmp_path / "unsafe.yml"
    unsafe.write_text(re.sub(r"checkout@\w+", "checkout@main", text))
    assert _zizmor(unsafe).returncode != 0
    malformed = tmp_path / "malformed.yml"
    malformed.write_text(text.replace("runs-on:", "runs-in:"))
    assert _schema(malformed).returncode != 0


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_least_rights_and_pinned_actions(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 60
        for step in job["steps"]:
            if "uses" in step:
                assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"])


def test_work_is_done_by_make_targets_only() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    commands = [step["run"] for step in workflow["jobs"]["test"]["steps"] if "run" in step]
    assert commands == ["make check", "make test"]
    assert workflow["jobs"]["pass"]["needs"] == [
        name for name in workflow["jobs"] if name != "pass"
    ]
