"""The table of rules over single properties, and how inputs are held against it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.cloud.values import is_unknown

type Test = Callable[[Any], str | None]  # what a value must be instead, or None when it is fine


@dataclass(frozen=True, slots=True)
class Row:
    """One property of one type: the path leaves list positions out."""

    token: str
    path: str
    test: Test
    doc: str  # the AWS page that says so


ROWS: dict[str, list[Row]] = {}
EVERY_TYPE = "*"


type Across = Callable[[Mapping[str, Any]], Iterator[tuple[str, str]]]

ACROSS: dict[str, list[tuple[Across, str]]] = {}


class Page:
    """Rules that follow one page of the AWS documentation."""

    def __init__(self, doc: str, *tokens: str) -> None:
        self._doc = doc
        self._tokens = tokens

    def row(self, path: str, test: Test) -> None:
        for token in self._tokens:
            ROWS.setdefault(token, []).append(Row(token, path, test, self._doc))

    def across(self, rule: Across) -> Across:
        """Enter a rule over several properties: it yields paths and sentences."""
        for token in self._tokens:
            ACROSS.setdefault(token, []).append((rule, self._doc))
        return rule


def broken(token: str, inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each value that AWS would refuse: its path and a sentence."""
    for row in ROWS.get(token, []):
        for path, value in _found(inputs, row.path.split("."), ""):
            wanted = None if is_unknown(value) else row.test(value)
            if wanted:
                yield path, f'"{path}" is {shown(value)}; it must be {wanted} ({row.doc})'
    for rule, doc in [*ACROSS.get(token, []), *ACROSS.get(EVERY_TYPE, [])]:
        for path, sentence in rule(inputs):
            yield path, f"{sentence} ({doc})"


def given(inputs: Mapping[str, Any], *keys: str) -> list[str]:
    """Those of the inputs that have a value, known or not."""
    return [key for key in keys if inputs.get(key) not in (None, "")]


def block(inputs: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A nested block; empty when there is none or it is not known yet."""
    found = inputs.get(key)
    return found if isinstance(found, Mapping) else {}


def known(value: Any) -> bool:
    """Whether there is a value and it is not still to be computed."""
    return value is not None and not is_unknown(value)


def _found(value: Any, rest: list[str], path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list) and rest != ["*"]:
        for index, item in enumerate(value):
            yield from _found(item, rest, f"{path}[{index}]")
    elif not rest or rest == ["*"]:
        if value is not None:
            yield path, value
    elif isinstance(value, Mapping) and value.get(rest[0]) is not None:
        yield from _found(value[rest[0]], rest[1:], f"{path}.{rest[0]}" if path else rest[0])


def shown(value: Any) -> str:
    """A value as a sentence can hold it."""
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f'"{text if len(text) <= 60 else text[:57] + "..."}"'
