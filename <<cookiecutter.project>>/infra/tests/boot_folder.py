"""The boot folder as tests read it: its functions, its units, and what the stack tells them."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

from samples import names, release_data

from stack.document import Release
from stack.userdata import described

PROJECT = Path(__file__).parents[2]
BOOT = PROJECT / "infra" / "boot"
(PACKAGE,) = (path.parent for path in (PROJECT / "src").glob("*/__main__.py"))
PYTHON = (PROJECT / ".python-version").read_text().strip()
UNITS = ("app.service", "app-secrets.service", "app-admin.service")
SOCKET = "app-admin.socket"
AWKWARD = "it's \"$HOME\" `id` ${X} $$ \\ \\\\ \\n \\$ %h %% # ; ' ü 東京  "


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("boot_release", BOOT / "release.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


release = loaded()


def told(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """Give what the stack tells an instance of a release."""
    given = Release.model_validate(release_data(7, **changes), strict=False)
    return described(names("prod"), "v7", given, "eu-west-1")


def directives(name: str, section: str) -> dict[str, list[str]]:
    """Read a unit; a directive may come more than once."""
    found: dict[str, list[str]] = {}
    inside = ""
    for line in (BOOT / name).read_text().splitlines():
        if line.startswith("["):
            inside = line.strip("[]")
        elif "=" in line and not line.startswith("#") and inside == section:
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def default(setting: str) -> float:
    """Read a number out of the service's settings, which are another environment's."""
    text = (PACKAGE / "settings.py").read_text()
    found = re.search(rf"^    {setting}: .*?\] = ([0-9_.]+)$", text, re.MULTILINE | re.DOTALL)
    assert found
    return float(found[1])
