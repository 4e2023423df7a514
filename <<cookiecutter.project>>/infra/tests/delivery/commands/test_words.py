import shlex

import pytest

from delivery.commands.words import (
    BOOT,
    LONGEST_COMMENT,
    MOST_CHARACTERS,
    MOST_WORDS,
    comment,
    script,
)
from stack.refusal import Refused

AWKWARD = (
    "run",
    "",
    "it's",
    '"$HOME" `id` $(id)',
    "; rm -rf /",
    "a\nb",
    "-x",
    "--",
    "ü 東京",
    "}}",
)


def test_a_shell_reads_the_words_that_were_meant() -> None:
    assert shlex.split(script(AWKWARD)) == ["exec", BOOT, "admin", *AWKWARD]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "There is no command."),
        (("",), "There is no command."),
        (("run", "{{ssm:/orders/key}}"), "in whose place AWS would put a parameter"),
        (("run", "\udcff"), "is not text in UTF-8"),
        (("run", "a\0b"), "is not text in UTF-8"),
        (("x",) * (MOST_WORDS + 1), f"it may have {MOST_WORDS}"),
        (("x" * (MOST_CHARACTERS + 1),), f"it may have {MOST_CHARACTERS}"),
    ],
)
def test_what_would_not_arrive_as_it_was_meant_is_refused(
    words: tuple[str, ...], said: str
) -> None:
    with pytest.raises(Refused, match="it as a command line's words") as caught:
        script(words)
    assert said in caught.value.problems[0]


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(Refused) as caught:
        script(("{{", "\0"))
    assert len(caught.value.problems) == 2


def test_a_comment_says_what_runs_by_whom_and_why() -> None:
    said = comment(("migrate", "--to", "5"), "ann@laptop", "before v3", "0f0f0f0f")

    assert said == "ann@laptop: migrate --to 5 (before v3) 0f0f0f0f"


def test_a_long_comment_is_cut_but_for_what_finds_it() -> None:
    said = comment(("migrate", "x\n" * 200), "ann@laptop", "", "0f0f0f0f")

    assert len(said) == LONGEST_COMMENT
    assert said.endswith(" 0f0f0f0f")
    assert said.isprintable()
