"""Run `deliver` in the time of the demo's cloud, which passes as soon as somebody waits for it.

The demo runs this with the baked project's own interpreter, in its infra/: a canary of an hour is
watched for an hour of the cloud's time, in seconds of ours. `deliver` is as it is but for two
things that reach out of the simulation: when it waits, the cloud's time passes; and where it asks a
release by its header, the service that the demo runs on this machine answers, since nobody boots
the simulated instances.
"""

import os
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from unittest.mock import patch

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

CLOUD, SERVICE = "DEMO_CLOUD", "DEMO_SERVICE_PORT"  # variables that the demo sets
PASS = "/demo/pass?seconds="  # noqa: S105 a path
# How these wait for AWS is an argument, whose default is taken when they are imported.
WAITING = ("live.calling", "live.live", "live.moving")


class Stop(Protocol):
    """A run's wish to end."""

    wanted: bool


def pass_time(seconds: float) -> None:
    """Let time pass in the cloud."""
    address = f"{os.environ[CLOUD]}{PASS}{seconds}"
    with urllib.request.urlopen(address, data=b"") as answer:  # noqa: S310 our own address
        answer.read()


def main(arguments: list[str]) -> None:
    """Run a verb."""
    sys.path[0] = str(Path.cwd())  # the project's infra/, and not this file's folder
    with patch("time.sleep", pass_time):
        for name in WAITING:
            import_module(f"delivery.{name}")
    cli, probe, stopping = (
        import_module(f"delivery.{name}") for name in ("cli", "judging.probe", "driving.stopping")
    )
    ask, port = probe.ask, int(os.environ[SERVICE])

    def here(target: "DataclassInstance", path: str, headers: Mapping[str, str]) -> object:
        return ask(replace(target, address="127.0.0.1", port=port, secure=False), path, headers)

    def wait(stop: Stop, seconds: float) -> None:
        if not stop.wanted:
            pass_time(seconds)

    with patch.object(probe, "ask", here), patch.object(stopping.Stop, "wait", wait):
        cli.main(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
