"""Projects that follow the template: made, checked, compared and updated by cruft, offline."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.bake.answers import LONGEST, SETS, Answers
from tests.bake.baking import (
    PROJECT,
    Workshop,
    commit_all,
    contents,
    copy_template,
    everything_in,
    git,
    new_workshop,
    tool,
)

CRUFT = tool("cruft")


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A template that a test may change."""
    folder = tmp_path / "template"
    folder.mkdir()
    return copy_template(folder)


@pytest.fixture
def workshop(tmp_path: Path, template: Path) -> Workshop:
    return new_workshop(tmp_path / "workshop", template)


def cruft(workshop: Workshop, *words: str, at: Path | None = None) -> str:
    done = workshop.run(CRUFT, *words, at=at)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def create(workshop: Workshop, answers: Mapping[str, str], *options: str) -> Path:
    extra = ("--extra-context", json.dumps(dict(answers)))
    cruft(workshop, "create", str(workshop.template), "--no-input", *extra, *options)
    return workshop.shelf / answers.get("project", "orders")


@pytest.mark.parametrize("answers", [SETS["default"], LONGEST], ids=["default", "longest"])
def test_create_gives_what_cookiecutter_gives(workshop: Workshop, answers: Answers) -> None:
    baked = create(workshop, answers)
    by_cruft = contents(baked)
    del by_cruft[".cruft.json"]
    other = new_workshop(workshop.root / "other", workshop.template)
    command = (tool("cookiecutter"), workshop.template, "--no-input")
    done = other.run(*command, *(f"{name}={value}" for name, value in answers.items()))
    assert done.returncode == 0, done.stderr
    assert contents(other.shelf / baked.name) == by_cruft


def test_at_minute_one_all_is_committed(workshop: Workshop) -> None:
    """Its state, too, which cruft writes only after the last hook."""
    baked = create(workshop, LONGEST)
    assert git("status", "--porcelain", at=baked) == ""
    assert git("rev-list", "--count", "HEAD", at=baked) == "1\n"
    assert ".cruft.json" in git("ls-files", at=baked).splitlines()
    assert everything_in(workshop.temporary) == set()
    assert "up to date" in cruft(workshop, "check", at=baked)
    assert cruft(workshop, "diff", "--exit-code", at=baked) == ""


def test_with_a_checkout_only_that_line_differs(workshop: Workshop) -> None:
    """A hook cannot know it. The one change is cruft's own file, to be committed with the rest."""
    baked = create(workshop, {}, "--checkout", "main")
    assert git("diff", "--stat", at=baked).splitlines()[0].startswith(" .cruft.json | 2 +-")
    assert '+  "checkout": "main",' in git("diff", at=baked)


def test_in_the_temporary_folder_nothing_is_committed(workshop: Workshop) -> None:
    """There cruft bakes copies to compare; a repository in one would be a difference."""
    place = workshop.temporary / "mine"
    place.mkdir()
    said = cruft(workshop, "create", str(workshop.template), "--no-input", at=place)
    assert "No commit in a temporary folder. By hand, in it: git init" in said
    assert everything_in(place / "orders") >= {".cruft.json", "Makefile"}
    assert not (place / "orders" / ".git").exists()


def test_update_brings_what_changed_and_keeps_what_is_theirs(workshop: Workshop) -> None:
    baked = create(workshop, LONGEST)
    package = LONGEST["project"].replace("-", "_")
    (baked / "mine.py").write_text("mine = True\n")
    (baked / "Makefile").write_text(f"# Ours.\n{(baked / 'Makefile').read_text()}")
    commit_all(baked, "our own")
    before = contents(baked)

    folder = workshop.template / PROJECT
    add_line(folder / "CODEOWNERS", "# new: <<cookiecutter.team>>")  # rendered
    add_line(folder / "infra" / "stack" / "__init__.py", "# new")  # copied
    (folder / "new.toml").write_text('new = "<<cookiecutter.project>>"\n')
    (folder / "src" / "<<cookiecutter.__package>>" / "edge.py").unlink()
    commit_all(workshop.template, "newer")

    assert workshop.run(CRUFT, "check", at=baked).returncode == 1
    said = cruft(workshop, "update", "--skip-apply-ask", at=baked)
    assert "is ready" not in said  # the hooks ran for copies only
    after = contents(baked)
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    assert changed == {
        ".cruft.json",
        "CODEOWNERS",
        "infra/stack/__init__.py",
        "new.toml",
        f"src/{package}/edge.py",
    }
    assert f"src/{package}/edge.py" not in after
    assert after["CODEOWNERS"][1].decode().endswith(f"# new: {LONGEST['team']}\n")
    assert after["new.toml"][1].decode() == f'new = "{LONGEST["project"]}"\n'
    assert git("rev-list", "--count", "HEAD", at=baked) == "2\n"
    assert everything_in(workshop.temporary) == set()

    commit_all(baked, "update")
    assert "up to date" in cruft(workshop, "check", at=baked)
    difference = cruft(workshop, "diff", at=baked).splitlines()
    assert [line for line in difference if line[:1] in "-+" and line[:3] not in ("---", "+++")] == [
        "-# Ours."
    ]


def test_answers_can_be_changed_later(workshop: Workshop) -> None:
    baked = create(workshop, {"ci": "github", "region": "eu-west-1"})
    new = {"ci": "gitlab", "region": "us-east-2", "repository": "acme/shop/orders"}
    context = ("--variables-to-update", json.dumps(new))
    cruft(workshop, "update", "--skip-apply-ask", *context, at=baked)
    fresh = new_workshop(workshop.root / "other", workshop.template)
    wanted = contents(create(fresh, new))
    got = contents(baked)
    assert {name for name in wanted | got if wanted.get(name) != got.get(name)} == set()


def test_a_bad_answer_in_an_update_changes_nothing(workshop: Workshop) -> None:
    baked = create(workshop, {})
    context = ("--variables-to-update", '{"description": "a `quoted` word"}')
    done = workshop.run(CRUFT, "update", "--skip-apply-ask", *context, at=baked)
    assert done.returncode == 1
    assert "  description is 'a `quoted` word': leave out" in done.stderr
    assert git("status", "--porcelain", at=baked) == ""
    assert everything_in(workshop.temporary) == set()


def add_line(file: Path, line: str) -> None:
    file.write_text(f"{file.read_text()}{line}\n")
