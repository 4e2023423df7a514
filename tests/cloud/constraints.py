"""What AWS's own model of an API says of a parameter: set of values, length, range, pattern.

botocore ships the model and checks types, required members and least values before it sends; the
service itself holds a request against the rest, and so does this. Sentences are AWS's own form.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

SHOWN = 20  # members of a set; there are a thousand instance types

# Java's classes of characters inside brackets, as closely as Python's own classes come.
PUNCTUATION = r"\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e\u00a1-\u00bf\u2010-\u206f"
CLASSES = {
    "L": r"\w",
    "N": r"\w",
    "M": r"\u0300-\u036f",
    "P": PUNCTUATION,
    "S": PUNCTUATION,
    "Z": r" \u00a0\u2000-\u200a",
    "Zs": r" \u00a0\u2000-\u200a",
    "ASCII": r"\x00-\x7f",
    "Graph": r"\x21-\x7e",
    "Print": r"\x20-\x7e",
}
# Java writes characters beyond 16 bits as two halves.
BEYOND = (r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")


def broken_constraints(shape: Any, value: Any, path: str = "") -> Iterator[str]:
    """Each constraint of the model that a parsed parameter breaks, as AWS words it."""
    if value is None:
        return
    match shape.type_name:
        case "structure":
            for name, item in value.items() if isinstance(value, Mapping) else ():
                if name in shape.members:
                    yield from broken_constraints(shape.members[name], item, _join(path, name))
        case "list":
            yield from _size(shape, value, path)
            for index, item in enumerate(value, 1):
                yield from broken_constraints(shape.member, item, f"{path}.{index}.member")
        case "map":
            yield from _size(shape, value, path)
            for key, item in value.items():
                yield from broken_constraints(shape.key, key, path)
                yield from broken_constraints(shape.value, item, f"{path}.{key}.member")
        case "string":
            yield from _text(shape, value, path)
        case "integer" | "long" | "float" | "double":
            yield from _range(shape, value, path)


def _size(shape: Any, value: Any, path: str) -> Iterator[str]:
    yield from _bounds(shape, len(value), f"a list of {len(value)}", path, "length")


def _range(shape: Any, value: Any, path: str) -> Iterator[str]:
    yield from _bounds(shape, value, str(value), path, "value")


def _text(shape: Any, value: Any, path: str) -> Iterator[str]:
    text = str(value)
    if shape.enum:
        if text not in shape.enum:
            yield _sentence(text, path, f"satisfy enum value set: [{_some(shape.enum)}]")
        return
    yield from _bounds(shape, len(text), text, path, "length")
    pattern = shape.metadata.get("pattern")
    if pattern and not compiled(pattern).fullmatch(text):
        yield _sentence(text, path, f"satisfy regular expression pattern: {pattern}")


def _bounds(shape: Any, size: float, shown: str, path: str, what: str) -> Iterator[str]:
    """Bounds of a member: what a number is, or how long a text or list is."""
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    than = "or equal to" if what == "length" else "than or equal to"
    if least is not None and size < float(least):
        word = "greater than or equal to" if what == "length" else f"greater {than}"
        yield _sentence(shown, path, f"have {what} {word} {least}")
    if most is not None and size > float(most):
        word = "less than or equal to" if what == "length" else f"less {than}"
        yield _sentence(shown, path, f"have {what} {word} {most}")


def _some(words: Sequence[str]) -> str:
    """A set as a message can hold it."""
    if len(words) <= SHOWN:
        return ", ".join(words)
    return f"{', '.join(words[:SHOWN])} and {len(words) - SHOWN} more"


def _sentence(value: str, path: str, rule: str) -> str:
    shown = value if len(value) <= 60 else f"{value[:57]}..."
    return f"Value '{shown}' at '{path}' failed to satisfy constraint: Member must {rule}"


def _join(path: str, name: str) -> str:
    """AWS spells members with a small first letter."""
    small = name[:1].lower() + name[1:]
    return f"{path}.{small}" if path else small


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of the model for Python; it holds for the whole value."""
    text = pattern.replace(*BEYOND)
    text = re.sub(r"\\p\{(\w+)\}", lambda found: _class_of(text, found), text)
    text = re.sub(r"\\w-(?=[^\]])", r"\\w\\-", text)  # Java takes the hyphen for itself here
    return re.compile(text)


def _class_of(pattern: str, found: re.Match[str]) -> str:
    before = pattern[: found.start()]
    inside = before.count("[") > before.count("]")
    characters = CLASSES[found[1]]
    return characters if inside else f"[{characters}]"
