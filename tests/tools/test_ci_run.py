import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tools.conftest import ROOT

type Put = Callable[[str, str], Path]


def _run(folder: Path, programs: Path) -> subprocess.CompletedProcess[str]:
    """Run a copy of .ci/run, with a played make, from another folder."""
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", folder / ".ci/run")
    (programs / "bash").symlink_to("/bin/bash")
    return subprocess.run(
        ["bash", folder / ".ci/run"],
        env={"PATH": str(programs), "CI": "true"},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_runs_the_command_of_the_readme(tmp_path: Path, programs: Path, program: Put) -> None:
    program("make", 'echo "make $*"; pwd; cat')
    result = _run(tmp_path, programs)
    assert result.returncode == 0, result.stderr
    assert result.stdout == f"make test\n{tmp_path}\n", "in the repository, with nothing to read"
    assert re.search(r"^make test$", (ROOT / "README.md").read_text(), re.M)


def test_it_fails_when_a_test_fails(tmp_path: Path, programs: Path, program: Put) -> None:
    program("make", "exit 2")
    assert _run(tmp_path, programs).returncode == 2


@pytest.mark.parametrize("workers", [[], ["-n", "1"]], ids=["alone", "workers"])
def test_no_test_at_all_is_a_failure(workers: list[str]) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-k", "nothing_has_this_name", __file__, *workers],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if "PYTEST" not in name},
        capture_output=True,
        check=False,
    )
    assert result.returncode == pytest.ExitCode.NO_TESTS_COLLECTED
