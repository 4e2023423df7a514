"""Tags, on whatever has them."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.cloud.rules.table import EVERY_TYPE, Page, known

MOST_TAGS = 50
LONGEST_KEY, LONGEST_VALUE = 128, 256
tags = Page(
    "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html",
    EVERY_TYPE,
)


@tags.across
def tags_are_within_limits(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    found = new.get("tags")
    if isinstance(found, Mapping):
        yield from _tags("tags", found)
    elif isinstance(found, list) and all(isinstance(each, Mapping) for each in found):
        keys = [each.get("key") for each in found]
        if len(set(map(str, keys))) < len(keys):
            yield "tags", "tags has a key twice"
        yield from _tags("tags", {str(each.get("key")): each.get("value") for each in found})
    for index, each in enumerate(new.get("tagSpecifications") or []):
        inner = each.get("tags") if isinstance(each, Mapping) else None
        if isinstance(inner, Mapping):
            yield from _tags(f"tagSpecifications[{index}].tags", inner)


def _tags(path: str, found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if len(found) > MOST_TAGS:
        yield path, f"{path} has {len(found)} tags; {MOST_TAGS} are allowed"
    for key, value in found.items():
        if not 1 <= len(key) <= LONGEST_KEY:
            yield path, f"{path} has a key of {len(key)} characters; 1 to {LONGEST_KEY} are allowed"
        if key.lower().startswith("aws:"):
            yield path, f"{path} has the key {key}; those that begin with aws: are AWS's own"
        if known(value) and len(str(value)) > LONGEST_VALUE:
            yield (
                path,
                f"{path}.{key} has a value of {len(str(value))} characters of {LONGEST_VALUE}",
            )
