"""What differs between the inputs in state and the inputs of the program, path by path."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tests.cloud.same import absent, same
from tests.cloud.schema import Field, ListOf, MapOf, ObjectOf, Scalar, Type
from tests.cloud.values import DEFAULTED, is_unknown


class Kind(StrEnum):
    ADD = "ADD"
    DELETE = "DELETE"
    UPDATE = "UPDATE"


@dataclass(frozen=True, slots=True)
class Difference:
    path: str  # healthCheck.path, subnets[0], tags["a.b"]
    kind: Kind

    @property
    def top(self) -> str:
        return re.split(r"[.\[]", self.path, maxsplit=1)[0]

    @property
    def plain(self) -> str:
        """The path without list positions, as tables of replacing properties spell it."""
        return re.sub(r"\[[^\]]*\]", "", self.path)


def differences(
    fields: Mapping[str, Field],
    olds: Mapping[str, Any],
    news: Mapping[str, Any],
    ignored: Iterable[str] = (),
) -> list[Difference]:
    """All differences, least first by path; what the program ignores is left out."""
    patterns = [_segments(path) for path in ignored]
    found = []
    for key in sorted({*olds, *news} - {DEFAULTED}):
        kind = fields[key].type if key in fields else Scalar("any")
        found += _differences(key, kind, olds.get(key), news.get(key))
    return [
        each
        for each in found
        if not any(_covers(pattern, _segments(each.path)) for pattern in patterns)
    ]


def _differences(path: str, kind: Type, old: Any, new: Any) -> Iterator[Difference]:
    if same(kind, old, new):
        return
    if absent(old) and not is_unknown(old):
        yield Difference(path, Kind.ADD)
    elif absent(new) and not is_unknown(new):
        yield Difference(path, Kind.DELETE)
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            yield from _differences(
                _join(path, kind, key), _inner(kind, key), old.get(key), new.get(key)
            )
    elif isinstance(old, list) and isinstance(new, list):
        item = kind.item if isinstance(kind, ListOf) else Scalar("any")
        for index in range(max(len(old), len(new))):
            pair = (
                old[index] if index < len(old) else None,
                new[index] if index < len(new) else None,
            )
            yield from _differences(f"{path}[{index}]", item, *pair)
    else:
        yield Difference(path, Kind.UPDATE)


def _inner(kind: Type, key: str) -> Type:
    if isinstance(kind, ObjectOf):
        field = kind.fields.get(key)
        return field.type if field else Scalar("any")
    return kind.item if isinstance(kind, MapOf) else Scalar("any")


def _join(path: str, kind: Type, key: str) -> str:
    plain = re.fullmatch(r"[A-Za-z_]\w*", key)
    return f"{path}.{key}" if plain else f"{path}[{json.dumps(key)}]"


def _segments(path: str) -> list[str]:
    """Split a property path: a.b[0]["c.d"] is a, b, 0, c.d."""
    found = re.findall(r'\["((?:[^"\\]|\\.)*)"\]|\[(\*|\d+)\]|([^.\[\]]+)', path)
    return [quoted or index or name for quoted, index, name in found]


def _covers(pattern: list[str], path: list[str]) -> bool:
    return len(pattern) <= len(path) and all(
        want in ("*", have) for want, have in zip(pattern, path, strict=False)
    )
