"""Policy documents, rendered as the provider renders them."""

import json
from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.lookups import LookupFailedError, answers


@answers("aws:iam/getPolicyDocument:getPolicyDocument")
def policy_document(aws: Aws, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Statements of the sources, then our own, then those that override by Sid."""
    statements: list[dict[str, Any]] = []
    for source in asked.get("sourcePolicyDocuments") or []:
        statements += _statements(source)
    statements += [_statement(each) for each in asked.get("statements") or []]
    for source in asked.get("overridePolicyDocuments") or []:
        for each in _statements(source):
            sid = each.get("Sid")
            statements = [old for old in statements if not (sid and old.get("Sid") == sid)] + [each]
    _refuse_doubles(statements)
    document: dict[str, Any] = {"Version": asked.get("version", "2012-10-17")}
    if asked.get("policyId"):
        document["Id"] = asked["policyId"]
    document["Statement"] = statements
    return {
        **asked,
        "id": "0",
        "version": document["Version"],
        "json": json.dumps(document, indent=2),
        "minifiedJson": json.dumps(document, separators=(",", ":")),
    }


def _refuse_doubles(statements: list[dict[str, Any]]) -> None:
    named = [each["Sid"] for each in statements if each.get("Sid")]
    for sid in named:
        if named.count(sid) > 1:
            raise LookupFailedError(f'duplicate Sid ("{sid}") in the policy document')


def _statements(source: str) -> list[dict[str, Any]]:
    found = json.loads(source).get("Statement", [])
    return found if isinstance(found, list) else [found]


def _statement(given: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if given.get("sid"):
        made["Sid"] = given["sid"]
    made["Effect"] = given.get("effect", "Allow")
    for key, member in (
        ("actions", "Action"),
        ("notActions", "NotAction"),
        ("resources", "Resource"),
        ("notResources", "NotResource"),
    ):
        if given.get(key):
            made[member] = _one_or_sorted(given[key])
    for key, member in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if given.get(key):
            made[member] = _principals(given[key])
    if given.get("conditions"):
        made["Condition"] = _conditions(given["conditions"])
    return made


def _principals(given: list[Mapping[str, Any]]) -> str | dict[str, Any]:
    if len(given) == 1 and given[0]["type"] == "*" and given[0]["identifiers"] == ["*"]:
        return "*"
    found: dict[str, list[str]] = {}
    for each in given:
        found.setdefault(each["type"], []).extend(each["identifiers"])
    return {kind: _one_or_sorted(values) for kind, values in found.items()}


def _conditions(given: list[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for each in given:
        values = each["values"]
        found.setdefault(each["test"], {})[each["variable"]] = (
            values[0] if len(values) == 1 else values
        )
    return found


def _one_or_sorted(values: list[str]) -> str | list[str]:
    """The provider sorts sets backwards; IAM does not mind."""
    return values[0] if len(values) == 1 else sorted(values, reverse=True)
