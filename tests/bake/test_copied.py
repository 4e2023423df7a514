"""What has plain tags at most is copied and filled by the last hook; Jinja renders only the rest.

For each file that it renders, and for each name, Jinja takes longer than the hook for all of them.
"""

import json
import re
import stat
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import jinja2
import pytest

from tests.bake.answers import DEFAULTS, derived
from tests.bake.baking import PROJECT, contents, copied, files
from tests.bake.hooks import post_gen_project

PLAIN = re.compile(rf"<<( ?)cookiecutter\.({'|'.join(post_gen_project.VALUES)})\1>>")


@pytest.fixture
def settings(template: Path) -> dict[str, Any]:
    return json.loads((template / "cookiecutter.json").read_text())


def needs_jinja(path: Path) -> bool:
    """Whether it has a tag that the hook does not fill in."""
    return "cookiecutter." in PLAIN.sub("", path.read_text())


def test_only_what_needs_jinja_is_rendered(template: Path) -> None:
    wrong = {
        name: "Jinja must render it: take it off _copy_without_render"
        if copied(template, name)
        else "has plain tags at most: put it on _copy_without_render, at best with its folder"
        for name, path in files(template / PROJECT).items()
        if copied(template, name) == needs_jinja(path)
    }
    assert wrong == {}


def test_every_pattern_of_the_list_is_needed(template: Path, settings: dict[str, Any]) -> None:
    folder = template / PROJECT
    names = [*files(folder), *(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_dir())]
    patterns = settings["_copy_without_render"]
    assert [p for p in patterns if not any(fnmatch(name, p) for name in names)] == []


def test_every_tag_that_jinja_sees_is_one_of_ours(template: Path, settings: dict[str, Any]) -> None:
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


def test_the_hook_knows_every_question_and_what_follows(settings: dict[str, Any]) -> None:
    known = {name for name in settings if not name.startswith("_")} | {*derived(DEFAULTS)}
    assert set(post_gen_project.VALUES) == known
    for name, value in post_gen_project.VALUES.items():
        assert value == f"<<cookiecutter.{name}>>"


def test_filling_keeps_all_but_the_tags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {
        "run.sh": b"#!/bin/sh\necho <<cookiecutter.project>>, << cookiecutter.project >> <<EOF\r\n",
        "deep/er/two.py": b"<<cookiecutter.team>><<cookiecutter.region>>",
        "binary": bytes(range(256)) + b"<<cookiecutter.ci>>",
        "others": b"<<cookiecutter.unknown>> <<  cookiecutter.ci>> cookiecutter.ci {{ ci }}",
        ".git/config": b"<<cookiecutter.ci>>",
        "infra/.venv/x.py": b"<<cookiecutter.ci>>",
    }
    for name, text in before.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(text)
    (tmp_path / "run.sh").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    post_gen_project.fill(DEFAULTS)
    after = {**before, "run.sh": b"#!/bin/sh\necho orders, orders <<EOF\r\n"}
    after |= {"deep/er/two.py": b"shopeu-west-1", "binary": bytes(range(256)) + b"github"}
    assert {name: (tmp_path / name).read_bytes() for name in before} == after
    assert stat.S_IMODE((tmp_path / "run.sh").stat().st_mode) == 0o755
    once = contents(tmp_path)
    post_gen_project.fill(DEFAULTS)
    assert contents(tmp_path) == once
