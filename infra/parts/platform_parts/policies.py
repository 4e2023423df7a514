"""Policy documents as text."""

import json
from collections.abc import Mapping, Sequence
from typing import Any


def policy_document(statements: Sequence[Mapping[str, Any]]) -> str:
    """Write a policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
