"""Are a program's inputs ones the type has, of the right kind, and complete?"""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.cloud.schema import Field, ListOf, MapOf, ObjectOf, Scalar, Type
from tests.cloud.values import DEFAULTED, SIGNATURE, is_asset, is_unknown


@dataclass(frozen=True, slots=True)
class Problem:
    path: str
    sentence: str


def check_inputs(fields: Mapping[str, Field], inputs: Mapping[str, Any]) -> list[Problem]:
    """Every problem at every depth, in the order of the properties."""
    return list(_check_object(fields, inputs, ""))


def _check_object(
    fields: Mapping[str, Field], values: Mapping[str, Any], path: str
) -> Iterator[Problem]:
    for key, value in values.items():
        if key in (DEFAULTED, SIGNATURE):
            continue
        where = f"{path}.{key}" if path else key
        if key not in fields:
            yield Problem(where, f'there is no input "{where}"{hint(key, fields)}')
        elif value is not None:
            yield from _check(fields[key].type, value, where)
    for key, field in fields.items():
        if field.required and values.get(key) is None:
            where = f"{path}.{key}" if path else key
            yield Problem(where, f'the input "{where}" is required and missing')


def _check(kind: Type, value: Any, path: str) -> Iterator[Problem]:
    if is_unknown(value):
        return
    wanted = _wanted(kind, value)
    if wanted is not None:
        yield Problem(path, f'"{path}" is {_shown(value)}; it must be {wanted}')
        return
    match kind:
        case ListOf(item):
            members = [(f"[{index}]", member) for index, member in enumerate(value)]
        case MapOf(item):
            members = [(f".{key}", member) for key, member in value.items()]
        case ObjectOf():
            yield from _check_object(kind.fields, value, path)
            return
        case _:
            return
    for place, member in members:
        if member is not None:
            yield from _check(item, member, f"{path}{place}")


def _wanted(kind: Type, value: Any) -> str | None:
    """What the value should have been, when it is something else."""
    match kind:
        case Scalar(name):
            return None if _fits(name, value) else _article(name)
        case ListOf():
            return None if isinstance(value, list) else "a list"
        case MapOf():
            return None if isinstance(value, Mapping) else "a map"
    return None if isinstance(value, Mapping) else "an object"


def _fits(kind: str, value: Any) -> bool:
    match kind:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "asset":
            return is_asset(value)
    return True


def _article(kind: str) -> str:
    return {"integer": "a whole number", "asset": "an asset or archive"}.get(kind, f"a {kind}")


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f'the string "{value if len(value) <= 40 else value[:37] + "..."}"'
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {value}"
    return "a list" if isinstance(value, list) else "an object"


def hint(word: str, known: Iterable[str]) -> str:
    """A neighbour of a misspelt word, as the end of a sentence."""
    camel = (
        word[:1] + "".join(part.title() for part in word.split("_"))[1:] if "_" in word else word
    )
    near = difflib.get_close_matches(camel, list(known), n=1, cutoff=0.6)
    return f'; did you mean "{near[0]}"?' if near else ""
