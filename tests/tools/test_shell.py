import subprocess
import sys
from pathlib import Path

from tests.tools.conftest import ROOT

SHELLCHECK = Path(sys.prefix) / "bin" / "shellcheck"


def _shell(tracked: list[Path]) -> list[Path]:
    """Return every file whose first line names a shell, except rendered ones, linted when baked."""
    found = []
    for path in tracked:
        with path.open("rb") as file:
            first = file.readline(80)
        if first.startswith(b"#!") and first.split()[-1].rpartition(b"/")[2] in {b"sh", b"bash"}:
            text = path.read_text()
            if not any(tag in text for tag in ("<< cookiecutter", "<<cookiecutter", "<%")):
                found.append(path)
    return found


def test_shellcheck_has_nothing_to_say(tracked: list[Path]) -> None:
    scripts = _shell(tracked)
    names = {str(path.relative_to(ROOT)) for path in scripts}
    assert {"tools/install.sh", ".ci/run", "tools/engine/layout/host/python"} <= names
    result = subprocess.run(
        [SHELLCHECK, "--enable=all", "--exclude=SC2250,SC2312,SC2310,SC2311", *scripts],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout


def test_shellcheck_would_say_it(tmp_path: Path) -> None:
    bad = tmp_path / "bad.sh"
    bad.write_text("#!/bin/sh\nrm -rf $1/*\n")
    assert subprocess.run([SHELLCHECK, bad], capture_output=True, check=False).returncode == 1


def test_scripts_can_be_run(tracked: list[Path]) -> None:
    assert [path for path in _shell(tracked) if not path.stat().st_mode & 0o100] == []
