"""Whole builds: the same commit gives the same bytes, and nothing in them tells who made them."""

import json
import os
import shutil
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.delivery.builder import HERE, Builder, MadeBuild, git
from tests.service.installed import PACKAGE
from tools.environment import python_with

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux" or not shutil.which("zstd"), reason="unpacking needs Linux and zstd"
    ),
]

LOCK = Path(__file__).with_name("requirements.txt")
# A clock two days and an hour ahead, for whatever asks the C library.
AHEAD = 2 * 86400 + 3600
CLOCK = f"""
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t id, struct timespec *t) {{
  int r = syscall(SYS_clock_gettime, id, t);
  if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE) t->tv_sec += {AHEAD};
  return r;
}}
int gettimeofday(struct timeval *restrict t, void *restrict zone) {{
  struct timespec now;
  int r = clock_gettime(CLOCK_REALTIME, &now);
  t->tv_sec = now.tv_sec, t->tv_usec = now.tv_nsec / 1000;
  return r;
}}
time_t time(time_t *t) {{
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (t) *t = now.tv_sec;
  return now.tv_sec;
}}
"""
VALIDATE = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read())
sys.exit(problem and str(problem))
"""
ELF_MACHINES = {"x86_64": 62, "arm64": 183}  # EM_X86_64 and EM_AARCH64 of elf.h


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("temporary-files-of-the-build")


@pytest.fixture(scope="module")
def made(builder: Builder, temporary: Path) -> MadeBuild:
    """A build for this machine, with whatever uv's cache has."""
    return builder.build(TMPDIR=str(temporary))


@pytest.fixture(scope="module")
def tree(made: MadeBuild, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.unpack(tmp_path_factory.mktemp("tree") / "unpacked")


@pytest.fixture(scope="module")
def foreign(builder: Builder) -> MadeBuild:
    """A build for the other kind of machine."""
    return builder.build("--architecture", *(set(ELF_MACHINES) - {HERE}))


def test_the_same_commit_elsewhere_gives_the_same_bytes(
    builder: Builder, made: MadeBuild, tmp_path: Path
) -> None:
    """In another folder, by another user with another umask, zone and home, and an empty cache."""
    other = builder.clone(tmp_path / "another place" / "of work")
    temporary = tmp_path / ("tmp" * 40)  # longer than the path of a socket may be
    temporary.mkdir()

    again = other.build(
        umask=0o077,
        UV_CACHE_DIR=str(tmp_path / "cache"),
        TMPDIR=str(temporary),
        HOME=str(tmp_path / "home"),
        USER="somebody-else",
        LOGNAME="somebody-else",
        TZ="Pacific/Kiritimati",
        LC_ALL="C",
        PYTHONHASHSEED="7",
        PYTHONNODEBUGRANGES="1",
        SOURCE_DATE_EPOCH="1",
    )

    assert again.sha256 == made.sha256
    assert again.parts.read_bytes() == made.parts.read_bytes()
    assert again.manifest.read_bytes() == made.manifest.read_bytes()


def test_the_same_commit_on_another_day_gives_the_same_bytes(
    builder: Builder, made: MadeBuild, tmp_path: Path
) -> None:
    compiler = shutil.which("cc")
    if not compiler:
        pytest.skip("a clock that is ahead needs a C compiler")
    clock = tmp_path / "clock.so"
    words = [compiler, "-shared", "-fPIC", "-x", "c", "-", "-o", str(clock)]
    subprocess.run(words, input=CLOCK.encode(), check=True)
    ahead = {**os.environ, "LD_PRELOAD": str(clock)}
    asked = subprocess.run(["date", "+%s"], env=ahead, check=True, capture_output=True)
    assert int(asked.stdout) - time.time() > AHEAD - 60
    for path in (builder.project / "src").rglob("*"):
        os.utime(path, (1, 1))

    # Two days on, what uv has in its cache is too old for it not to ask; there is nothing new.
    again = builder.build(LD_PRELOAD=str(clock), UV_OFFLINE="1")

    assert again.sha256 == made.sha256


def test_another_commit_is_another_build_that_says_so(
    builder: Builder, made: MadeBuild, tmp_path: Path
) -> None:
    other = builder.clone(tmp_path / "other")
    commit = other.commit("Nothing new")

    built = other.build()

    assert built.sha256 != made.sha256
    manifest = json.loads(built.manifest.read_text())
    assert manifest["commit"] == commit
    assert manifest["version"] == f"0.1.0+g{commit[:12]}"
    assert manifest["dirty"] is False


def test_only_what_is_committed_is_built(builder: Builder, tmp_path: Path) -> None:
    other = builder.clone(tmp_path / "other")
    package = other.project / "src" / PACKAGE
    (package / "forgotten.py").write_text("HERE = True\n")
    with (package / "__init__.py").open("a") as file:
        file.write("# changed\n")

    done = other.deliver("build")

    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert f"src/{PACKAGE}/__init__.py, src/{PACKAGE}/forgotten.py" in line
    assert "--allow-dirty" in line
    assert not (other.project / "dist").exists()

    built = other.build("--allow-dirty")

    manifest = json.loads(built.manifest.read_text())
    assert manifest["dirty"] is True
    assert manifest["version"].endswith(f"+g{manifest['commit'][:12]}.dirty")
    lib = built.unpack(tmp_path / "unpacked") / "lib"
    assert (lib / PACKAGE / "forgotten.py").exists()
    assert (lib / PACKAGE / "__init__.py").read_text().endswith("# changed\n")


def test_nothing_in_it_tells_where_or_when_it_was_made(
    builder: Builder, temporary: Path, tree: Path
) -> None:
    """Not in byte-code either: no folder of the build, no tool's notes, one time for all."""
    (manifest,) = {path for path in tree.iterdir() if path.is_file()}
    committed = int(git(builder.project, "log", "-1", "--format=%ct"))
    places = [str(builder.project).encode(), str(temporary).encode()]
    held = [path for path in tree.rglob("*") if path.is_file()]
    assert manifest.name == "manifest.json"
    for path in held:
        content = path.read_bytes()
        assert not [place for place in places if place in content], path
        assert path.stat().st_mtime == committed
        assert path.stat().st_mode & 0o777 == (0o755 if path.name == "boot.sh" else 0o644)
    names = {path.name for path in held}
    assert not names & {"direct_url.json", "uv_cache.json", "REQUESTED", "INSTALLER", ".lock"}
    assert not (tree / "lib/bin").exists()
    assert not list((tree / "lib").glob("*.pth"))


def test_every_recorded_file_is_there(tree: Path) -> None:
    records = sorted((tree / "lib").glob("*.dist-info/RECORD"))
    assert len(records) > 10
    for record in records:
        lines = record.read_text().splitlines()
        assert lines == sorted(lines)
        for line in lines:
            assert (tree / "lib" / line.rsplit(",", 2)[0].strip('"')).is_file(), line


def test_byte_code_is_valid_whatever_the_time_of_its_source(tree: Path) -> None:
    compiled = [*(tree / "lib").rglob("*.pyc")]
    sources = [*(tree / "lib" / PACKAGE).rglob("*.py")]
    assert len([path for path in compiled if PACKAGE in path.parts]) == len(sources)
    for path in compiled:
        flags = struct.unpack("<I", path.read_bytes()[4:8])[0]
        assert flags == 0b01, path  # by hash, and not checked: PEP 552


def test_the_layout_is_as_its_readme_says(builder: Builder, tree: Path) -> None:
    lines = (builder.project / "infra/boot/README.md").read_text().splitlines()
    table = lines[lines.index("## A build") : lines.index("## What goes where")]
    named = {line.split("`")[1].rstrip("/") for line in table if line.startswith("| `")}
    assert {path.name for path in tree.iterdir()} == named


def test_the_other_architectures_build_has_only_its_own_machine_code(
    foreign: MadeBuild, made: MadeBuild, tmp_path: Path
) -> None:
    for build in (foreign, made):
        lib = build.unpack(tmp_path / build.sha256) / "lib"
        shared = [path for path in lib.rglob("*") if path.is_file() and is_elf(path)]
        assert len(shared) > 4
        machines = {struct.unpack("<H", path.read_bytes()[18:20])[0] for path in shared}
        assert machines == {ELF_MACHINES[build.told["architecture"]]}
    assert foreign.sha256 != made.sha256


def is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def test_the_parts_are_listed_as_the_format_wants(made: MadeBuild, tree: Path) -> None:
    content = made.parts.read_text()
    validated = subprocess.run(
        [python_with("parts", [LOCK]), "-c", VALIDATE],
        input=content,
        capture_output=True,
        text=True,
        check=False,
    )
    assert validated.returncode == 0, validated.stderr
    listed = json.loads(content)
    assert "serialNumber" not in listed
    assert "timestamp" not in listed["metadata"]
    installed = {path.name.split("-")[0] for path in (tree / "lib").glob("*.dist-info")}
    named = {part["name"].replace("-", "_") for part in listed["components"]}
    assert named | {PACKAGE} == installed
