"""Names, on whatever is named by the program or by AWS."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.cloud.rules.table import EVERY_TYPE, Page, given

prefixed = Page("https://www.pulumi.com/docs/iac/concepts/resources/names/", EVERY_TYPE)


@prefixed.across
def name_is_said_once(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, prefix in (("name", "namePrefix"), ("bucket", "bucketPrefix")):
        if len(given(new, name, prefix)) > 1:
            yield prefix, f"only one of {name} and {prefix} is allowed"
