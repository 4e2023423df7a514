"""The first way: a Pulumi CLI that is on PATH already."""

import shutil
from pathlib import Path

from tools.engine.model import Engine, Progress, WayFailedError, engine_at

LANGUAGE_HOST = "pulumi-language-python"


def on_path(_: Progress) -> Engine:
    """Return the first CLI on PATH, used as it is."""
    found = shutil.which("pulumi")
    if found is None:
        raise WayFailedError("there is none")
    path = Path(found).absolute()
    if not _has_language_host(path):
        raise WayFailedError(
            f"{path} comes without {LANGUAGE_HOST}, so it cannot run Python programs"
        )
    return engine_at(path, "on PATH")


def _has_language_host(path: Path) -> bool:
    beside = {path.parent, path.resolve().parent}
    return any((folder / LANGUAGE_HOST).exists() for folder in beside) or bool(
        shutil.which(LANGUAGE_HOST)
    )
