"""The questions: asked in plain words, explained in the README, checked by the hook."""

import json
from typing import Any

import pytest
from cookiecutter.generate import generate_context
from cookiecutter.prompt import prompt_for_config

from tests.bake.answers import ARCHITECTURE, CI, DEFAULTS, PYTHON, SETS, Answers, derived
from tests.bake.baking import ROOT, Workshop, git, tool
from tests.bake.hooks import pre_gen_project

SETTINGS: dict[str, Any] = json.loads((ROOT / "cookiecutter.json").read_text())
QUESTIONS = [name for name in SETTINGS if not name.startswith("_")]


def test_these_are_the_questions_and_their_defaults() -> None:
    asked = {name: SETTINGS[name] for name in QUESTIONS}
    first = {name: value[0] if isinstance(value, list) else value for name, value in asked.items()}
    filled = {
        name: value.replace("<<cookiecutter.project>>", "orders") for name, value in first.items()
    }
    assert filled == DEFAULTS


def test_the_choices_are_those_that_the_hook_and_the_tests_know() -> None:
    choices = {name: value for name, value in SETTINGS.items() if name in pre_gen_project.CHOICES}
    assert choices == pre_gen_project.CHOICES
    assert choices == {"ci": [*CI], "python": [*PYTHON], "architecture": [*ARCHITECTURE]}


@pytest.mark.parametrize("answers", SETS.values(), ids=SETS)
def test_what_follows_from_them_is_derived(answers: Answers) -> None:
    complete = {**DEFAULTS, **answers}
    context = generate_context(str(ROOT / "cookiecutter.json"), extra_context=dict(answers))
    made = prompt_for_config(context, no_input=True)
    expected = {**complete, **derived(complete), "__guard": ""}
    assert {name: made[name] for name in expected} == expected
    assert set(made) - set(expected) == {"_jinja2_env_vars", "_copy_without_render"}


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_is_asked_in_words_on_one_line(name: str) -> None:
    prompt = SETTINGS["__prompts__"][name]
    words = prompt if isinstance(prompt, str) else prompt["__prompt__"]
    default = "" if isinstance(SETTINGS[name], list) else DEFAULTS[name]
    assert len(f"  [8/8] {words} ({default}): ") <= 100
    labels = {} if isinstance(prompt, str) else prompt
    assert set(labels) - {"__prompt__"} <= set(SETTINGS[name])


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_is_explained_in_the_readme(name: str) -> None:
    assert f"`{name}`" in (ROOT / "README.md").read_text()


def test_a_person_is_asked_them_in_turn(workshop: Workshop) -> None:
    typed = "pay-now\n\nmoney\nacme/shop/pay-now\n2\n3\n\nus-east-2\n"
    done = workshop.run(tool("cookiecutter"), workshop.template, typed=typed)
    assert done.returncode == 0, done.stderr
    assert "[1/8]" in done.stdout
    assert "GitLab CI" in done.stdout
    folder = workshop.shelf / "pay-now"
    assert (folder / ".python-version").read_text() == "3.14\n"
    assert (folder / ".gitlab-ci.yml").exists()
    assert git("status", "--porcelain", at=folder) == ""
