"""The rules for answers: every bad one gets one clear line, every good one passes."""

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.bake.answers import DEFAULTS, LONGEST, derived
from tests.bake.bad_answers import CASES, GITLAB_REPOSITORIES
from tests.bake.hooks import pre_gen_project, render

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
GOOD: dict[str, list[str]] = {
    "project": ["pay", "a1b2-c3d4-e5f6-g7h8i", "orders-api", "a-1", "strings"],
    "description": ["x", LONGEST["description"], "x" * 120, "O'Neill & sons: 100% #1 >> é"],
    "team": ["t", "shop", "site-reliability", "team_9", "9-lives"],
    "repository": ["a/b", "Acme-Inc/.github", "octo_acme/orders", "a" * 39 + "/" + "b" * 100],
    "region": [*pre_gen_project.REGIONS.split(), "eu-north-2", "us-isob-west-1", "ap-southeast-9"],
}


def problems(**answers: object) -> list[str]:
    """What the hook says of these answers, the others being the defaults."""
    complete = {**DEFAULTS, **answers}
    text = {name: str(value) for name, value in complete.items()}
    return pre_gen_project.problems({**derived(text), **complete})


def one_line(found: list[str], name: str) -> str:
    assert len(found) == 1, found
    assert found[0].startswith(f"{name} is ")
    assert found[0].isprintable()
    return found[0]


@pytest.mark.parametrize(("name", "value", "said"), CASES)
def test_each_bad_answer_gets_one_line(name: str, value: str, said: str) -> None:
    if "<<" not in value:  # rendered on its way to the hook
        assert said in one_line(problems(**{name: value}), name)


@pytest.mark.parametrize("value", ["a << b", "<<cookiecutter.team>>", "<% x %>", "a <# b"])
def test_a_description_holds_no_tags(value: str) -> None:
    """Typed at the prompt they arrive as they are, and every update would render them again."""
    assert "leave out << <% <#" in one_line(problems(description=value), "description")


@pytest.mark.parametrize(("value", "said"), GITLAB_REPOSITORIES)
def test_gitlab_has_rules_of_its_own(value: str, said: str) -> None:
    assert said in one_line(problems(repository=value, ci="gitlab"), "repository")


@pytest.mark.parametrize("value", ["acme/orders", "a/b", "Acme.Inc/sub_1/x-y", "/".join("a" * 21)])
def test_gitlab_takes_subgroups(value: str) -> None:
    assert problems(repository=value, ci="gitlab") == []


@pytest.mark.parametrize("name", ["ci", "python", "architecture"])
@pytest.mark.parametrize("value", ["", "bitbucket", "3.9", "ARM64", "github "])
def test_choices_are_checked_too(name: str, value: str) -> None:
    """cookiecutter checks what it is given on the command line, but replays whatever there is."""
    assert "choose one of" in one_line(problems(**{name: value}), name)


@pytest.mark.parametrize("name", DEFAULTS)
@pytest.mark.parametrize("value", [None, True, 3.13, 7, ["orders"], {"a/b": 1}])
def test_only_text_is_an_answer(name: str, value: object) -> None:
    said = one_line(problems(**{name: value}), name)
    assert "answer with text" in said
    assert ("missing" if value is None else repr(value)) in said


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in GOOD.items() for value in values]
)
def test_good_answers_pass(name: str, value: str) -> None:
    assert problems(**{name: value}) == []


@pytest.mark.parametrize("name", derived(DEFAULTS))
def test_what_follows_from_the_answers_cannot_contradict_it(name: str) -> None:
    assert f"{name} is 'other': it follows from the others" in one_line(
        problems(**{name: "other"}), name
    )


@given(st.text(max_size=30) | st.from_regex(SLUG, fullmatch=True))
@example("aws")
@example("internal-" * 3)
def test_any_name_passes_or_gets_one_that_passes(value: str) -> None:
    found = problems(project=value)
    if found:
        suggested = one_line(found, "project").rpartition("such as ")[2]
        assert problems(project=suggested) == []
    else:
        assert SLUG.fullmatch(value)
        assert len(value) in range(3, 21)


@given(st.dictionaries(st.sampled_from(sorted(DEFAULTS)), st.text(max_size=200)))
def test_any_text_gets_at_most_one_printable_line_per_answer(answers: dict[str, str]) -> None:
    for line in problems(**answers):
        assert line.isprintable()
        assert line.partition(" is ")[0] in {*DEFAULTS, *derived(DEFAULTS)}


@given(st.dictionaries(st.text("abc_", min_size=1), st.text() | st.none() | st.integers()))
@example({"a": '"""', "b": "\\", "c": "'"})
@example({"a": "x:y\nz", "b": "", "_c": "private"})
@example({"a": "\ud83d \U0001f6a2 \u2028"})
def test_any_answer_fits_into_the_hook(answers: dict[str, object]) -> None:
    rendered = render("pre_gen_project", answers)
    scope: dict[str, Any] = {"__name__": "rendered"}
    exec(compile(rendered.encode(), "rendered", "exec"), scope)  # noqa: S102
    read = scope["read"](scope["ANSWERS"])
    given_answers = {n: v for n, v in answers.items() if not n.startswith("_") or n[:2] == "__"}
    assert {n: v if isinstance(v, str) else repr(v) for n, v in given_answers.items()} == {
        n: v if isinstance(v, str) else repr(v) for n, v in read.items()
    }
    assert {n for n, v in read.items() if isinstance(v, str)} == {
        n for n, v in given_answers.items() if isinstance(v, str)
    }
