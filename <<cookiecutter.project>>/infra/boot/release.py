"""What release.json means, for boot.sh, which parses nothing itself. No dependency, and no secret.

Run as `release.py WHAT [MORE] RELEASE.JSON`; the answer is on stdout, a problem on stderr.
"""

import base64
import json
import math
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

SCHEMA = 1
PREFIX = "<<cookiecutter.__env_prefix>>_"
HERE = Path(__file__).parent
SECRETS = "/run/app-secrets"
# Seconds: the service's own defaults, and how much longer systemd waits before it kills.
DRAIN, REQUEST, MARGIN = 15, 30, 15
MOST_WORKERS = 64  # that the service takes
# What each value must be. The stack writes it so; a person who runs boot.sh by hand may not.
FIELDS = {
    "service": r"[a-z][a-z0-9-]*",
    "tier": r"[a-z]+",
    "release": r"v[1-9][0-9]*",
    "region": r"[a-z0-9-]+",
    "port": r"[1-9][0-9]{0,4}",
    "log_group": r"/[A-Za-z0-9/_-]+",
}
NAME = r"[A-Z][A-Z0-9_]*"
VALUE = r"[^\x00-\x1f\x7f\ud800-\udfff]*"  # systemd ends a value with its line, and takes UTF-8
ARN = r"arn:aws(-[a-z]+)*:secretsmanager:[A-Za-z0-9/_+=.@:-]+"
VERSION = r"[A-Za-z0-9-]+"
INSTANCE = r"[A-Za-z0-9.-]+"


def problems(release: Any) -> list[str]:  # noqa: ANN401 whatever the file holds
    """List what is wrong, so that nothing else here need look."""
    schema = release.get("schema") if isinstance(release, dict) else None
    if schema != SCHEMA:
        return [f"schema is {schema!r}; this build reads {SCHEMA}."]
    found = [
        f"{name} is {release.get(name)!r}; it must match {pattern}."
        for name, pattern in FIELDS.items()
        if not re.fullmatch(pattern, str(release.get(name, "")))
    ]
    environment, secrets = release.get("environment"), release.get("secrets")
    if not isinstance(environment, dict) or not isinstance(secrets, dict):
        return [*found, "environment and secrets must be objects."]
    for name, value in environment.items():
        if not re.fullmatch(NAME, name):
            found.append(f"environment has {name!r}; a name must match {NAME}.")
        elif not isinstance(value, str) or not re.fullmatch(VALUE, value):
            found.append(f"environment.{name} must be one line of text.")
        elif name in ours(release, 1) and name != f"{PREFIX}WORKERS":
            found.append(f"environment.{name} is for boot.sh alone to set.")
    for name, secret in secrets.items():
        given = secret if isinstance(secret, dict) else {}
        right = re.fullmatch(NAME, name) and all(
            re.fullmatch(pattern, str(given.get(key, "")))
            for key, pattern in (("arn", ARN), ("version", VERSION))
        )
        if not right:
            found.append(f"secrets.{name} must have the arn of a secret and a version.")
    return found


def ours(release: dict[str, Any], processors: int) -> dict[str, str]:
    """Give the settings that no tier chooses: they follow from where the service runs."""
    return {
        f"{PREFIX}TIER": release["tier"],
        f"{PREFIX}RELEASE": release["release"],
        f"{PREFIX}HOST": "0.0.0.0",  # noqa: S104 the security group lets only the balancer in
        f"{PREFIX}PORT": str(release["port"]),
        f"{PREFIX}WORKERS": str(min(processors, MOST_WORKERS)),
    }


def environment(release: dict[str, Any], processors: str) -> str:
    """Write the service's environment as systemd reads it."""
    values = {**ours(release, int(processors)), **release["environment"]}
    return "".join(f"{name}={quoted(value)}\n" for name, value in sorted(values.items()))


def quoted(value: str) -> str:
    """Quote a value so that EnvironmentFile= gives it back; see systemd.exec(5)."""
    return '"' + re.sub(r'(["\\`$])', r"\\\1", value) + '"'


def unit(release: dict[str, Any]) -> str:
    """Write what differs between releases: secrets, and how long the service may take to end."""
    stop = seconds(release, "DRAIN", DRAIN) + seconds(release, "REQUEST", REQUEST) + MARGIN
    lines = ["[Service]", f"TimeoutStopSec={stop}"]
    lines += [f"LoadCredential={name}:{SECRETS}/{name}" for name in sorted(release["secrets"])]
    return "\n".join(lines) + "\n"


def seconds(release: dict[str, Any], name: str, default: int) -> int:
    """Read a time that the tier may have set; the service says so itself if it is nonsense."""
    try:
        return math.ceil(float(release["environment"][f"{PREFIX}{name}_SECONDS"]))
    except (KeyError, ValueError, OverflowError):
        return default


def secrets(release: dict[str, Any]) -> str:
    """List the secrets, each as NAME,ARN,VERSION."""
    wanted = sorted(release["secrets"].items())
    return "".join(f"{name},{each['arn']},{each['version']}\n" for name, each in wanted)


def region(release: dict[str, Any]) -> str:
    """Give the region whose AWS to ask."""
    return str(release["region"])


def filled(file: str) -> Callable[[dict[str, Any], str], str]:
    """Make a function that fills the @NAMES@ in a file of this folder."""

    def fill(release: dict[str, Any], instance: str) -> str:
        if not re.fullmatch(INSTANCE, instance):
            raise SystemExit(f"the instance is called {instance!r}; that must match {INSTANCE}")
        text = (HERE / file).read_text()
        for name in FIELDS:
            text = text.replace(f"@{name.upper()}@", str(release[name]))
        return text.replace("@INSTANCE@", instance)

    return fill


def ready(release: dict[str, Any], patience: str) -> str:
    """Wait until the service takes requests."""
    end = time.monotonic() + float(patience)
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{release['port']}/readyz", timeout=5):
                return ""
        except OSError:  # refused, not ready (HTTPError is one), too slow
            if time.monotonic() >= end:
                raise SystemExit(1) from None
        time.sleep(0.2)


def value(answer: bytes) -> bytes:
    """Take a secret's value out of what `aws secretsmanager get-secret-value` answers."""
    given = json.loads(answer)
    if "SecretString" in given:
        return str(given["SecretString"]).encode()
    return base64.b64decode(given["SecretBinary"])


ANSWERS: dict[str, Callable[..., str]] = {
    "check": lambda _: "",
    "region": region,
    "environment": environment,
    "unit": unit,
    "secrets": secrets,
    "agent": filled("agent.json"),
    "metrics": filled("metrics.yaml"),
    "ready": ready,
}


def main(words: list[str]) -> None:
    """Answer one question."""
    if words == ["secret"]:
        answer = sys.stdin.buffer.read()
        if not answer:
            raise SystemExit(1)  # aws has said why
        sys.stdout.buffer.write(value(answer))
        return
    what, *more, path = words
    try:
        release = json.loads(Path(path).read_bytes())
    except ValueError as error:
        raise SystemExit(f"it is not JSON: {error}") from None
    found = problems(release)
    if found:
        raise SystemExit(" ".join(found))
    sys.stdout.buffer.write(ANSWERS[what](release, *more).encode())


if __name__ == "__main__":
    main(sys.argv[1:])
