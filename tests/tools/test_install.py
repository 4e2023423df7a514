"""tools/install.sh on machines that have more, less or other things than ours."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tools.conftest import ROOT

PYTHON = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
UV = Path(sys.prefix) / "bin" / "uv"
OLD = 'case "$*" in *"(3, 12)"*) exit 1 ;; esac'  # answers like an older interpreter

type Put = Callable[[str, str], Path]
type Install = Callable[[], subprocess.CompletedProcess[str]]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a clone in which the lock asks for one small package."""
    folder = tmp_path / "clone"
    (folder / "tools").mkdir(parents=True)
    for name in ("tools/install.sh", "tools/uv.txt", ".python-version"):
        shutil.copy(ROOT / name, folder / name)
    small = re.search(r"^iniconfig==(?:.*\\\n)+.*\n", (ROOT / "requirements.txt").read_text(), re.M)
    assert small
    (folder / "requirements.txt").write_text(small[0])
    return folder


@pytest.fixture
def install(clone: Path, programs: Path) -> Install:
    """Return a function that runs the script in the clone with nothing but `programs` on PATH."""

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "tools/install.sh"],
            cwd=clone,
            env=_environment(programs),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return run


def _environment(programs: Path) -> dict[str, str]:
    return os.environ | {"PATH": str(programs), "PYENV_VERSION": ""}


def _stops_with(result: subprocess.CompletedProcess[str], words: str, clone: Path) -> None:
    assert result.returncode == 1, result.stderr
    lines = [line for line in result.stderr.splitlines() if not line.endswith("...")]
    assert len(lines) == 1, result.stderr
    assert words in lines[0]
    left = {path.name for path in clone.iterdir()}
    assert left == {"tools", ".python-version", "requirements.txt"}, "nothing is left behind"


def _packages(clone: Path) -> str:
    return subprocess.run(
        [UV, "pip", "list", "--python", clone / ".venv"], capture_output=True, text=True, check=True
    ).stdout


def test_python_without_uv_is_enough(clone: Path, programs: Path, install: Install) -> None:
    (programs / "python3").symlink_to(PYTHON)
    result = install()
    assert result.returncode == 0, result.stderr
    assert "iniconfig" in _packages(clone)


def test_uv_makes_the_environment_where_it_is_on_path(
    clone: Path, programs: Path, install: Install
) -> None:
    (programs / "uv").symlink_to(UV)
    (programs / "python3").symlink_to(PYTHON)
    result = install()
    assert result.returncode == 0, result.stderr
    assert "iniconfig" in _packages(clone)
    assert not (clone / ".venv/bin/pip").exists()


def test_uv_without_an_interpreter_is_asked_to_find_or_fetch_one(
    clone: Path, program: Put, install: Install, tmp_path: Path
) -> None:
    asked = tmp_path / "asked"
    program("uv", f'echo "$@" >> {asked}; [ "$1" = --version ]')
    program("python3", OLD)
    _stops_with(install(), "neither found nor fetched Python 3.12 or later", clone)
    assert "venv --quiet --python >=3.12,<3.15 .venv" in asked.read_text()


@pytest.mark.parametrize("fetches", [True, False], ids=["uv-fetches", "uv-cannot"])
def test_an_old_python_serves_to_fetch_uv_which_fetches_another(
    clone: Path, program: Put, install: Install, tmp_path: Path, *, fetches: bool
) -> None:
    """The old interpreter, its pip and uv's fetching are played; the rest of uv is real."""
    venv = f'exec {UV} venv --quiet --python {PYTHON} "$5"' if fetches else "exit 1"
    uv = program("uv-played", f'[ "$1" != venv ] || {{ {venv}; }}\nexec {UV} "$@"')
    uv.rename(tmp_path / "uv")
    bring = f'mkdir -p "$3/bin"; ln -s {tmp_path}/uv "$3/bin/uv"; ln -s /bin/true "$3/bin/python"'
    program("python3", f'{OLD}\ncase "$*" in "-m venv "*) {bring} ;; *) echo "$0" ;; esac')
    result = install()
    if fetches:
        assert result.returncode == 0, result.stderr
        assert "iniconfig" in _packages(clone)
    else:
        _stops_with(result, "and uv could not fetch Python 3.12 or later; install one", clone)
    assert not (clone / ".venv.uv").exists()


def test_nothing_at_all_is_said_in_one_line(clone: Path, install: Install) -> None:
    _stops_with(install(), "no Python 3.12 or later and no uv on PATH; install either", clone)


def test_only_an_old_python_is_said_in_one_line(
    clone: Path, program: Put, install: Install
) -> None:
    program("python3", 'case "$*" in *ensurepip*) echo "$0" ;; *) exit 1 ;; esac')
    result = install()
    _stops_with(result, "no Python 3.12 or later and no uv on PATH, and pip of", clone)


def test_python_without_venv_names_what_to_install(
    clone: Path, program: Put, install: Install
) -> None:
    # The script learns the path of the interpreter behind the name, here the whole one.
    program("python3.12", 'case "$*" in *ensurepip*) exit 1 ;; *) echo "$0" ;; esac')
    _stops_with(install(), "has no venv module; install it (Debian and Ubuntu: the package", clone)


@pytest.mark.parametrize("named", ["3.13", "3.99"])
def test_pyenv_shims_are_seen_through(
    clone: Path, program: Put, programs: Path, install: Install, named: str
) -> None:
    """A shim refuses to start when .python-version names a version that is not installed."""
    minor = f"3.{sys.version_info.minor}"
    (clone / ".python-version").write_text(f"{named}\n")
    shim = f'[ "${{PYENV_VERSION:-{named}}}" = {minor} ] && exec {PYTHON} "$@"\nexit 127'
    program("python3", shim)
    program(f"python{minor}", shim)
    (programs / "uv").symlink_to(UV)
    result = install()
    assert result.returncode == 0, result.stderr
    assert str(PYTHON.parent) in (clone / ".venv/pyvenv.cfg").read_text()


def test_a_second_run_does_nothing_and_says_nothing(
    clone: Path, programs: Path, install: Install
) -> None:
    (programs / "uv").symlink_to(UV)
    (programs / "python3").symlink_to(PYTHON)
    install()
    before = (clone / ".venv/pyvenv.cfg").stat().st_mtime_ns
    started = time.monotonic()
    again = install()
    assert (again.returncode, again.stderr, again.stdout) == (0, "", "")
    assert time.monotonic() - started < 1
    assert (clone / ".venv/pyvenv.cfg").stat().st_mtime_ns == before


@pytest.mark.parametrize("change", ["lock", "place", "interpreter"])
def test_a_change_makes_the_environment_anew(
    clone: Path, programs: Path, install: Install, change: str
) -> None:
    (programs / "uv").symlink_to(UV)
    (programs / "python3").symlink_to(PYTHON)
    install()
    (clone / ".venv/left").touch()
    if change == "lock":
        lock = clone / "requirements.txt"
        lock.write_text(f"# another\n{lock.read_text()}")
    elif change == "place":
        made_from = clone / ".venv/made-from"
        made_from.write_text(made_from.read_text().replace(str(clone), "/elsewhere"))
    else:
        (clone / ".venv/bin/python").unlink()
    result = install()
    assert result.returncode == 0, result.stderr
    assert not (clone / ".venv/left").exists()


def test_a_package_with_another_hash_is_refused(
    clone: Path, programs: Path, install: Install
) -> None:
    (programs / "uv").symlink_to(UV)
    (programs / "python3").symlink_to(PYTHON)
    lock = clone / "requirements.txt"
    lock.write_text(re.sub(r"sha256:\w{4}", "sha256:0000", lock.read_text()))
    result = install()
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].startswith("install: requirements.txt could not be")
    assert not (clone / ".venv").exists()


def test_two_at_once_make_one_environment(clone: Path, programs: Path) -> None:
    (programs / "uv").symlink_to(UV)
    (programs / "python3").symlink_to(PYTHON)
    both = [
        subprocess.Popen(
            ["sh", "tools/install.sh"],
            cwd=clone,
            env=_environment(programs),
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sum("done:" in words for words in said) == 1
    assert "iniconfig" in _packages(clone)


def test_the_turn_of_a_killed_process_is_taken_over(
    clone: Path, programs: Path, install: Install
) -> None:
    (programs / "uv").symlink_to(UV)
    (programs / "python3").symlink_to(PYTHON)
    ended = subprocess.Popen(["true"])
    ended.wait()
    (clone / ".venv.busy").symlink_to(str(ended.pid))
    assert install().returncode == 0
    assert not (clone / ".venv.busy").is_symlink()
