"""Start a unit as it says, but for the sandbox, which an ordinary user cannot make.

Run as `as_systemd.py ROOT UNIT`, where every path of the unit lies. Of a service it becomes the
process; for a socket it listens, and starts the service whenever somebody connects.
"""

import os
import select
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

LISTENING = 3  # where systemd hands a socket over


def start(root: Path, unit: str) -> None:
    """Become the service."""
    units = root / "etc/systemd/system"
    said = list(directives(units / unit))
    said += directives(units / f"{unit}.d/release.conf")
    environment = {"PATH": os.defpath}
    for name, value in said:
        if name == "Environment":
            for word in value.split():
                variable, _, text = word.partition("=")
                environment[variable] = f"{root}{text}" if text.startswith("/") else text
    for name, value in said:
        if name == "EnvironmentFile":
            environment |= variables(Path(f"{root}{value}"))
    credentials = root / "run/credentials" / unit
    shutil.rmtree(credentials, ignore_errors=True)
    for name, value in said:
        if name == "RuntimeDirectory":
            folder = root / "run" / value
            folder.mkdir(exist_ok=True)
            environment["RUNTIME_DIRECTORY"] = str(folder)
        if name == "LoadCredential":
            key, _, path = value.partition(":")
            credentials.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(f"{root}{path}", credentials / key)
            environment["CREDENTIALS_DIRECTORY"] = str(credentials)
    program, *words = dict(said)["ExecStart"].split()
    words = [f"{root}{word}" if word.startswith("/") else word for word in words]
    os.execve(f"{root}{program}", [program, *words], environment)  # noqa: S606


def listen(root: Path, unit: str) -> None:
    """Start the service for each connection, one after the other."""
    said = dict(directives(root / "etc/systemd/system" / unit))
    path = Path(f"{root}{said['ListenStream']}")
    path.unlink(missing_ok=True)
    os.chdir(path.parent)  # the path of a socket may not be long
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path.name)
        path.chmod(int(said["SocketMode"], 8))
        listening.listen()
        os.dup2(listening.fileno(), LISTENING)
        command = [sys.executable, __file__, str(root), unit.replace(".socket", ".service")]
        while select.select([listening], [], []):
            subprocess.run(command, pass_fds=[LISTENING], check=False)


def directives(path: Path) -> Iterator[tuple[str, str]]:
    """Every `Name=value`; systemd lets names come more than once."""
    for line in path.read_text().splitlines():
        name, found, value = line.partition("=")
        if found and not name.startswith("#"):
            yield name, value


def variables(path: Path) -> dict[str, str]:
    """A file of NAME="value", in which a backslash keeps the next character."""
    values = {}
    for line in path.read_text().splitlines():
        name, _, quoted = line.partition("=")
        assert quoted[0] == quoted[-1] == '"', line
        rest = iter(quoted[1:-1])
        values[name] = "".join(next(rest) if each == "\\" else each for each in rest)
    return values


if __name__ == "__main__":
    act = listen if sys.argv[2].endswith(".socket") else start
    act(Path(sys.argv[1]), sys.argv[2])
