"""Files without tags are copied: rendering each takes time, and copied ones may hold any `<<`."""

import json
from fnmatch import fnmatch
from pathlib import Path

import jinja2
import pytest

from tests.bake.baking import PROJECT, copied, files

TEMPLATE_NAME = "cookiecutter."


@pytest.fixture
def settings(template: Path) -> dict[str, dict]:
    return json.loads((template / "cookiecutter.json").read_text())


def test_what_is_copied_has_no_tags_and_what_is_rendered_has(template: Path) -> None:
    """So nothing is copied that should be filled in, and nothing rendered in vain."""
    wrong = {
        name: "has tags: take it off _copy_without_render"
        if copied(template, name)
        else "has no tags: put it on _copy_without_render"
        for name, path in files(template / PROJECT).items()
        if copied(template, name) == (TEMPLATE_NAME in path.read_text())
    }
    assert wrong == {}


def test_every_pattern_of_the_list_is_needed(template: Path, settings: dict) -> None:
    folder = template / PROJECT
    names = [*files(folder), *(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_dir())]
    idle = [
        pattern
        for pattern in settings["_copy_without_render"]
        if not any(fnmatch(name, pattern) for name in names)
    ]
    assert idle == []


def test_every_tag_is_one_of_ours(template: Path, settings: dict) -> None:
    """A heredoc, a shift or a merge key in a rendered file would be taken for a tag."""
    environment = jinja2.Environment(**settings["_jinja2_env_vars"], autoescape=False)  # noqa: S701
    for name, path in files(template / PROJECT).items():
        if copied(template, name):
            continue
        inside: list[str] = []
        for _, token, value in environment.lex(path.read_text()):
            if token == "variable_begin":
                inside = []
            elif token == "variable_end":
                assert "cookiecutter" in inside, f"{name}: << {' '.join(inside)} >>"
            else:
                inside.append(value)
