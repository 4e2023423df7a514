"""Start app.service as the unit says, but for the sandbox, which an ordinary user cannot make.

Run as `as_systemd.py ROOT`, where every path of the unit lies; becomes the service.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path


def main(root: Path) -> None:
    units = root / "etc/systemd/system"
    said = list(directives(units / "app.service"))
    said += directives(units / "app.service.d/release.conf")
    environment = {"PATH": os.defpath}
    for name, value in said:
        if name == "Environment":
            for word in value.split():
                variable, _, text = word.partition("=")
                environment[variable] = f"{root}{text}" if text.startswith("/") else text
    for name, value in said:
        if name == "EnvironmentFile":
            environment |= variables(Path(f"{root}{value}"))
    credentials = root / "run/credentials"
    shutil.rmtree(credentials, ignore_errors=True)
    for name, value in said:
        if name == "RuntimeDirectory":
            folder = root / "run" / value
            folder.mkdir(exist_ok=True)
            environment["RUNTIME_DIRECTORY"] = str(folder)
        if name == "LoadCredential":
            key, _, path = value.partition(":")
            credentials.mkdir(exist_ok=True)
            shutil.copyfile(f"{root}{path}", credentials / key)
            environment["CREDENTIALS_DIRECTORY"] = str(credentials)
    program, *words = dict(said)["ExecStart"].split()
    os.execve(f"{root}{program}", [program, *words], environment)  # noqa: S606


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
    main(Path(sys.argv[1]))
