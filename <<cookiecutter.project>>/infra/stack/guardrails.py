"""Holds every resource against the rules, on every preview and every up, before it exists.

Where a rule must not hold, the setting `exceptions` says so, with the reason: `<rule>/<resource>`.
"""

from collections.abc import Mapping
from typing import Any

import pulumi

from .guardrail_rules import RULES, Candidate
from .refusal import Refused

# Values that a rule can judge, or, for an Output, knows that it cannot.
OPEN = (str, int, float, bool, pulumi.Output)


class Guardrails:
    """The rules and their exceptions in one tier."""

    def __init__(
        self,
        exceptions: Mapping[str, str],
        settings_key: str,
        *,
        protected_tier: bool,
        plain_http: bool,
    ) -> None:
        self._exceptions = exceptions
        self._settings_key = settings_key  # where a person writes exceptions
        self._protected_tier = protected_tier
        self._plain_http = plain_http
        self._used: set[str] = set()

    def watch(self) -> None:
        """Judge everything that is declared from here on."""
        # The newer transforms run apart from the program, where a refusal becomes a traceback.
        pulumi.runtime.register_stack_transformation(self._transformation)

    def judge(self, type_: str, name: str, inputs: Mapping[str, Any]) -> None:
        """Refuse a resource that breaks a rule, with all its problems."""
        candidate = Candidate(
            type=type_,
            name=name,
            inputs=_plain(inputs, name),
            protected_tier=self._protected_tier,
            plain_http=self._plain_http,
        )
        problems = []
        for rule, broken in RULES.items():
            found = [f"{name}: {problem} (guardrail {rule})." for problem in broken(candidate)]
            if found and f"{rule}/{name}" in self._exceptions:
                self._used.add(f"{rule}/{name}")
            else:
                problems += found
        if problems:
            raise Refused(
                problems,
                "Correct it; or, where it must be so, give the reason in "
                f"{self._settings_key}, as <guardrail>/{name}.",
            )

    def close(self) -> None:
        """Refuse exceptions that excuse nothing: they would excuse a later mistake."""
        unused = sorted(self._exceptions.keys() - self._used)
        if unused:
            raise Refused(
                [
                    f"{self._settings_key}.{each} excuses nothing that is declared."
                    for each in unused
                ],
                "Remove it.",
            )

    def _transformation(
        self, args: pulumi.ResourceTransformationArgs
    ) -> pulumi.ResourceTransformationResult | None:
        if isinstance(args.resource, pulumi.CustomResource):
            self.judge(args.type_, args.name, args.props)
        return None


def _plain(value: Any, name: str) -> Any:  # noqa: ANN401 inputs are of any type
    """Copy tables and lists all the way down; refuse what rules cannot look into."""
    if isinstance(value, Mapping):
        return {key: _plain(inner, name) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner, name) for inner in value]
    if isinstance(value, OPEN) or value is None:
        return value
    kind = type(value).__name__
    raise Refused(
        [f"{name}: it has a {kind} among its inputs, which guardrails cannot look into."],
        'Write a table instead: {"key": value}.',
    )
