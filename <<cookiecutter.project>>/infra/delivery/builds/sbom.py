"""The parts of a build, as CycloneDX 1.6: https://cyclonedx.org/docs/1.6/json/.

Without a time and a serial number, which the format leaves open: the same build has the same list.
"""

import json
import re
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any
from urllib.parse import quote

LICENCE = "License :: OSI Approved :: "


def parts_of(lib: Path, service: str, version: str) -> bytes:
    """List what is installed in a folder; the service is what the list is about."""
    installed = sorted(distributions(path=[str(lib)]), key=_name)
    listed = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "lifecycles": [{"phase": "build"}],
            "component": {
                "type": "application",
                "bom-ref": service,
                "name": service,
                "version": version,
            },
        },
        "components": [_component(each) for each in installed if _name(each) != service],
    }
    return json.dumps(listed, indent=2).encode() + b"\n"


def _name(distribution: Distribution) -> str:
    return re.sub(r"[-_.]+", "-", distribution.metadata["Name"]).lower()


def _component(distribution: Distribution) -> dict[str, Any]:
    name, version = _name(distribution), distribution.version
    address = f"pkg:pypi/{name}@{quote(version)}"
    licences = list(_licences(distribution))
    return {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": version,
        **({"licenses": licences} if licences else {}),
        "purl": address,
    }


def _licences(distribution: Distribution) -> Iterator[dict[str, Any]]:
    """Give the licence as its authors declare it: by expression, or else by classifier."""
    metadata = distribution.metadata
    expression = metadata.get("License-Expression")
    if expression:
        yield {"expression": expression}
        return
    for classifier in metadata.get_all("Classifier") or []:
        if classifier.startswith(LICENCE):
            yield {"license": {"name": classifier.removeprefix(LICENCE)}}
