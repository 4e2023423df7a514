"""The units and the environment file as systemd itself judges them, where it is installed."""

import ctypes
import shutil
import subprocess
from pathlib import Path

import pytest
from boot_folder import AWKWARD, BOOT, PYTHON, SOCKET, UNITS, release, told
from samples import SECRET, SECRET_VERSION


def test_systemd_reads_the_environment_as_it_was_meant(tmp_path: Path) -> None:
    """Asked of systemd's own code, where it is on this machine."""
    found = sorted(Path("/").glob("usr/lib*/**/systemd/libsystemd-shared-*.so"))
    if not found:
        pytest.skip("needs systemd's library")
    path = tmp_path / "environment"
    wanted = {"AWKWARD": AWKWARD, "EMPTY": "", "LONG": "x" * 4096, "QUOTE": '"', "SLASH": "\\"}
    path.write_text(release.environment(told(environment=wanted), "2"))
    library = ctypes.CDLL(str(found[0]))
    values = ctypes.POINTER(ctypes.c_char_p)()

    code = library.load_env_file(None, str(path).encode(), ctypes.byref(values))

    assert code == 0
    read = {}
    index = 0
    while (each := values[index]) is not None:
        name, _, value = each.decode().partition("=")
        read[name] = value
        index += 1
    assert {name: read[name] for name in wanted} == wanted
    assert read.keys() == wanted.keys() | release.ours(told(), 2).keys()


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Make a root with our units, the programs they start and the targets that systemd has."""
    units = tmp_path / "etc/systemd/system"
    secrets = {"KEY": {"arn": SECRET, "version": SECRET_VERSION}}
    for unit in ("app", "app-admin"):
        (units / f"{unit}.service.d").mkdir(parents=True)
        drop_in = units / f"{unit}.service.d/release.conf"
        drop_in.write_text(release.unit(told(secrets=secrets)))
    for name in (*UNITS, SOCKET):
        shutil.copy(BOOT / name, units)
    for name in ("basic", "multi-user", "network-online", "shutdown", "sockets", "sysinit"):
        (units / f"{name}.target").write_text(f"[Unit]\nDescription={name}\n")
    for program in (f"usr/bin/python{PYTHON}", "opt/service/current/boot/boot.sh"):
        (tmp_path / program).parent.mkdir(parents=True)
        (tmp_path / program).write_text("#!/bin/sh\n")
        (tmp_path / program).chmod(0o755)
    return tmp_path


def systemd_analyze(*words: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    if not program:
        pytest.skip("needs systemd-analyze")
    return subprocess.run(  # noqa: S603
        [program, *words], check=False, capture_output=True, text=True
    )


def test_systemd_finds_no_fault_with_the_units(machine: Path) -> None:
    done = systemd_analyze("verify", f"--root={machine}", *UNITS, SOCKET)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("unit", "exposure"),
    [("app.service", "2.0"), ("app-admin.service", "2.0"), ("app-secrets.service", "2.5")],
)
def test_systemd_holds_the_units_for_safe(machine: Path, unit: str, exposure: str) -> None:
    threshold = f"--threshold={exposure.replace('.', '')}"

    done = systemd_analyze(
        "security", "--offline=true", "--no-pager", f"--root={machine}", threshold, unit
    )

    assert done.returncode == 0, done.stdout[-200:]
