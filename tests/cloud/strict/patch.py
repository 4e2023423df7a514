"""How a rule is put in front of, behind, or in place of a method of moto."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from moto.core.exceptions import ServiceException

type Rule = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule in force: what it watches and where AWS says so."""

    name: str
    watches: str
    doc: str


ENTRIES: list[Entry] = []


class RefusedError(ServiceException):
    """AWS's answer to what it does not accept."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)


def before(owner: type, *methods: str, doc: str) -> Callable[[Rule], Rule]:
    """Call the rule first, with the backend and those of the method's arguments that it names."""

    def decorate(rule: Rule) -> Rule:
        wanted = list(inspect.signature(rule).parameters)[1:]
        for method in methods:
            _wrap(owner, method, rule, wanted)
            ENTRIES.append(Entry(_name(rule), f"{owner.__name__}.{method}", doc))
        return rule

    return decorate


def _wrap(owner: type, method: str, rule: Rule, wanted: list[str]) -> None:
    original = getattr(owner, method)
    signature = inspect.signature(original)

    @wraps(original)
    def guarded(self: Any, *args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(self, *args, **kwargs)
        bound.apply_defaults()
        given = {**bound.arguments.get("kwargs", {}), **bound.arguments}
        rule(self, **{name: given.get(name) for name in wanted})
        return original(self, *args, **kwargs)

    setattr(owner, method, guarded)


def instead(owner: type, method: str, doc: str) -> Callable[[Rule], Rule]:
    """Replace the method; the rule gets the original first."""

    def decorate(rule: Rule) -> Rule:
        original = getattr(owner, method)

        @wraps(original)
        def replaced(self: Any, *args: Any, **kwargs: Any) -> Any:
            return rule(original, self, *args, **kwargs)

        setattr(owner, method, replaced)
        ENTRIES.append(Entry(_name(rule), f"{owner.__name__}.{method}", doc))
        return rule

    return decorate


def added(owner: type, doc: str) -> Callable[[Rule], Rule]:
    """Give moto's application an operation that it lacks."""

    def decorate(rule: Rule) -> Rule:
        setattr(owner, _name(rule), rule)
        ENTRIES.append(Entry(_name(rule), f"{owner.__name__}.{_name(rule)}", doc))
        return rule

    return decorate


def _name(rule: Rule) -> str:
    return str(getattr(rule, "__name__", rule))
