"""Typed settings from Pulumi's configuration: every key checked, every problem told at once.

A settings class is a frozen dataclass whose fields are made by `setting(rule, ...)`. What a stack
file does not say comes from the defaults; a key that is no field is an error that names its
nearest neighbour.
"""

import dataclasses
import difflib
import json
from collections.abc import Callable, Mapping
from typing import Any, cast

import pulumi.runtime.config

from platform_parts.errors import PlatformError

type Rule = Callable[[Any], Any]
"""Takes the value as written, returns it typed, or raises ValueError with the rule."""


def setting(rule: Rule, doc: str) -> Any:  # noqa: ANN401  a dataclass field stands for the annotated type
    """Declare a field: the rule its value keeps, and the line that documents it."""
    return dataclasses.field(metadata={"rule": rule, "doc": doc})


def given_settings() -> dict[str, str]:
    """Every configuration value of this run, by full key, as the engine handed it over."""
    return {
        **pulumi.runtime.config.get_config_env(),  # by the CLI
        **pulumi.runtime.config.CONFIG.get(),  # by the Automation API, per thread
    }


def load_settings[T](
    kind: type[T],
    defaults: Mapping[str, Any],
    given: Mapping[str, str],
    conflicts: Callable[[T, str], list[str]] = lambda _settings, _region: [],
) -> T:
    """Read the settings of the running stack, or raise PlatformError with a line per problem.

    `conflicts` names what is wrong between settings, each right by itself, or with the region.
    """
    project, file = pulumi.get_project(), f"Pulumi.{pulumi.get_stack()}.yaml"
    known = {field.name: field for field in dataclasses.fields(cast("Any", kind))}
    values = dict(defaults)
    problems = []
    if not given.get("aws:region"):
        problems.append(
            f"{file}: aws:region is missing; set it: pulumi config set aws:region eu-west-1"
        )
    for key, text in sorted(given.items()):
        namespace, _, name = key.partition(":")
        if namespace != project:
            if difflib.get_close_matches(namespace, [project], cutoff=0.8):
                problems.append(
                    f"{file}: {key} belongs to no project; did you mean {project}:{name}?"
                )
        elif name not in known:
            problems.append(f"{file}: {key} is not a setting; {_hint(project, name, list(known))}")
        else:
            try:
                values[name] = known[name].metadata["rule"](_plain(text))
            except ValueError as error:
                problems.append(f"{file}: {key} is {_shown(text)}; it must be {error}.")
    if problems:
        raise PlatformError(problems)
    settings = kind(**values)
    found = conflicts(settings, given["aws:region"])
    if found:
        raise PlatformError([f"{file}: {project}:{problem}" for problem in found])
    return settings


def _hint(project: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    if near:
        return f"did you mean {project}:{near[0]}?"
    return f"there are {', '.join(sorted(known))}"


def _plain(text: str) -> Any:  # noqa: ANN401  configuration holds any JSON
    """Turn configuration text into a value: Pulumi hands all over as text, objects as JSON."""
    if text in {"true", "false"} or text[:1] in {"[", "{"} or text.removeprefix("-").isdigit():
        try:
            return json.loads(text)
        except ValueError:  # 007 and the like are no JSON numbers: text then
            return text
    return text


def _shown(text: str) -> str:
    return text if text.strip() == text and text else json.dumps(text)
