"""Inputs that a handler never looks at: nothing here would say whether AWS takes them."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.cloud.values import DEFAULTED

# Inputs that direct the provider itself; no request holds them.
PROVIDERS_OWN = frozenset(
    {
        "forceDelete",
        "forceDestroy",
        "forceDetachPolicies",
        "namePrefix",
        "bucketPrefix",
        "confirmationTimeoutInMinutes",
        "endpointAutoConfirms",
        "forceDeleteWarmPool",
        "forceOverwriteReplicaSecret",
        "ignoreFailedScalingActivities",
        "minElbCapacity",
        "recoveryWindowInDays",
        "triggers",
        "updateDefaultVersion",
        "waitForElbCapacity",
        "overwrite",
        "region",
        "revokeRulesOnDelete",
        "skipDestroy",
        "timeouts",
        "waitForCapacityTimeout",
        DEFAULTED,
    }
)


class Noted(dict[str, Any]):
    """Inputs that note which of them are read, at every depth."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__({key: _noted(value) for key, value in values.items()})
        self._read: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self._read.add(key)
        return super().__getitem__(key)

    def get(self, key: Any, default: Any = None, /) -> Any:
        self._read.add(key)
        return super().get(key, default)

    def __iter__(self) -> Iterator[str]:
        """Being asked for key by key: so a copy reads all of them."""
        return iter(tuple(super().keys()))

    def items(self) -> Any:
        self._read |= super().keys()
        return super().items()

    def values(self) -> Any:
        self._read |= super().keys()
        return super().values()

    def unread(self, path: str = "") -> Iterator[str]:
        """Paths of values that nobody asked for, but for those that mean nothing."""
        if path and dict.get(self, "enabled") is False:
            return  # a block that is switched off
        for key, value in dict.items(self):
            if key in PROVIDERS_OWN or value in (None, "", False) or value in ([], {}):
                continue
            where = f"{path}.{key}" if path else key
            if key not in self._read:
                yield where
            else:
                yield from _unread(value, where)


def _noted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return Noted(value)
    return [_noted(each) for each in value] if isinstance(value, list) else value


def _unread(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Noted):
        yield from value.unread(path)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _unread(each, f"{path}[{index}]")
