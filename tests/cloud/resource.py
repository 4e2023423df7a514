"""What a handler of one resource type says and does, and the table of them all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from tests.cloud.aws import Aws
from tests.cloud.naming import Naming, prefixed

NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """An update under way: inputs before and after, outputs before, and which inputs differ."""

    old: Mapping[str, Any]
    new: Mapping[str, Any]
    state: Mapping[str, Any]
    keys: frozenset[str]

    def __contains__(self, key: str) -> bool:
        return key in self.keys

    def any(self, *keys: str) -> bool:
        return not self.keys.isdisjoint(keys)


class Resource:
    """One resource type. `create` makes the thing and answers its id; `finish` does the rest.

    When `finish` fails the thing exists all the same: the engine records it with the error, as
    on the real provider. `read` answers what AWS says, or None when it is gone; keys it does not
    answer keep their value in state.
    """

    token: ClassVar[str]
    noun: ClassVar[str] = ""  # as AWS's own error messages call it
    naming: ClassVar[Naming | None] = None
    replaces: ClassVar[frozenset[str]] = (
        NONE  # input paths, without list positions, that make a new one
    )
    computed: ClassVar[frozenset[str]] = NONE  # inputs that AWS decides when the program does not
    volatile: ClassVar[frozenset[str]] = NONE  # outputs that an update may change
    defaults: ClassVar[
        Mapping[str, Any]
    ] = {}  # the provider's own defaults, part of the inputs in state
    taggable: ClassVar[bool] = True

    def name(self, new: Mapping[str, Any]) -> str:
        """The name to create under: the given or automatic one, or one made from the prefix."""
        assert self.naming is not None
        given = new.get(self.naming.property)
        return str(given) if given else prefixed(str(new[self.naming.prefix or ""]))

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        raise NotImplementedError

    def finish(self, aws: Aws, id: str, new: Mapping[str, Any]) -> None:
        """The calls after the one that makes the thing."""

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        raise NotImplementedError

    def update(self, aws: Aws, id: str, change: Change) -> None:
        """Apply what differs, except tags."""

    def retag(self, aws: Aws, id: str, put: dict[str, str], drop: list[str]) -> None:
        """Set and remove tags; `state` ids are enough for most services."""
        raise NotImplementedError(f"{self.token} has tags but no way to change them")

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        raise NotImplementedError


HANDLERS: dict[str, Resource] = {}


def handles[T: type[Resource]](*tokens: str) -> Callable[[T], T]:
    """Enter a handler in the table under its type token, and under the SDK's other names for it."""

    def enter(cls: T) -> T:
        cls.token = tokens[0]
        for token in tokens:
            if token in HANDLERS:
                raise RuntimeError(f"two handlers for {token}")
            HANDLERS[token] = cls()
        return cls

    return enter
