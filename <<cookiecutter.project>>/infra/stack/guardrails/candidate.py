"""A resource as rules see it. Inputs have their Python names; an Output is not known yet.

What a rule cannot read it must not pass: `table` and `rows` give nothing for an Output, so that
what is wanted of them is missing.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Problems = Iterator[str]
# Set by the adapter for a value that exists only when something else is made.
UNKNOWN = "is not known before it is made, so it cannot be judged; write the value itself"


@dataclass(frozen=True)
class Candidate:
    """A resource about to be declared."""

    type: str
    name: str
    inputs: Mapping[str, Any]
    taggable: bool = True  # whether AWS gives tags to its type
    protected_tier: bool = False
    plain_http: bool = False  # allowed, where the platform has no certificate
    outputs: Mapping[str, Any] = field(default_factory=dict)  # what others may refer to it by

    def at(self, path: str) -> Any:  # noqa: ANN401 inputs are of any type
        """Give an input, or one inside it: metadata_options.http_tokens."""
        value: Any = self.inputs
        for key in path.split("."):
            value = table(value).get(key)
        return value


Rule = Callable[[Candidate], Problems]


def is_true(value: object) -> bool:
    """Tell whether an input says true; some are texts on AWS."""
    return value is True or value == "true"


def is_known(value: object) -> bool:
    """Tell whether a value is here to be judged."""
    return value is None or isinstance(value, str | int | float | bool | Mapping | list | tuple)


def table(value: object) -> Mapping[str, Any]:
    """Give a table, or an empty one for what is none."""
    if isinstance(value, Mapping):
        return value
    # The SDK takes a table where AWS takes a list of at most one.
    if isinstance(value, list | tuple) and len(value) == 1 and isinstance(value[0], Mapping):
        return value[0]
    return {}


def rows(value: object) -> Sequence[Mapping[str, Any]]:
    """Give a list of tables, or an empty one for what is none."""
    return [table(each) for each in value] if isinstance(value, list | tuple) else []


def texts(value: object) -> Sequence[Any]:
    """Give the one or the many of an input that takes either."""
    if value is None:
        return []
    return value if isinstance(value, list | tuple) else [value]


def leaves(value: object, path: str = "") -> Iterator[tuple[str, Any]]:
    """Give every single value inside an input, with its path."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from leaves(inner, path)
    elif value is not None:
        yield path, value


def short(type_: str) -> str:
    """Give a type as people write it: rds.Instance for aws:rds/instance:Instance."""
    return re.sub(r"^aws:(\w+)/.*:(\w+)$", r"\1.\2", type_)
