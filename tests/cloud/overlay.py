"""What AWS says, laid over what the state says: how drift becomes visible, and only drift.

A program names a few properties of a thing; AWS answers all of them, with defaults, in its own
order and spelling. Only what the program named can drift; what AWS does not answer stays as the
state has it.
"""

from collections.abc import Mapping
from typing import Any

from tests.cloud.same import absent, same
from tests.cloud.schema import Field, ListOf, ObjectOf, Scalar, Type


def overlay(
    fields: Mapping[str, Field], inputs: Mapping[str, Any], live: Mapping[str, Any]
) -> dict[str, Any]:
    """The inputs that would describe the thing as it lives now."""
    merged = dict(inputs)
    for key, value in inputs.items():
        if key in live and key in fields:
            merged[key] = _lay(fields[key].type, value, live[key])
    if "tags" in fields and "tags" not in inputs and live.get("tags"):
        merged["tags"] = live["tags"]
    return {key: value for key, value in merged.items() if value is not None}


def imported(fields: Mapping[str, Field], live: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs for a thing the state has never seen."""
    return {key: value for key, value in live.items() if key in fields and not absent(value)}


def _lay(kind: Type, value: Any, live: Any) -> Any:
    if same(kind, value, live):
        return value
    match kind:
        case ObjectOf() if isinstance(value, Mapping) and isinstance(live, Mapping):
            fields = kind.fields
            laid = {
                key: _lay(fields[key].type if key in fields else Scalar("any"), item, live[key])
                if key in live
                else item
                for key, item in value.items()
            }
            return {key: item for key, item in laid.items() if item is not None}
        case ListOf(item) if isinstance(value, list) and isinstance(live, list):
            return _lay_list(item, value, live)
    return live


def _lay_list(item: Type, values: list[Any], live: list[Any]) -> list[Any]:
    """Pair each member with the live one that agrees with it; the rest pair in order."""
    rest = list(live)
    pairs: list[Any] = []
    for value in values:
        match = next((one for one in rest if same(item, _lay(item, value, one), value)), None)
        if match is not None:
            rest.remove(match)
        pairs.append((value, match))
    laid = []
    for value, match in pairs:
        if match is None and rest:
            laid.append(_lay(item, value, rest.pop(0)))
        elif match is not None:
            laid.append(value)
    return laid + rest
