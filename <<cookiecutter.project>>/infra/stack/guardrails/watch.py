"""Holds every resource against the rules, on every preview and every up, before it exists.

Where a rule must not hold, the setting `exceptions` says so, with the reason: `<rule>/<resource>`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pulumi

from ..refusal import Gathering, Refused
from .candidate import Candidate
from .rules import RULES, WHOLE

# Values that a rule can judge, or, for an Output, knows that it cannot.
OPEN = (str, int, float, bool, pulumi.Output)


class Guardrails:
    """The rules and their exceptions in one tier.

    A preview makes nothing, so it tells all problems of all resources together, at the end. An
    `up` without a preview stops at the first resource that is wrong, before it is declared.
    """

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
        self._problems: list[str] = []
        self._seen: list[tuple[Candidate, pulumi.Resource]] = []

    def watch(self) -> None:
        """Judge everything that is declared from here on."""
        # The newer transforms run apart from the program, where a refusal becomes a traceback.
        pulumi.runtime.register_stack_transformation(self._transformation)

    @property
    def seen(self) -> list[pulumi.Resource]:
        """Give what was declared so far."""
        return [resource for _, resource in self._seen]

    def close(self) -> None:
        """Judge the stack as a whole, and tell what was gathered.

        Refuses also exceptions that excuse nothing: they would excuse a later mistake.
        """
        stack = [_with_outputs(candidate, made) for candidate, made in self._seen]
        for rule, broken in WHOLE.items():
            for candidate, problem in broken(stack):
                self._note(rule, candidate.name, problem)
        gathering = Gathering()
        with gathering.taken():
            self._refuse()
        with gathering.taken():
            self._refuse_unused()
        gathering.refuse()

    def _judge(self, candidate: Candidate) -> None:
        """Note what is wrong with a resource; in an `up`, refuse it."""
        kinds = sorted(_closed(candidate.inputs))
        for kind in kinds:
            self._problems.append(
                f"{candidate.name}: it has a {kind} among its inputs, which guardrails cannot look "
                'into; write a table instead: {"key": value}.'
            )
        if not kinds:
            for rule, broken in RULES.items():
                for problem in broken(candidate):
                    self._note(rule, candidate.name, problem)
        if not pulumi.runtime.is_dry_run():
            self._refuse()

    def _note(self, rule: str, name: str, problem: str) -> None:
        if f"{rule}/{name}" in self._exceptions:
            self._used.add(f"{rule}/{name}")
        else:
            self._problems.append(f"{name}: {problem} (guardrail {rule}).")

    def _refuse(self) -> None:
        if self._problems:
            raise Refused(
                self._problems,
                "Correct it; or, where it must be so, give the reason in "
                f"{self._settings_key}, as <guardrail>/<resource>.",
            )

    def _refuse_unused(self) -> None:
        unused = sorted(self._exceptions.keys() - self._used)
        if unused:
            said = "excuses nothing that is declared."
            raise Refused([f"{self._settings_key}.{each} {said}" for each in unused], "Remove it.")

    def _transformation(
        self, args: pulumi.ResourceTransformationArgs
    ) -> pulumi.ResourceTransformationResult | None:
        if isinstance(args.resource, pulumi.CustomResource):
            candidate = Candidate(
                type=args.type_,
                name=args.name,
                inputs=_plain(args.props),
                taggable=hasattr(type(args.resource), "tags"),
                protected_tier=self._protected_tier,
                plain_http=self._plain_http,
            )
            self._seen.append((candidate, args.resource))
            self._judge(candidate)
        return None


def _with_outputs(candidate: Candidate, made: pulumi.Resource) -> Candidate:
    """Add what a resource gives to others, which is there only once it is declared."""
    outputs = {key: value for key, value in vars(made).items() if isinstance(value, pulumi.Output)}
    return Candidate(candidate.type, candidate.name, candidate.inputs, outputs=outputs)


def _plain(value: Any) -> Any:  # noqa: ANN401 inputs are of any type
    """Copy tables and lists all the way down."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def _closed(value: Any) -> Iterable[str]:  # noqa: ANN401 as above
    """Name the types inside an input that rules cannot look into, once each."""
    if isinstance(value, Mapping):
        return {kind for inner in value.values() for kind in _closed(inner)}
    if isinstance(value, list | tuple):
        return {kind for inner in value for kind in _closed(inner)}
    return set() if value is None or isinstance(value, OPEN) else {type(value).__name__}
