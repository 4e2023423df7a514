"""When two values of a property mean the same to AWS, whatever their spelling."""

import json
from collections.abc import Mapping
from typing import Any

from tests.cloud.schema import ListOf, MapOf, ObjectOf, Scalar, Type
from tests.cloud.values import DEFAULTED, is_unknown


def same(kind: Type, one: Any, other: Any) -> bool:
    """Compare as the provider does: JSON by meaning, lists without order, absent as empty."""
    if is_unknown(one) or is_unknown(other):
        return bool(one == other)
    if absent(one) and absent(other):
        return True
    match kind:
        case ObjectOf() if isinstance(one, Mapping) and isinstance(other, Mapping):
            fields = kind.fields
            return all(
                same(
                    fields[key].type if key in fields else Scalar("any"),
                    one.get(key),
                    other.get(key),
                )
                for key in {*one, *other} - {DEFAULTED}
            )
        case MapOf(item) if isinstance(one, Mapping) and isinstance(other, Mapping):
            return one.keys() == other.keys() and all(
                same(item, one[key], other[key]) for key in one
            )
        case ListOf(item) if isinstance(one, list) and isinstance(other, list):
            return _same_members(item, one, other)
    return _same_scalar(one, other)


def absent(value: Any) -> bool:
    """Terraform, and so the provider, cannot tell an empty block or text from none."""
    return value is None or (isinstance(value, str | list | dict) and not value)


def _same_members(item: Type, one: list[Any], other: list[Any]) -> bool:
    if len(one) != len(other):
        return False
    left = list(other)
    for value in one:
        match = next(
            (index for index, candidate in enumerate(left) if same(item, value, candidate)), None
        )
        if match is None:
            return False
        del left[match]
    return True


def _same_scalar(one: Any, other: Any) -> bool:
    if one == other:
        return type(one) is type(other) or not (isinstance(one, bool) or isinstance(other, bool))
    if isinstance(one, str) and isinstance(other, str):
        return one[:1] in "{[" and one[:1] == other[:1] and _json_equal(one, other)
    return _text(one) == _text(other)  # a port is "80" in one place and 80 in another


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _json_equal(one: str, other: str) -> bool:
    try:
        return bool(_canonical(json.loads(one)) == _canonical(json.loads(other)))
    except ValueError:
        return False


def _canonical(value: Any) -> Any:
    """AWS keeps policies with single-member lists unwrapped and lists in no order."""
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list):
        if len(value) == 1:
            return _canonical(value[0])
        return sorted(
            (_canonical(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True)
        )
    return value
