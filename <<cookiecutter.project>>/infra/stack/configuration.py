"""Loads the settings: a stack's whole configuration is checked before any cloud call."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from .calendar import Event, clashes
from .fields import architecture_of
from .guardrails import NAMES
from .guardrails.secrets import SECRET_VARIABLE
from .names import Names
from .refusal import Refused, line_of, nearest
from .settings import COMMON, Settings
from .tiers import TIERS, defaults

PROJECT_FILE = "Pulumi.yaml"
KNOWN = (*Settings.model_fields, *Event.model_fields)
SECRETS_ADVICE = (
    "Settings end in user-data, readable on every instance: put the value into Secrets Manager "
    "and its ARN into `secrets`."
)


def load_settings(
    names: Names, config: Mapping[str, str], secret_keys: Collection[str] = ()
) -> Settings:
    """Check a configuration, in the form Pulumi gives it: {"orders:max_size": "12"}."""
    if names.tier not in TIERS:
        near = nearest(names.tier, TIERS) or "."
        raise Refused(
            [f"{names.settings_file}: {names.tier!r} is no tier{near}"],
            f"The tiers are {', '.join(TIERS)}: select one with `pulumi stack select`.",
        )
    return _Loading(names, config, secret_keys).settings()


class _Loading:
    """One configuration on its way to settings."""

    def __init__(
        self, names: Names, config: Mapping[str, str], secret_keys: Collection[str]
    ) -> None:
        self.names = names
        own = f"{names.service}:"
        given = {k.removeprefix(own): v for k, v in config.items() if k.startswith(own)}
        self.given = {key: _parsed(key, value) for key, value in given.items()}
        self.table = defaults(names.tier, given.get("architecture", ""))
        self.encrypted = [key for key in given if own + key in secret_keys]

    def settings(self) -> Settings:
        """Give the settings, or raise."""
        problems = [self.line(key, f"is encrypted. {SECRETS_ADVICE}") for key in self.encrypted]
        settings, refused = self.validated()
        problems += refused
        if settings:
            problems += self.contradictions(settings)
        if problems or not settings:
            raise Refused(problems)
        return settings

    def validated(self) -> tuple[Settings | None, list[str]]:
        """Make the model; where a value is refused use its default, so that the rest is judged."""
        try:
            return Settings.model_validate({**self.table, **self.given}), []
        except ValidationError as error:
            errors = error.errors()
        problems = [self.problem(each) for each in errors]
        bad = {each["loc"][0] for each in errors}
        rest = {key: value for key, value in self.given.items() if key not in bad}
        try:
            return Settings.model_validate({**self.table, **rest}), problems
        except ValidationError:  # what has no default is wrong: nothing to go on with
            return None, problems

    def problem(self, error: ErrorDetails) -> str:
        """Write one refused value as a line."""
        key, nested = str(error["loc"][0]), len(error["loc"]) > 1
        where = f"{self.file(key)}: {self.names.service}"
        line = line_of(error, where, KNOWN, joint=":")
        match error["type"]:
            case "extra_forbidden" if not nested:
                advice = "Settings are listed in stack/settings.py; correct the name or remove it."
            case "missing" if not nested:
                advice = f"Add it under config, as `{key}: {{value: ...}}`."
            case "missing":
                advice = f"Add it, or remove {key}."
            case _ if key in COMMON:
                advice = "Correct it there."
            case _:
                default = json.dumps(self.table.get(key, Settings.model_fields[key].default))
                advice = f"Correct or remove it; the default of {self.names.tier} is {default}."
        return f"{line} {advice}"

    def contradictions(self, settings: Settings) -> list[str]:
        """List what is wrong between settings that are each right."""
        problems = []
        if settings.min_size > settings.max_size:
            problems.append(
                self.line("min_size", f"is {settings.min_size}, more than max_size, "
                          f"{settings.max_size}. Lower it or raise max_size.")
            )  # fmt: skip
        problems += [
            self.line(f"events.{name}", f"{rule}. Move it, or change the other.")
            for name, rule in clashes(settings.events, settings.night)
        ]
        problems += [
            self.line(
                "instance_types",
                f"has {each}, which is {architecture_of(each)}; the builds are "
                f"{settings.architecture}. Choose another type, or change architecture in "
                f"{PROJECT_FILE}.",
            )
            for each in settings.instance_types
            if architecture_of(each) != settings.architecture
        ]
        problems += [
            self.line(f"environment.{name}", f"looks like a secret. {SECRETS_ADVICE}")
            for name in settings.environment
            if SECRET_VARIABLE.search(name)
        ]
        problems += [
            self.line(f"secrets.{name}", "is in `environment` too. Remove it from one of them.")
            for name in settings.secrets
            if name in settings.environment
        ]
        problems += [
            self.line(
                f"exceptions.{name}",
                f"names no guardrail{nearest(rule, NAMES) or '.'} There are {', '.join(NAMES)}.",
            )
            for name in settings.exceptions
            if (rule := name.partition("/")[0]) not in NAMES
        ]
        return problems

    def line(self, key: str, what: str) -> str:
        """Write a line about a setting."""
        return f"{self.file(key)}: {self.names.service}:{key} {what}"

    def file(self, key: str) -> str:
        """Tell the file a setting is in."""
        return PROJECT_FILE if key in COMMON else self.names.settings_file


def _parsed(key: str, value: str) -> Any:  # noqa: ANN401 whatever the file holds; the model judges it
    """Undo Pulumi's encoding: lists and tables arrive as JSON, all else as text."""
    if key in Settings.model_fields and value[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
