"""Lookups: a program asks what exists. One function per token, in the files of this package."""

from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.check import hint

type Lookup = Callable[[Aws, Mapping[str, Any]], dict[str, Any]]

LOOKUPS: dict[str, Lookup] = {}


class LookupFailedError(Exception):
    """What was asked for cannot be answered; one sentence."""


def answers(token: str) -> Callable[[Lookup], Lookup]:
    def enter(function: Lookup) -> Lookup:
        LOOKUPS[token] = function
        return function

    return enter


def look_up(aws: Aws, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a lookup, or say that it is unknown or that AWS has nothing to answer."""
    function = LOOKUPS.get(token)
    if function is None:
        raise LookupFailedError(
            f"this cloud does not know the lookup {token}{hint(token, LOOKUPS)}"
        )
    asked = {key: value for key, value in arguments.items() if value is not None}
    return function(aws, asked)


for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
