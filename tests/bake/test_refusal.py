"""Bad answers through cookiecutter: clear words, exit 1, and nothing at all left behind."""

from collections.abc import Iterator

import pytest
from cookiecutter.exceptions import FailedHookException, OutputDirExistsException

from tests.bake.answers import DEFAULTS, SHORTEST, derived
from tests.bake.bad_answers import BAD
from tests.bake.baking import Workshop, everything_in, tool


@pytest.fixture
def neighbourhood(workshop: Workshop) -> Iterator[Workshop]:
    """A workshop with things in the way of names that are paths; all must be as before."""
    for kept in ("a/kept", "x/kept", "kept"):
        path = workshop.shelf / kept
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine")
    (workshop.root / "x").mkdir()
    before = everything_in(workshop.root)
    yield workshop
    after = everything_in(workshop.root)
    assert {name for name in before ^ after if not name.startswith("home")} == set()


# Names of projects become paths; of other answers a few show that they take the same way.
THROUGH = [
    (name, value, said)
    for name, cases in BAD.items()
    for value, said in (cases if name == "project" else cases[:2])
]


@pytest.mark.parametrize(("name", "value", "said"), THROUGH)
def test_nothing_is_left_behind(
    name: str, value: str, said: str, neighbourhood: Workshop, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(FailedHookException):
        neighbourhood.bake({name: value})
    lines = capfd.readouterr().err.splitlines()
    assert lines[0] == "Nothing was made, because of these answers:"
    assert [line for line in lines if line.startswith(f"  {name} is ") and said in line]
    assert len([line for line in lines if line.startswith("  ")]) == 1


def test_all_problems_are_told_at_once(
    neighbourhood: Workshop, capfd: pytest.CaptureFixture[str]
) -> None:
    bad = {"project": "A B", "description": "", "team": "@x", "repository": "x", "region": "mars"}
    with pytest.raises(FailedHookException):
        neighbourhood.bake(bad)
    told = [line.split()[0] for line in capfd.readouterr().err.splitlines()[1:]]
    assert told == list(bad)


@pytest.mark.parametrize("value", [7, True, None, ["a/b"], {"a": 1}], ids=str)
def test_other_than_text_leaves_nothing_either(
    value: object, neighbourhood: Workshop, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(FailedHookException):
        neighbourhood.bake({"project": value, "repository": "acme/orders"})
    assert "  project is " in capfd.readouterr().err


def test_a_choice_that_is_none_is_refused_by_cookiecutter(neighbourhood: Workshop) -> None:
    with pytest.raises(ValueError, match="bitbucket provided for choice variable ci"):
        neighbourhood.bake({"ci": "bitbucket"})


def test_an_existing_folder_stays_as_it_is(neighbourhood: Workshop) -> None:
    mine = neighbourhood.shelf / "orders" / "mine"
    mine.parent.mkdir()
    mine.write_text("mine")
    with pytest.raises(OutputDirExistsException):
        neighbourhood.bake()
    assert everything_in(mine.parent) == {"mine"}
    mine.unlink()
    mine.parent.rmdir()


def test_replayed_answers_are_checked_the_same(
    workshop: Workshop, capfd: pytest.CaptureFixture[str]
) -> None:
    shortest = {**DEFAULTS, **SHORTEST, **derived({**DEFAULTS, **SHORTEST})}
    assert workshop.replay(shortest).name == "pay"
    for bad in ({"python": "2.7"}, {"team": 7}, {"project": "a/b"}, {"__package": "b"}):
        capfd.readouterr()
        with pytest.raises(FailedHookException):
            workshop.replay({**shortest, "project": "new", **bad})
        said = capfd.readouterr().err
        assert f"  {next(iter(bad))} is " in said
        assert ("may be left" in said) == (bad == {"project": "a/b"})
    # cookiecutter makes the folders of a replayed name before anything of ours can run.
    assert {path.name for path in workshop.shelf.iterdir()} == {"pay", "a"}


def test_by_the_command_a_bad_answer_exits_with_1(neighbourhood: Workshop) -> None:
    command = (tool("cookiecutter"), neighbourhood.template, "--no-input")
    done = neighbourhood.run(*command, "project=a/b", "team=A Team")
    assert done.returncode == 1
    told = [line for line in done.stderr.splitlines() if line.startswith("  ")]
    assert [line.split()[0] for line in told[:2]] == ["project", "team"]
    done = neighbourhood.run(*command, "ci=bitbucket")
    assert done.returncode == 1
    assert "the choices are ['github', 'gitlab']" in done.stderr.splitlines()[-1]


def test_an_unknown_region_is_taken_with_a_note(
    workshop: Workshop, capfd: pytest.CaptureFixture[str]
) -> None:
    workshop.bake({"region": "eu-west-9"})
    assert (
        "region eu-west-9 is none of those known here, perhaps eu-west-" in capfd.readouterr().err
    )
