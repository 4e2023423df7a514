"""The grammar of policy documents: what IAM and the services with policies of their own refuse.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from tests.cloud.rules.table import Test

VERSIONS = ("2012-10-17", "2008-10-17")
ELEMENTS = {
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
}
PRINCIPALS = {
    "AWS": r"\*|\d{12}|arn:aws[a-z-]*:(iam|sts)::\d{12}:.+|AIDA\w+|AROA\w+",
    "Service": r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?",
    "Federated": r".+",
    "CanonicalUser": r"[0-9a-f]{64}",
}
# reference_policies_elements_condition_operators.html
OPERATORS = {
    *(f"String{each}" for each in ("Equals", "NotEquals", "Like", "NotLike")),
    *(f"String{each}IgnoreCase" for each in ("Equals", "NotEquals")),
    *(
        f"{kind}{each}"
        for kind in ("Numeric", "Date")
        for each in (
            "Equals",
            "NotEquals",
            "LessThan",
            "LessThanEquals",
            "GreaterThan",
            "GreaterThanEquals",
        )
    ),
    *(f"Arn{each}" for each in ("Equals", "NotEquals", "Like", "NotLike")),
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "Null",
}


class Use(Enum):
    """What a document hangs on: whoever acts, or what is acted on."""

    IDENTITY = "identity"
    TRUST = "trust"
    RESOURCE = "resource"


def policy(most: int, use: Use = Use.IDENTITY) -> Test:
    """A policy document of at most so many characters without white space."""

    def test(value: Any) -> str | None:
        try:
            found = json.loads(value)
        except ValueError:
            return "a policy document in JSON"
        problem = next(problems(found, use), None)
        if problem:
            return f"a policy document {problem}"
        if len(json.dumps(found, separators=(",", ":"))) > most:
            return f"a policy document of at most {most} characters"
        return None

    return test


def problems(found: Any, use: Use) -> Iterator[str]:
    """What the grammar has against a document, each as the end of "must be a policy document"."""
    if not isinstance(found, Mapping) or not found.get("Statement"):
        yield "with a Statement"
        return
    if found.get("Version", VERSIONS[1]) not in VERSIONS:
        yield f"whose Version is {' or '.join(VERSIONS)}, not {found['Version']}"
    for name in found.keys() - {"Version", "Id", "Statement"}:
        yield f"without an element {name}"
    sids = []
    for statement in listed(found["Statement"]):
        if not isinstance(statement, Mapping):
            yield "whose statements are objects"
            return
        yield from _statement(statement, use)
        sids += [statement["Sid"]] if statement.get("Sid") else []
    if len(set(sids)) < len(sids):
        yield "whose statements have each another Sid"


def _statement(statement: Mapping[str, Any], use: Use) -> Iterator[str]:
    for name in statement.keys() - ELEMENTS:
        yield f"whose statements have no element {name}"
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield f"whose Effect is Allow or Deny, not {statement.get('Effect')}"
    if use is Use.IDENTITY and not re.fullmatch(r"[A-Za-z0-9]*", str(statement.get("Sid", ""))):
        yield f"whose Sid has letters and digits only, not {statement['Sid']}"
    yield from _one_of("Action", statement)
    for action in listed(statement.get("Action", statement.get("NotAction", []))):
        if not re.fullmatch(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+", str(action), re.I):
            yield f"whose actions are service:Action, not {action}"
    if use is Use.TRUST:
        if "Resource" in statement:
            yield "without a Resource: it hangs on the role itself"
    else:
        yield from _one_of("Resource", statement)
    for resource in listed(statement.get("Resource", [])):
        if not re.fullmatch(r"\*|arn:[^:]+:[^:]+:[^:]*:[^:]*:.+", str(resource)):
            yield f"whose resources are ARNs or *, not {resource}"
    yield from _principals(statement, use)
    yield from _conditions(statement.get("Condition", {}))


def _one_of(name: str, statement: Mapping[str, Any]) -> Iterator[str]:
    if sum(bool(statement.get(each)) for each in (name, f"Not{name}")) != 1:
        yield f"whose statements have one of {name} and Not{name}"


def _principals(statement: Mapping[str, Any], use: Use) -> Iterator[str]:
    given = [each for each in ("Principal", "NotPrincipal") if each in statement]
    if use is Use.IDENTITY:
        if given:
            yield "without a Principal: it hangs on one"
        return
    if len(given) != 1:
        yield "whose statements have a Principal"
        return
    principal = statement[given[0]]
    if principal == "*":
        return
    if not isinstance(principal, Mapping) or not principal:
        yield f"whose Principal is * or an object, not {principal}"
        return
    for kind, names in principal.items():
        if kind not in PRINCIPALS:
            yield f"whose principals are of {', '.join(PRINCIPALS)}, not {kind}"
            continue
        for name in listed(names):
            if not re.fullmatch(PRINCIPALS[kind], str(name)):
                yield f"whose principals exist: {kind} {name} cannot"


def _conditions(conditions: Any) -> Iterator[str]:
    if not isinstance(conditions, Mapping):
        yield "whose Condition is an object"
        return
    for operator, keys in conditions.items():
        plain = re.sub(r"^(ForAllValues|ForAnyValue):|IfExists$", "", operator)
        if plain not in OPERATORS:
            yield f"whose condition operators exist: {operator} does not"
        elif not isinstance(keys, Mapping):
            yield f"whose condition {operator} names keys"
        else:
            for key in keys:
                if not re.fullmatch(r"[A-Za-z0-9-]+:.+", key):
                    yield f"whose condition keys are service:key, not {key}"


def listed(value: Any) -> list[Any]:
    """One or many, as documents have it."""
    return value if isinstance(value, list) else [value]
