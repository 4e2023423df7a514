"""Shows what each tier's settings are: python -m stack.settings_page.

With --write it writes docs/settings.md anew, the page about all settings there are.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from .configuration import PROJECT_FILE
from .files import names_of, settings_in
from .guardrails import RULES, WHOLE
from .settings import COMMON, NEXT_RELEASE, ROLLOUTS, Settings
from .tiers import BURST, COLUMNS, DEFAULTS, STEADY, TIERS

INFRA = Path(__file__).parents[1]
PAGE = INFRA.parent / "docs" / "settings.md"
INTRODUCTION = f"""\
# Settings

A setting of one tier goes into `infra/Pulumi.<tier>.yaml`, under `config:`, as
`<project>:<setting>`. What is not there has the default of its tier. The settings that all tiers
share are in `infra/{PROJECT_FILE}`.

Every setting is checked before anything is asked of AWS; what is wrong is said with file, value and
rule, all of it at once. `make settings` shows what each tier has now.

This page is written from `infra/stack/settings.py` and `infra/stack/tiers.py`; a test holds it to
them.
"""
WORDS = {"burst": BURST, "steady": STEADY}


def page() -> str:
    """Write the page."""
    return "\n".join([INTRODUCTION, *_sections()])


def effective() -> str:
    """Show the settings that each tier has now, a column for each."""
    tiers = {tier: settings_of(tier).model_dump() for tier in TIERS}
    rows = [["", *TIERS]]
    rows += [[name, *(_short(each[name]) for each in tiers.values())] for name in _names()]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
             for row in rows]  # fmt: skip
    return "\n".join(line.rstrip() for line in lines)


def settings_of(tier: str) -> Settings:
    """Load a tier's settings from the project's files, as `pulumi up` would."""
    return settings_in(INFRA, names_of(INFRA, tier))


def _names() -> list[str]:
    return [name for name in Settings.model_fields if name not in COMMON]


def _sections() -> Iterator[str]:
    yield "## Common to all tiers\n"
    yield from (_entry(name) for name in COMMON)
    yield "## Of each tier\n"
    yield from (_entry(name) for name in _names() if name not in (*NEXT_RELEASE, *ROLLOUTS))
    yield "## Of rollouts\n"
    yield (
        "`deliver` reads these while it moves traffic; `pulumi up` makes nothing of them. What\n"
        "they do to a rollout is told in [delivery.md](delivery.md#what-a-rollout-does).\n"
    )
    yield from (_entry(name) for name in ROLLOUTS)
    yield "## Of the next release\n"
    yield (
        "Machines are made from a release and keep what they were made from. These settings enter\n"
        "the release that is made next.\n"
    )
    yield from (_entry(name) for name in _names() if name in NEXT_RELEASE)


def _entry(name: str) -> str:
    field = Settings.model_fields[name]
    lines = [f"### `{name}`\n", f"{field.description}\n", *_bounds(field)]
    if name in DEFAULTS:
        lines += [
            f"| {' | '.join(COLUMNS)} |",
            f"|{' --- |' * len(COLUMNS)}",
            f"| {' | '.join(_short(value) for value in DEFAULTS[name])} |\n",
        ]
    elif not field.is_required():
        lines.append(f"Default: {_short(field.default)}.\n")
    if name == "exceptions":
        lines += [*_guardrails()]
    return "\n".join(lines)


def _guardrails() -> Iterator[str]:
    """List the rules that an exception can name."""
    yield "| guardrail | |"
    yield "| --- | --- |"
    for name, rule in (*RULES.items(), *WHOLE.items()):
        yield f"| `{name}` | {(rule.__doc__ or '').strip()} |"
    yield ""


def _bounds(field: FieldInfo) -> list[str]:
    """Say which numbers a setting may have."""
    least = next((each.ge for each in field.metadata if isinstance(each, Ge)), None)
    most = next((each.le for each in field.metadata if isinstance(each, Le)), None)
    if least is not None and most is not None:
        return [f"From {least} to {most}.\n"]
    if get_origin(field.annotation) is Literal:
        return [f"One of {', '.join(str(each) for each in get_args(field.annotation))}.\n"]
    return []


def _short(value: Any) -> str:  # noqa: ANN401 any setting's value
    """Write a value as a person would."""
    for word, table in WORDS.items():
        if value is table:
            return f"{word}, see `stack/tiers.py`"
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={inner}" for key, inner in value.items()) or "none"
    return str(value) or "none"


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page())
    else:
        print(effective())  # noqa: T201
