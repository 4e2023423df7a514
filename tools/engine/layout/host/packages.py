"""Print what `pip list -v --format json` would, as far as the language host reads it."""

import json
from importlib.metadata import distributions

print(
    json.dumps(
        [
            {"name": found.name, "version": found.version, "location": str(found.locate_file(""))}
            for found in distributions()
        ]
    )
)
