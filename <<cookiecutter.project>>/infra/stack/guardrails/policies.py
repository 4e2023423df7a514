"""A policy names what it allows, to whom and on what."""

import json
import re
from collections.abc import Mapping
from typing import Any

from .candidate import UNKNOWN, Candidate, Problems, leaves, rows, table, texts

POLICY_INPUTS = ("policy", "assume_role_policy", "access_policies", "key_policy")
KEY = ("aws:kms/key:Key", "aws:kms/keyPolicy:KeyPolicy")
ATTACHED = re.compile(r"arn:aws[a-z-]*:iam::aws:policy/\S*(Administrator|PowerUser|Full)Access\S*")
ALL_OF_IT = 5  # colons before the last part of an ARN


def no_wildcard(candidate: Candidate) -> Problems:
    """A policy names what it allows, and on what."""
    given = {key: candidate.inputs.get(key) for key in POLICY_INPUTS}
    for number, inline in enumerate(rows(candidate.at("inline_policies"))):
        given[f"inline_policies.{number}.policy"] = inline.get("policy")
    for key, policy in given.items():
        if policy is None:
            continue
        if isinstance(policy, str):
            yield from _document(key, policy, of_a_key=candidate.type in KEY)
        elif not isinstance(policy, Mapping):
            yield f"{key} {UNKNOWN}: names here are fixed, so ARNs can be written as text"
    for path, value in leaves(candidate.inputs):
        if isinstance(value, str) and ATTACHED.fullmatch(value):
            yield f"{path} is {value.rpartition('/')[2]}, which allows nearly everything"


def _document(key: str, policy: str, *, of_a_key: bool) -> Problems:
    try:
        statements = json.loads(policy)["Statement"]
    except (ValueError, KeyError, TypeError):
        yield f"{key} is no policy in JSON"
        return
    for statement in rows(texts(statements)):
        if statement.get("Effect") == "Allow":
            yield from _wildcards(key, statement, of_a_key=of_a_key)


def _wildcards(key: str, statement: Mapping[str, Any], *, of_a_key: bool) -> Problems:
    # In a key's own policy "*" is that key, and the account's root is how its IAM gets a say.
    for_root = of_a_key and str(_principal(statement)).endswith(":root")
    for part in ("Action", "Resource"):
        for value in texts(statement.get(part)):
            if part == "Action" and "*" in str(value) and not for_root:
                yield f"{key} allows Action {value}"
            if part == "Resource" and _is_all(str(value)) and not of_a_key:
                yield f"{key} allows Resource {value}"
    for part in ("NotAction", "NotResource", "NotPrincipal"):
        if part in statement:
            yield f"{key} allows all but some by {part}; name what it allows"
    if _principal(statement) in ("*", ["*"]) and "Condition" not in statement:
        yield f"{key} allows everybody"


def _principal(statement: Mapping[str, Any]) -> Any:  # noqa: ANN401 text or list
    principal = statement.get("Principal")
    return table(principal).get("AWS") if isinstance(principal, Mapping) else principal


def _is_all(resource: str) -> bool:
    return resource == "*" or resource.split(":", ALL_OF_IT)[ALL_OF_IT:] == ["*"]
