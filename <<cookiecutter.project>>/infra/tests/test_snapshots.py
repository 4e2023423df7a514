"""The whole stack of each tier as a file to read and to review: a change of it shows as a diff.

Write them anew with SNAPSHOTS=write pytest tests/test_snapshots.py.
"""

import base64
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Deploy
from recorder import Made
from samples import CERTIFICATE, DOMAIN, contract, document, names, release_data, settings

from stack.program import declare
from stack.tiers import TIERS

FOLDER = Path(__file__).parent / "snapshots"
LEFT_OUT = ("tags", "tagSpecifications", "dashboardBody")
TODAY = datetime(2026, 11, 21, tzinfo=UTC)


def readable(value: Any) -> Any:  # noqa: ANN401
    """Sort tables, and write numbers without the point that they have on the wire."""
    if isinstance(value, dict):
        return {key: readable(inner) for key, inner in sorted(value.items())}
    if isinstance(value, list):
        return [readable(inner) for inner in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def entry(made: Made) -> dict[str, Any]:
    """Show a resource without what other tests hold to its rules (tags) or read better (pages)."""
    inputs = {key: value for key, value in readable(made.inputs).items() if key not in LEFT_OUT}
    if "userData" in inputs:
        text = base64.b64decode(inputs["userData"]).decode()
        inputs["userData"] = re.sub(r'release="[^"]*"', 'release="..."', text).splitlines()
    options = {
        "protected": made.protect,
        "ignores changes of": list(made.ignore_changes),
        "waits for": sorted(made.needs),
    }
    return {"type": made.type, **{key: value for key, value in options.items() if value}, **inputs}


def snapshot(made: dict[str, Made]) -> str:
    parts = {name: entry(each) for name, each in sorted(made.items()) if each.custom}
    return yaml.safe_dump(parts, sort_keys=False, width=100, allow_unicode=True)


@pytest.mark.parametrize("tier", TIERS)
def test_a_tier_is_as_it_was_reviewed(deploy: Deploy, tier: str) -> None:
    secure = {"certificate_arn": CERTIFICATE, "domain": DOMAIN} if tier == "prod" else {}
    weights = {"v1": 90, "v2": 10} if tier == "prod" else {"v1": 100}
    releases = {name: release_data(int(name[1:])) for name in weights}
    given = document(tier, releases=releases, weights=weights)

    found = snapshot(
        deploy(lambda: declare(names(tier), settings(tier), contract(tier, **secure), given, TODAY))
    )

    path = FOLDER / f"{tier}.yaml"
    if os.environ.get("SNAPSHOTS") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(found)
    assert found == path.read_text(), (
        "if it is meant: SNAPSHOTS=write pytest tests/test_snapshots.py"
    )
