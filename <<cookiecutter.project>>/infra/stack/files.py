"""A tier's configuration as its files have it, for programs that Pulumi does not run."""

import json
from pathlib import Path
from typing import Any

import yaml

from .configuration import PROJECT_FILE, load_settings
from .names import Names
from .refusal import Refused, nearest
from .settings import Settings
from .tiers import TIERS

ENCRYPTED = {"secure"}  # the one key of a value that `pulumi config set --secret` wrote


def names_of(infra: Path, tier: str) -> Names:
    """Give the names of the project in a tier."""
    if tier not in TIERS:
        near = nearest(tier, TIERS) or "."
        raise Refused([f"{tier!r} is no tier{near}"], f"The tiers are {', '.join(TIERS)}.")
    return Names(service=_read(infra / PROJECT_FILE)["name"], tier=tier)


def configuration(infra: Path, names: Names) -> dict[str, Any]:
    """Give what both files set: those common to all tiers, and the tier's own over them."""
    common = {
        f"{names.service}:{key}": part["value"]
        for key, part in (_read(infra / PROJECT_FILE).get("config") or {}).items()
    }
    return {**common, **(_read(infra / names.settings_file).get("config") or {})}


def settings_in(infra: Path, names: Names) -> Settings:
    """Check a tier's settings, as `pulumi up` would."""
    config = configuration(infra, names)
    encrypted = [
        key
        for key, value in config.items()
        if isinstance(value, dict) and value.keys() == ENCRYPTED
    ]
    return load_settings(names, {key: _as_text(value) for key, value in config.items()}, encrypted)


def _read(path: Path) -> dict[str, Any]:
    try:
        return yaml.safe_load(path.read_text()) or {}
    except FileNotFoundError as error:
        raise Refused([f"{path} does not exist."], "Restore it: `git checkout`.") from error
    except yaml.YAMLError as error:
        words = " ".join(str(error).split())
        raise Refused([f"{path}: it is not YAML: {words}."], "Correct it there.") from error


def _as_text(value: Any) -> str:  # noqa: ANN401 any value in a file
    """Encode a value as Pulumi hands it to the program."""
    return value if isinstance(value, str) else json.dumps(value)
