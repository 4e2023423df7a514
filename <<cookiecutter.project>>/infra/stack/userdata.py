"""User-data of a release: constant lines from userdata.sh after the few that name the release.

It holds no secret; anyone on the instance can read it.
"""

import base64
import json
from pathlib import Path
from typing import Any

from .document import Release
from .names import Names

SCRIPT = Path(__file__).with_name("userdata.sh")
LIMIT = 16384  # bytes, before base64; AWS refuses more
SERVICE_PORT = 8000


def userdata(names: Names, name: str, release: Release, region: str, bucket: str) -> str:
    """Write the user-data of one release, as a launch template wants it: in base64."""
    told = json.dumps(described(names, name, release, region), sort_keys=True, ensure_ascii=False)
    variables = {
        "region": region,
        "bucket": bucket,
        "key": names.build(release.build.sha256),
        "sha256": release.build.sha256,
        "release": _base64(told),  # whatever is in it, the shell sees letters only
    }
    lines = "".join(f'{variable}="{value}"\n' for variable, value in variables.items())
    return _base64(f"#!/bin/bash\n{lines}{SCRIPT.read_text()}")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def described(names: Names, name: str, release: Release, region: str) -> dict[str, Any]:
    """Give what boot.sh is told: all that makes this release's machines what they are."""
    return {
        "schema": 1,
        "service": names.service,
        "tier": names.tier,
        "release": name,
        "region": region,
        "port": SERVICE_PORT,
        "log_group": names.log_group,
        "build": release.build.model_dump(),
        "environment": release.environment,
        "secrets": {key: secret.model_dump() for key, secret in release.secrets.items()},
    }
