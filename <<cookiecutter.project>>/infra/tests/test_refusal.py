import subprocess
import sys

import pulumi
import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from stack.refusal import (
    ALREADY_TOLD,
    Gathering,
    Refused,
    ToldError,
    ended_at_once,
    nearest,
    problems_of,
    shown,
    told,
)


class Small(BaseModel):
    """A model with one of each kind of mistake to make."""

    model_config = ConfigDict(extra="forbid")

    size: int
    names: dict[str, int] = {}


def problems(text: str) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        Small.model_validate_json(text)
    return problems_of(caught.value, "small.json", Small.model_fields)


def test_one_problem_and_its_advice_are_one_line() -> None:
    assert str(Refused(["It is wrong."], "Correct it.")) == "It is wrong. Correct it."


def test_several_problems_are_a_line_each_and_the_advice_is_the_last() -> None:
    assert str(Refused(["One.", "Two."], "Correct them.")) == "One.\nTwo.\nCorrect them."


def test_where_the_process_goes_on_the_refusal_has_been_told_before_the_program_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(pulumi.log, "error", heard.append)

    with pytest.raises(ToldError), told():
        raise Refused(["It is wrong."])
    assert heard == ["It is wrong."]


def test_pulumi_prints_just_the_message_of_what_ends_the_program() -> None:
    assert issubclass(ToldError, pulumi.RunError)


def test_it_is_told_once_and_ends_the_program_before_what_is_queued_is_made() -> None:
    program = """
import atexit
from stack.refusal import Refused, ended_at_once, told
atexit.register(print, "made what was queued")
with ended_at_once(), told():
    raise Refused(["It is wrong."])
"""
    done = subprocess.run(  # noqa: S603 the program above
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert done.stderr == "error: It is wrong.\n"
    assert done.stdout == ""
    assert done.returncode == ALREADY_TOLD == 32


def test_refusals_that_are_gathered_are_told_together() -> None:
    gathering = Gathering()
    for word in ("One", "Two"):
        with gathering.taken():
            raise Refused([f"{word} is wrong."], "Correct it.")

    with pytest.raises(Refused) as caught:
        gathering.refuse()
    assert str(caught.value) == "One is wrong. Correct it.\nTwo is wrong. Correct it."


def test_nothing_gathered_is_no_refusal() -> None:
    Gathering().refuse()


def test_any_other_error_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError), ended_at_once(), told():
        _ = 1 / 0


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{}", "small.json: size is missing."),
        ('{"size": "x"}', "small.json: size is 'x'; it must be a valid integer, unable to parse"),
        ('{"size": 1, "sizes": 2}', "small.json: sizes is not known; did you mean size?"),
        ('{"size": 1, "names": {"a": "b"}}', "small.json: names.a is 'b'; it must be a valid int"),
        ("[1]", "small.json: it must be an object."),
        ('{"size": 1', "small.json: it is not JSON: EOF while parsing an object at line 1"),
    ],
)
def test_a_problem_says_where_what_and_which_rule(text: str, line: str) -> None:
    [found] = problems(text)

    assert found.startswith(line)


def test_all_problems_are_listed() -> None:
    assert len(problems('{"size": "x", "names": {"a": "b"}, "more": 1}')) == 3


def test_a_long_value_is_cut() -> None:
    assert len(shown("x" * 1000)) == 60
    assert shown("x") == "'x'"


def test_a_name_far_from_any_other_has_no_neighbour() -> None:
    assert nearest("zzz", ["size", "names"]) == ""
