"""What may differ between tiers: read from the environment once, checked whole, then never changed."""

import difflib
import os
import sys
import textwrap
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

PREFIX = "<<cookiecutter.__env_prefix>>_"
BUNDLE = "CREDENTIALS_DIRECTORY"  # systemd sets it
SHARED_NUMBERS = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client reads it when it is imported
LOCAL = {"openapi": "true", "drain_seconds": "0"}  # what differs on a laptop
HEADING = """\
# Every setting, with what suits a laptop. `make run` reads .env, or this file where there is none.
# Made from settings.py: `make format` writes it anew, `make check` compares.
"""


class StartError(Exception):
    """The process cannot start. Each problem is one sentence that says what to do about it."""

    exit_code = 1

    def __init__(self, *problems: str) -> None:
        super().__init__(*problems)
        self.problems = problems

    def report(self) -> None:
        for problem in self.problems:
            sys.stderr.write(f"error: {problem}\n")


class SettingsError(StartError):
    """The environment does not make valid settings."""

    exit_code = 78  # EX_CONFIG of sysexits.h: starting again would not help


class Settings(BaseSettings):
    """Every setting of the service. A description completes the sentence "set it to …".

    A field of type SecretStr is a secret: it comes from a file, and no log or error shows it.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    tier: Annotated[
        Literal["local", "dev", "test", "stage", "prod"],
        Field(description="the tier this process runs in; every log line carries it"),
    ] = "local"
    release: Annotated[
        str,
        Field(
            max_length=64,
            pattern=r"^[\w.+-]+$",
            description="the name of the release; every log line carries it",
        ),
    ] = "unreleased"
    host: Annotated[str, Field(description="the address to listen on; 0.0.0.0 is every one")] = (
        "127.0.0.1"
    )
    port: Annotated[int, Field(ge=1, le=65535, description="the port to listen on")] = 8000
    workers: Annotated[
        int, Field(ge=1, le=64, description="the number of processes that serve; one for each CPU")
    ] = 1
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Field(description="the least level that is logged; debug adds the health checks"),
    ] = "info"
    openapi: Annotated[
        bool, Field(description="true to show the API's description at /schema/openapi.json")
    ] = False
    cors_origins: Annotated[
        tuple[str, ...],
        NoDecode,
        BeforeValidator(lambda value: value.split(",") if isinstance(value, str) else value),
        Field(
            description="the origins whose pages may call the API, such as https://example.com,"
            " separated by commas; none means no CORS at all"
        ),
    ] = ()
    tracing: Annotated[
        bool,
        Field(description="true to trace requests; OTEL_EXPORTER_OTLP_ENDPOINT says where to"),
    ] = False
    request_seconds: Annotated[
        float, Field(gt=0, le=300, description="the seconds a request may take before it gets 503")
    ] = 30
    body_bytes: Annotated[
        int,
        Field(ge=1, le=100_000_000, description="the largest request body; above it comes 413"),
    ] = 1_000_000
    drain_seconds: Annotated[
        float,
        Field(
            ge=0,
            le=300,
            description="the seconds to go on serving after SIGTERM while /readyz says 503,"
            " so that the balancer looks elsewhere first",
        ),
    ] = 15

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, Credentials(settings_cls)


class Credentials(PydanticBaseSettingsSource):
    """Secrets as systemd's LoadCredential= hands them over: one file each, named like API_KEY."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = Path(os.environ.get(BUNDLE, ""), field_name.upper())
        readable = BUNDLE in os.environ and is_secret(field) and path.is_file()
        return (path.read_text().rstrip("\n") if readable else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        values = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in values.items() if value is not None}


def load_settings[S: Settings](settings: type[S]) -> S:
    """Raise SettingsError with every problem there is, not only the first."""
    known = {variable(name) for name in settings.model_fields}
    ours = {name.upper() for name in os.environ if name.upper().startswith(PREFIX)}
    problems = [_unknown(name, known) for name in sorted(ours - known)]
    try:
        loaded = settings()
    except ValidationError as exc:
        problems += [
            _invalid(settings, str(error["loc"][0]), error["type"], error["msg"], error["input"])
            for error in exc.errors()
        ]
        raise SettingsError(*problems) from None  # the cause shows the values, secrets too
    if problems:
        raise SettingsError(*problems)
    return loaded


def example() -> str:
    """What .env.example holds: every setting, those commented out that need no other value here."""
    blocks = [HEADING]
    for name, field in Settings.model_fields.items():
        value = LOCAL.get(name, "" if field.is_required() else text(field.default))
        assignment = f"{variable(name)}={value}"
        given = name in LOCAL or field.is_required()
        description = field.description or ""
        about = textwrap.wrap(f"{description[:1].upper()}{description[1:]}.", 96)
        lines = [*(f"# {line}" for line in about), assignment if given else f"# {assignment}"]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def is_secret(field: FieldInfo) -> bool:
    return SecretStr in (field.annotation, *get_args(field.annotation))


def variable(name: str) -> str:
    """The environment variable of a field."""
    return f"{PREFIX}{name.upper()}"


def text(value: object) -> str:
    """A value as one writes it into the environment."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _unknown(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else "Remove it; .env.example lists every setting."
    return f"{name} is set, but there is no such setting. {hint}"


def _invalid(settings: type[Settings], name: str, kind: str, rule: str, value: object) -> str:
    field = settings.model_fields[name]
    shown = "wrong" if is_secret(field) else repr(value)
    what = "is not set" if kind == "missing" else f"is {shown}: it {rule.removeprefix('Input ')}"
    where = f" (or put it into the file {name.upper()} of ${BUNDLE})" if is_secret(field) else ""
    usual = "" if field.is_required() else text(field.default)
    default = f", or leave it out for {usual}" if usual else ""
    return f"{variable(name)} {what}. Set it to {field.description}{where}{default}."
