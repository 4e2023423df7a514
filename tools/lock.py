"""`make lock`: remake every lock of the repository from what asks for it.

All work is done on copies; the repository changes only when all of it went well. Versions stay as
they are while they fit, so that without --upgrade an unchanged source gives an unchanged lock.
"""

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCE = "pyproject.toml"
TEMPLATE = "<<cookiecutter.project>>"
SCRIPTS = Path(sysconfig.get_path("scripts"))

SERVICE_LOCK = f"{TEMPLATE}/requirements.txt"
# What our own locks are made from. Order matters: the second reads the first.
OWN_LOCKS: Mapping[str, list[str]] = {
    "requirements.txt": [SOURCE],
    "tools/uv.txt": ["--group", "uv", "--constraints", "requirements.txt"],
    "tools/engine/go.txt": ["--group", "go"],
    "tests/service/requirements.txt": ["--group", "fuzz"],
    "tests/boot/requirements.txt": ["--group", "aws"],
    "tests/delivery/requirements.txt": ["--group", "parts"],
    # Installed on top of the service's own packages, so at the service's versions.
    "tools/bench/service/requirements.txt": ["--group", "rivals", "--constraints", SERVICE_LOCK],
}
COMPILE = [
    *(str(SCRIPTS / "uv"), "pip", "compile", "--quiet", "--universal", "--generate-hashes"),
    *("--python-version", "3.12"),  # the oldest that we support; newer ones install the same file
    *("--python", sys.executable),  # else uv fetches a 3.12, or waits for the network to do so
    *("--custom-compile-command", "make lock"),
]


class LockError(Exception):
    """A lock could not be made; the message is one line, the tool's own words are above it."""


def own_locks(
    folder: Path, *, upgrade: bool = False, service: str | None = None
) -> dict[Path, str]:
    """Make our own locks in `folder`; return their texts by path in the repository.

    `service` is the text of the baked project's lock when that is new.
    """
    for name in [SOURCE, SERVICE_LOCK, *OWN_LOCKS]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).exists():
            shutil.copyfile(ROOT / name, folder / name)
    if service is not None:
        (folder / SERVICE_LOCK).write_text(service)
    for name, source in OWN_LOCKS.items():
        _run(
            [*COMPILE, *(["--upgrade"] if upgrade else []), "--output-file", name, *source], folder
        )
    return {Path(name): (folder / name).read_text() for name in OWN_LOCKS}


def template_locks(folder: Path, *, upgrade: bool = False) -> dict[Path, str]:
    """Bake a project in `folder` and have it make its locks, by its own `make lock`."""
    config = folder / "cookiecutter.yaml"
    config.write_text(f"cookiecutters_dir: {folder}\nreplay_dir: {folder}\n")
    baked = folder / "baked"
    _run(
        [
            *(sys.executable, "-m", "cookiecutter", "--no-input", "--config-file", str(config)),
            *("--output-dir", str(baked), str(ROOT)),
        ],
        folder,
    )
    (project,) = baked.iterdir()
    _run(["make", "--silent", "lock", *(["UPGRADE=1"] if upgrade else [])], project)
    locks = {
        Path(TEMPLATE) / lock.relative_to(project): lock.read_text()
        for lock in sorted(project.rglob("requirements*.txt"))
        if ".venv" not in lock.parts
    }
    for path, text in locks.items():
        if project.name in text:
            raise LockError(
                f"{path} names the project baked for it; compile it without annotations"
            )
    return locks


def stale(locks: Mapping[Path, str]) -> list[Path]:
    """Return those of `locks` that the repository holds otherwise or not at all."""
    return [
        path
        for path, text in locks.items()
        if not (ROOT / path).exists() or (ROOT / path).read_text() != text
    ]


def main() -> int:
    """Write what changed and say so."""
    parser = argparse.ArgumentParser(prog="python -m tools.lock", description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    upgrade = parser.parse_args().upgrade
    with tempfile.TemporaryDirectory() as folder:
        try:
            print("lock: those of a baked project, then our own; a minute or so ...", flush=True)
            locks = template_locks(Path(folder), upgrade=upgrade)
            service = locks[Path(SERVICE_LOCK)]
            locks |= own_locks(Path(folder), upgrade=upgrade, service=service)
        except LockError as error:
            print(f"lock: {error}", file=sys.stderr)
            return 1
    changed = stale(locks)
    for path in changed:
        (ROOT / path).write_text(locks[path])
        print(f"lock: {path} has changed")
    print(f"lock: {len(locks) - len(changed)} of {len(locks)} locks are unchanged")
    return 0


def _run(command: list[str], folder: Path) -> None:
    path = f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"  # the locked uv before any other
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    try:
        subprocess.run(
            command,
            cwd=folder,
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=environment | {"PATH": path},
        )
    except (OSError, subprocess.CalledProcessError) as error:
        print(getattr(error, "stderr", ""), end="", file=sys.stderr)
        raise LockError(f"no lock was changed, because a command failed: {error}") from error


if __name__ == "__main__":
    sys.exit(main())
