"""What is compared: four programs that give the same answer to the same request."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.bench.bake import ours
from tools.environment import install, python_with

APPS = Path(__file__).parent / "apps"
RIVALS = Path(__file__).parent / "requirements.txt"
PROJECT = "orders"

OURS = "service, everything on"
BARE = "FastAPI, bare"
FEATURED = "FastAPI, same features"
PLAIN = "service, no middleware"

BASKET = {
    "currency": "EUR",
    "items": [
        {"sku": "TEA-250", "quantity": 12, "unit_price": 1250},
        {"sku": "CUP-1", "quantity": 60, "unit_price": 799},
        {"sku": "POT-XL", "quantity": 1, "unit_price": 4500},
    ],
}


@dataclass(frozen=True, kw_only=True)
class Contender:
    """A program that serves on a port given to it, one process of it."""

    name: str
    command: Callable[[int], Sequence[str]]
    environment: Callable[[int], Mapping[str, str]]


def request() -> bytes:
    """The request that all of them get, all the time."""
    body = json.dumps(BASKET).encode()
    head = (
        "POST /v1/quotes HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def contenders(folder: Path) -> list[Contender]:
    """Bake a service in `folder`, install it as a build is, and put the others beside it.

    All run on one environment, the service's own lock with the rivals' packages on top: the same
    interpreter, the same uvicorn, uvloop and httptools.
    """
    baked = bake(folder)
    python = python_with("bench-service", [baked / "requirements.txt", RIVALS])
    tree = folder / "tree"
    install(python, "--no-deps", "--target", tree, baked)
    return [
        Contender(
            name=OURS,
            command=lambda _: [str(python), "-m", PROJECT, "serve"],
            environment=lambda port: environment(tree) | settings(port),
        ),
        *(
            Contender(
                name=name,
                command=lambda port, app=app: [str(python), str(APPS / "serve.py"), app, str(port)],
                environment=lambda _: environment(tree),
            )
            for name, app in ((BARE, "rival"), (FEATURED, "rival_with_features"), (PLAIN, "plain"))
        ),
    ]


def bake(folder: Path) -> Path:
    """Bake for the Python that runs this, apart from the settings of whoever measures."""
    template = ours(folder / "template", hooks=True)
    home = folder / "home"
    home.mkdir()
    subprocess.run(
        [
            *(sys.executable, "-m", "cookiecutter", "--no-input", "-o", str(folder), str(template)),
            *(f"project={PROJECT}", "python={}.{}".format(*sys.version_info)),
        ],
        env=os.environ | {"HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"},
        check=True,
        capture_output=True,
    )
    return folder / PROJECT


def settings(port: int) -> dict[str, str]:
    """Those of a service in production, but for the drain, which nobody waits for here."""
    values = {"TIER": "prod", "RELEASE": "v1", "PORT": str(port), "DRAIN_SECONDS": "0"}
    return {f"{PROJECT.upper()}_{name}": value for name, value in values.items()}


def environment(tree: Path) -> dict[str, str]:
    """A shell's, without what would change how Python runs or how the service is set."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "PROMETHEUS", f"{PROJECT.upper()}_"))
    }
    return kept | {"PYTHONPATH": str(tree)}
